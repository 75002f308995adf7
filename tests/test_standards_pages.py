"""The pages of drafts: tables entered and written back, what is wrong said where it is, a conflicting save told, files
in and out to the byte, two editions side by side, a draft tried on the last round.
"""

from __future__ import annotations

import dataclasses
import io
import random
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from django.utils import timezone

import small_edition
import stage
from baolei.ledger.models import Entry
from baolei.people.models import Account
from baolei.programme.refusals import Fault
from baolei.programme.standard.edition import Text
from baolei.standards import actions, faults, trials
from baolei.standards.actions import Named
from baolei.standards.book import book
from baolei.standards.models import OtherVerdict, OwnEdition, Trial
from baolei.standards.part_forms import OWN_ITEMS
from baolei.warehouse.editions import shipped, texts_of
from baolei.warehouse.trial import hindrances
from test_access_matrix import addresses

pytestmark = pytest.mark.django_db

LAST = "wuqiang-2020-2023"


class Desk:
    """Somebody of the office at work: a log-in and the draft on the desk."""

    def __init__(self, role: str = "region_clerk", code: str = "15") -> None:
        self.account = stage.mandated(code, role)
        self.client = Client()
        self.client.force_login(self.account)

    def get(self, address: str, **said: Any) -> Any:
        return self.client.get(address, said)

    def entered(self, address: str) -> dict[str, str]:
        """What stands in the form of a page, as a browser would send it."""
        return form_of(self.get(address).text)

    def send(self, address: str, **said: Any) -> Any:
        """Send a page's form with some entries changed; names with - are written with __."""
        values = {name.replace("__", "-"): value for name, value in said.items()}
        return self.client.post(address, {**self.entered(address), **values})


def form_of(page: str) -> dict[str, str]:
    found: dict[str, str] = {}
    main = page.partition("<main")[2].partition("</main>")[0]
    for tag in re.findall(r"<input[^>]*>", main):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag and name[1] != "csrfmiddlewaretoken":
            found[name[1]] = unescaped(value[1]) if value else ""
    for name_, words in re.findall(r'<textarea name="([^"]*)"[^>]*>(.*?)</textarea>', main, flags=re.DOTALL):
        found[name_] = unescaped(words).strip()
    for name_, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', main, flags=re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name_] = chosen[1] if chosen else ""
    return found


def unescaped(text: str) -> str:
    import html

    return html.unescape(text)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def draft(desk: Desk) -> OwnEdition:
    return drafted(desk.account)


def drafted(actor: Account, code: str = "region-2027", based_on: str = LAST) -> OwnEdition:
    named = Named(code, Text("二〇二七年版", "Edition of 2027"), date(2027, 1, 1))
    return actions.draft_edition(actor=actor, now=timezone.now(), based_on=based_on, named=named, why="部务会")


def at(draft: OwnEdition, page: str = "") -> str:
    return f"/drafts/{draft.pk}/{page}"


def now(draft: OwnEdition) -> Any:
    draft.refresh_from_db()
    return book(draft.files)


# ---- drafting ----


def test_an_edition_is_drafted_and_stands_in_the_list(desk: Desk) -> None:
    assert desk.get("/drafts/new/", **{"from": "fortress-2024"}).text.count('value="fortress-2024" selected') == 1
    answer = desk.send("/drafts/new/", based_on=LAST, code="region-2027", name_zh="新版", name_en="New",
                       valid_from="2027-01-01", why="部务会")  # fmt: skip
    made = OwnEdition.objects.get()
    assert answer.url == at(made)
    assert "region-2027" in desk.get("/editions/").text
    again = desk.send("/drafts/new/", based_on=LAST, code="region-2027", name_zh="新版", name_en="New",
                      valid_from="2027-01-01", valid_to="2026-01-01", why="部务会")  # fmt: skip
    assert again.status_code == 422
    assert 'id="id_valid_to_error"' in again.text


def test_nobody_else_sees_a_draft(desk: Desk, draft: OwnEdition) -> None:
    for other in (Desk("banner_clerk", "150422"), Desk("leader"), Desk("viewer"), Desk("league_clerk", "1504")):
        assert "region-2027" not in other.get("/editions/").text
        assert other.get("/compare-editions/", before=LAST, after=f"draft:{draft.pk}").status_code == 404
        for page in ("", "files/", "publish/", "discard/", "head/", "field/village/", "conditions/", "items/",
                     "item/first_agenda/", "new-item/ratio/", "trial/", "trial/progress/"):  # fmt: skip
            assert other.get(at(draft, page)).status_code == 404, page
        assert other.get("/drafts/new/").status_code == 404
    assert Client().get(at(draft)).status_code == 302


# ---- the table of a field ----


def test_a_page_that_is_sent_as_it_is_changes_nothing(desk: Desk, draft: OwnEdition) -> None:
    for page in ("head/", "field/village/", "field/school/", "conditions/", "item/first_agenda/", "item/new_members/"):
        assert desk.send(at(draft, page)).status_code == 302, page
    draft.refresh_from_db()
    assert draft.version == 1


def test_cells_items_goalposts_and_the_line_are_entered(desk: Desk, draft: OwnEdition) -> None:
    answer = desk.send(
        at(draft, "field/village/"), cell__S1__org="13", cell__S1__mem="5", item__first_agenda="3", line="84.5",
        low__first_agenda="0.6", name_zh="嘎查（村）", why="征求意见",
    )  # fmt: skip
    assert answer.status_code == 302
    found = now(draft)
    assert found.faults == ()
    table = found.edition.field("village")
    assert (table.cells["S1", "org"], table.cells["S1", "mem"], table.items["first_agenda"], table.line) == (
        1300, 500, 300, 8450
    )  # fmt: skip
    assert float(table.goalposts["first_agenda"][0]) == 0.6
    assert table.name.zh == "嘎查（村）"
    assert "# S1" in draft.files["fields/01-village.yaml"]
    desk.send(at(draft, "field/village/"), low__first_agenda="")
    assert now(draft).edition.field("village").goalposts == {}


def test_an_item_leaves_a_table_and_another_comes_in(desk: Desk, draft: OwnEdition) -> None:
    desk.send(at(draft, "field/village/"), item__first_agenda="", add="platform_x", add_points="4")
    draft.refresh_from_db()
    assert draft.version == 1  # no such item: refused as a whole
    school = [code for code in now(draft).items if code not in now(draft).fields["village"].body["items"]
              and now(draft).items[code].body["strength"] == "S1"]  # fmt: skip
    desk.send(at(draft, "field/village/"), item__first_agenda="", add=school[0], add_points="4")
    items = now(draft).fields["village"].body["items"]
    assert "first_agenda" not in items
    assert items[school[0]] == 4
    assert now(draft).faults == ()


def test_what_does_not_add_up_is_saved_and_said_at_its_place(desk: Desk, draft: OwnEdition) -> None:
    desk.client.cookies["django_language"] = "en"
    desk.send(at(draft, "field/village/"), cell__S1__org="12.5")
    page = desk.get(at(draft, "field/village/")).text
    assert "the cells of Village add up to 98.5" in page
    cell = page.partition('data-cell="S1 org"')[2].partition("</td>")[0]
    assert "the items of Strong in political function by Assessment by the organisation in Village add up to 14" in cell
    overview = desk.get(at(draft)).text
    assert "2 faults" in overview
    assert "fields/01-village.yaml:" in overview
    assert "/publish/" not in overview
    desk.client.cookies["django_language"] = "zh-hans"
    assert "各格合计为98.5" in desk.get(at(draft, "field/village/")).text


def test_what_is_no_number_is_said_at_the_field_and_nothing_is_saved(desk: Desk, draft: OwnEdition) -> None:
    for name, wrong in (("cell__S1__org", "many"), ("cell__S1__org", "-1"), ("line", ""), ("line", "101"),
                        ("item__first_agenda", "1.234"), ("name_en", " "), ("add_points", "3")):  # fmt: skip
        answer = desk.send(at(draft, "field/village/"), **{name: wrong, "cell__S1__mem": "5"})
        assert answer.status_code == 422, (name, wrong)
        assert "field-error" in answer.text
        assert answer.context["form"]["cell-S1-mem"].value() == "5"
    draft.refresh_from_db()
    assert draft.version == 1


def test_a_conflicting_save_is_told_and_nothing_is_lost(desk: Desk, draft: OwnEdition) -> None:
    mine = {**desk.entered(at(draft, "field/village/")), "cell-S1-mem": "6", "cell-S2-mem": "7"}
    other = Desk("organiser")
    Account.objects.filter(pk=other.account.pk).update(name="白云峰")
    other.send(at(draft, "field/village/"), cell__S1__mem="5")
    answer = desk.client.post(at(draft, "field/village/"), mine)
    assert answer.status_code == 409
    assert "白云峰" in answer.text
    assert [(bound.name, stands) for bound, stands in answer.context["differing"]] == [
        ("cell-S1-mem", 5), ("cell-S2-mem", 4)
    ]  # fmt: skip
    assert now(draft).fields["village"].body["cells"]["S1"]["mem"] == 5
    again = form_of(answer.text)
    assert (again["cell-S1-mem"], again["cell-S2-mem"], again["version"]) == ("6", "7", "2")
    assert desk.client.post(at(draft, "field/village/"), again).status_code == 302
    cells = now(draft).fields["village"].body["cells"]
    assert (cells["S1"]["mem"], cells["S2"]["mem"]) == (6, 7)


@pytest.mark.parametrize("seed", range(6))
def test_any_entries_come_back_as_the_edition_meant(desk: Desk, seed: int) -> None:
    """Cells and items of any field changed at random, written back and read: the edition of those entries."""
    lot = random.Random(seed)
    draft = drafted(desk.account, based_on=lot.choice(shipped()))
    code = lot.choice(sorted(now(draft).fields))
    address = at(draft, f"field/{code}/")
    entries = desk.entered(address)
    meant = {name: lot.choice(["", "0.5", str(lot.randint(1, 30)), f"{lot.randint(1, 30)}.{lot.randint(1, 99):02}"])
             for name in entries if name.startswith(("cell-", "item-")) and lot.random() < 0.3}  # fmt: skip
    before = now(draft).fields[code].body
    assert desk.client.post(address, {**entries, **meant}).status_code == 302
    body = now(draft).fields[code].body
    for name, value in meant.items():
        kind, *keys = name.split("-")
        stands = body["items"].get(keys[0]) if kind == "item" else body["cells"].get(keys[0], {}).get(keys[1])
        assert stands == (float(value) if value else None), name
    for key in set(before) - {"cells", "items", "goalposts"}:
        assert body[key] == before[key]
    assert form_of(desk.get(address).text)["version"] == str(draft.version)


# ---- head, conditions, items ----


def test_name_and_days_are_changed(desk: Desk, draft: OwnEdition) -> None:
    desk.send(at(draft, "head/"), name_zh="甲版", to="2027-12-31", source_en="By decision")
    found = now(draft).edition
    assert (found.name.zh, found.valid_to, found.source.en) == ("甲版", date(2027, 12, 31), "By decision")
    desk.send(at(draft, "head/"), to="")
    assert now(draft).edition.valid_to is None
    desk.send(at(draft, "head/"), to="2026-12-31")
    assert now(draft).edition is None


def test_gates_and_vetoes_are_changed_added_and_taken_out(desk: Desk, draft: OwnEdition) -> None:
    before = [gate.code for gate in now(draft).edition.gates]
    desk.send(
        at(draft, "conditions/"), gates__0__name_zh="没有问题", gates__1__out="on", gates__new__code="hygiene",
        gates__new__name_zh="环境整洁", gates__new__name_en="Clean and tidy", vetoes__0__met_by_zh="",
        vetoes__0__met_by_en="",
    )  # fmt: skip
    found = now(draft).edition
    assert [gate.code for gate in found.gates] == [before[0], *before[2:], "hygiene"]
    assert found.gates[0].name.zh == "没有问题"
    assert found.vetoes[0].met_by is None
    assert "rule: {zh: 中国共产党章程" in draft.files["edition.yaml"]
    for wrong in ({"gates__new__name_zh": "x"}, {"gates__0__name_en": ""}, {"gates__0__met_by_en": ""},
                  {"gates__new__code": "9"}, {"gates__new__code": "a"}):  # fmt: skip
        assert desk.send(at(draft, "conditions/"), **wrong).status_code == 422, wrong


def test_the_definition_of_an_item_is_changed_for_all_fields(desk: Desk, draft: OwnEdition) -> None:
    desk.send(at(draft, "item/first_agenda/"), name_zh="第一议题", low="0.4", effort="3")
    found = now(draft).edition.items["first_agenda"]
    assert (found.name.zh, float(found.low), found.effort) == ("第一议题", 0.4, 3)
    desk.send(at(draft, "item/new_members/"), rung__0__bound="4", rung__1__bound="", rung__1__share="",
              rung__3__bound="0", rung__3__share="0.1")  # fmt: skip
    rungs = now(draft).edition.items["new_members"].table
    assert [(int(rung.bound), float(rung.share)) for rung in rungs] == [(4, 1), (1, 0.4), (0, 0.1)]
    assert desk.send(at(draft, "item/new_members/"), rung__2__bound="9").status_code == 302
    assert now(draft).edition is None  # who does better must earn more
    assert "field-error" in desk.send(at(draft, "item/new_members/"), rung__0__share="").text


@pytest.mark.parametrize(("kind", "more"), [
    ("ratio", {"low": "0.5"}), ("count", {}), ("yes_no", {}),
    ("graded", {f"anchor__{n}_{lang}": f"a{n}" for n in range(3) for lang in ("zh", "en")}),
    ("steps", {"rung__0__bound": "5", "rung__0__share": "1"}),
])  # fmt: skip
def test_an_item_of_each_kind_is_added_and_used(desk: Desk, draft: OwnEdition, kind: str, more: dict[str, str]) -> None:
    said = {"code": "new_one", "strength": "S1", "name_zh": "新项", "name_en": "New", **more}
    if kind in ("ratio", "count", "steps"):
        said |= {f"{part}_{lang}": "x" for part in ("numerator", "denominator") for lang in ("zh", "en")}
    assert desk.send(at(draft, f"new-item/{kind}/"), **said).status_code == 302
    assert now(draft).faults == ()
    assert now(draft).items["new_one"].place == OWN_ITEMS
    assert desk.send(at(draft, f"new-item/{kind}/"), **said).status_code == 422
    assert desk.send(at(draft, f"new-item/{kind}/"), **{**said, "code": "new_two"}).status_code == 302
    desk.send(at(draft, "field/village/"), item__first_agenda="3", add="new_one", add_points="1")
    assert now(draft).edition.field("village").items["new_one"] == 100
    assert "village" in desk.get(at(draft, "item/new_one/")).text


# ---- publishing and discarding ----


def test_another_person_publishes_in_the_page_and_everybody_sees_it(desk: Desk, draft: OwnEdition) -> None:
    said = {"document": "内组发〔2026〕9号", "why": "部务会通过"}
    assert "/publish/" not in desk.get(at(draft)).text
    assert desk.send(at(draft, "publish/"), **said).status_code == 422
    other = Desk("organiser")
    assert other.send(at(draft, "publish/"), **said).url == "/editions/region-2027/"
    for page in ("/editions/", "/editions/region-2027/", "/editions/region-2027/village/"):
        assert "二〇二七年版" in Client().get(page).text
    assert "内组发〔2026〕9号" in Client().get("/editions/region-2027/").text
    assert desk.get(at(draft)).status_code == 404
    assert drafted(desk.account, "region-2028", "region-2027").based_on == "region-2027"


def test_a_draft_is_discarded_in_the_page(desk: Desk, draft: OwnEdition) -> None:
    assert desk.send(at(draft, "discard/"), why="不用了").url == "/editions/"
    assert not OwnEdition.objects.exists()


def test_the_ledger_says_it_in_words(desk: Desk, draft: OwnEdition) -> None:
    desk.send(at(draft, "field/village/"), line="84", why="征求意见")
    page = desk.get("/ledger/").text
    assert "起草了一版标准" in page
    assert "修改了标准草案" in page
    assert "征求意见" in page


# ---- files in and out ----


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def sent(desk: Desk, data: bytes, name: str = "edition.zip") -> Any:
    return desk.client.post("/drafts/import/", {"file": SimpleUploadedFile(name, data), "why": "外地办法"})


def inside(answer: Any) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_what_came_in_goes_out_as_the_same_bytes(desk: Desk) -> None:
    files = {f"small/{name}": text.replace("\n", "\r\n").encode("utf-8") for name, text in small_edition.FILES.items()}
    files["small/items.yaml"] = b"\xef\xbb\xbf" + files["small/items.yaml"]
    assert sent(desk, zipped({**files, "__MACOSX/x": b"", "small/.DS_Store": b""})).status_code == 302
    made = OwnEdition.objects.get()
    assert book(made.files).edition is not None
    assert inside(desk.get(at(made, "files/"))) == files
    desk.send(at(made, "field/village/"), line="80")
    after = inside(desk.get(at(made, "files/")))
    assert after["small/village.yaml"] == files["small/village.yaml"].replace(b"line: 85", b"line: 80")
    assert after["small/edition.yaml"] == files["small/edition.yaml"]


@pytest.mark.parametrize("code", shipped())
def test_a_shipped_edition_goes_out_word_for_word(code: str) -> None:
    found = inside(Client().get(f"/edition-files/{code}/"))
    assert found == {f"{code}/{place}": text.encode() for place, text in texts_of(code).items()}


def test_an_edition_in_one_file_is_taken_in(desk: Desk) -> None:
    one = small_edition.HEAD + small_edition.ITEMS.partition("\n")[2] + small_edition.FIELDS.partition("\n")[2]
    assert sent(desk, one.encode(), "small.yaml").status_code == 302
    assert book(OwnEdition.objects.get().files).edition is not None


@pytest.mark.parametrize(("files", "name"), [
    (b"PK nonsense", "edition.zip"), (b"\xff\xfe", "edition.yaml"), (b"a: 1", "edition.yaml"),
    ({"../edition.yaml": b"a: 1"}, "edition.zip"), ({"/edition.yaml": b"a: 1"}, "edition.zip"),
    ({"edition.exe": b""}, "edition.zip"), ({}, "edition.zip"), ({"edition.yaml": b"\xff"}, "edition.zip"),
    ({f"{n}.yaml": b"a: 1" for n in range(201)}, "edition.zip"), ({"edition.yaml": b" " * 9_000_000}, "edition.zip"),
])  # fmt: skip
def test_a_file_that_holds_no_edition_is_refused_in_words(desk: Desk, files: Any, name: str) -> None:
    answer = sent(desk, zipped(files) if isinstance(files, dict) else files, name)
    assert answer.status_code == 422
    assert "faults" in answer.text
    assert not OwnEdition.objects.exists()


def test_every_table_of_a_draft_goes_out_as_a_file(desk: Desk, draft: OwnEdition, shown_round: Path) -> None:
    desk.send(at(draft, "field/village/"), cell__S1__org="13")
    words = {"code": "village", "kind": "ratio"}
    for name, route in addresses():
        if "<int:draft>" not in route or name in ("draft_files", "trial_progress"):
            continue
        address = route.replace("<int:draft>", str(draft.pk))
        if name == "draft_item":
            words["code"] = "first_agenda"
        address = re.sub(r"<slug:(\w+)>", lambda found: words[found[1]], address)
        words["code"] = "village"
        page = desk.get(address)
        assert page.status_code == 200, address
        links = re.findall(r'href="(\?[^"]*)" download', page.text)
        assert bool(links) == ("<table" in page.text), address
        for link in links:
            assert desk.client.get(address + link.replace("&amp;", "&")).has_header("Content-Disposition"), link
    assert Entry.objects.filter(act="house.export").exists()


# ---- two editions side by side ----


def test_two_editions_are_compared_line_by_line(desk: Desk, draft: OwnEdition) -> None:
    desk.send(at(draft, "field/village/"), cell__S1__org="13", cell__S1__mem="5", item__first_agenda="3")
    answer = desk.get("/compare-editions/", before=LAST, after=f"draft:{draft.pk}")
    rows = [(one.field_name, one.before, one.after) for one in answer.context["page"].object_list]
    assert ("嘎查村", "14", "13") in rows
    assert ("全版", LAST, "region-2027") in rows
    only = desk.get("/compare-editions/", before=LAST, after=f"draft:{draft.pk}", field="village").context["page"]
    assert {one.field for one in only.object_list} == {"village"}
    assert len(only.object_list) == 3
    table = desk.get("/compare-editions/", before=LAST, after=f"draft:{draft.pk}", format="csv")
    assert "嘎查村" in table.content.decode("utf-8-sig")
    same = desk.get("/compare-editions/", before=LAST, after=LAST)
    assert same.context["number"] == 0
    assert Client().get("/compare-editions/").context["number"] > 100
    for wrong in ("none", "draft:", "draft:999", "draft:" + "9" * 30, "draft:x"):
        assert desk.get("/compare-editions/", before=LAST, after=wrong).status_code == 404


def test_a_draft_with_faults_is_not_compared(desk: Desk, draft: OwnEdition) -> None:
    desk.send(at(draft, "field/village/"), cell__S1__org="13")
    assert desk.get("/compare-editions/", before=LAST, after=f"draft:{draft.pk}").context["faulty"]


# ---- what is wrong, in words ----


def test_what_the_reader_finds_is_said_in_chinese() -> None:
    from django.utils.translation import override

    bent = [
        ("meetings: 20", "meetings: 19"), ("S1: {org: 30, mem: 20}", "S1: {org: 30, mem: 21}"),
        ("line: 85", "line: 185"), ("election: 10", "elections: 10"), ("meetings: {low: 0.5}", "income: {low: 0.5}"),
        ("low: 0.25", "low: 0.95"),
        ("S1: {org: 30, mem: 20}", "S1: {org: 50.001}"), ("strength: S2, kind: ratio", "strength: S9, kind: ratio"),
        ("{at_least: 5, share: 0.5}", "{at_least: 5, share: 1}"), ("to: 2024-12-31", "to: 2023-12-31"),
        ("code: poor", "code: good"), ("at_least: 70", "at_least: 170"), ("named: true, ", ""),
    ]  # fmt: skip
    with override("zh-hans"):
        for change in bent:
            found = book(small_edition.bent(change)).faults
            assert found
            for one in found:
                said = faults.said(one)
                for words in (said.wrong, said.right):
                    assert re.search("[一-鿿]", words), (words, one)
    assert faults.said(Fault("a", 1, "nobody knows this")).wrong == "nobody knows this"


# ---- a draft tried on the last round ----


@pytest.fixture
def worked_draft(desk: Desk, shown_round: Path) -> OwnEdition:
    """A draft from the edition of the round on show."""
    text = (shown_round / "edition" / "edition.yaml").read_text(encoding="utf-8")
    files = {"edition.yaml": re.sub("(?m)^code: .*$", "code: tried", text, count=1)}
    return actions.import_edition(actor=desk.account, now=timezone.now(), files=files, why="试")


def tried(desk: Desk, draft: OwnEdition) -> Any:
    """The page of the trial once it was made, as the worker makes it."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert desk.client.post(at(draft, "trial/")).status_code == 302
    return desk.get(at(draft, "trial/"))


def test_the_same_edition_changes_no_verdict(desk: Desk, worked_draft: OwnEdition) -> None:
    page = tried(desk, worked_draft)
    done = Trial.objects.get()
    assert (done.state, done.notes, done.verdicts.count()) == (Trial.DONE, [], 0)
    assert done.figures[0]["branches"] == 90
    assert done.figures[0]["titles_before"] == done.figures[0]["titles_after"]
    assert done.figures[0]["mean_before"] == done.figures[0]["mean_after"]
    assert "没有结论会改变" in page.text


def test_another_line_gives_titles_and_says_whose(desk: Desk, worked_draft: OwnEdition) -> None:
    code = next(iter(now(worked_draft).fields))
    line = now(worked_draft).fields[code].body["line"]
    desk.send(at(worked_draft, f"field/{code}/"), line="70")
    page = tried(desk, worked_draft)
    row = Trial.objects.get().figures[0]
    assert row["titles_after"] > row["titles_before"]
    assert row["mean_before"] == row["mean_after"]
    assert row["other"] == OtherVerdict.objects.count() > 0
    one = OtherVerdict.objects.all()[0]
    assert f"/branch/{one.branch}/" in page.text
    table = desk.get(at(worked_draft, "trial/"), format="csv", table="verdicts").content.decode("utf-8-sig")
    assert len(table.splitlines()) == 1 + row["other"]
    desk.send(at(worked_draft, f"field/{code}/"), line=str(line))
    assert "之后草案又有改动" in desk.get(at(worked_draft, "trial/")).text
    assert Entry.objects.filter(act="standards.try").count() == 1


def test_what_the_records_do_not_hold_is_said(desk: Desk, worked_draft: OwnEdition) -> None:
    code = next(iter(now(worked_draft).fields))
    item = next(iter(now(worked_draft).fields[code].body["items"]))
    strength = now(worked_draft).items[item].body["strength"]
    desk.send(at(worked_draft, "new-item/yes_no/"), code="new_one", strength=strength, name_zh="新", name_en="New")
    points = now(worked_draft).fields[code].body["items"][item]
    said = {f"item__{item}": str(points - 1), "line": "70"}
    desk.send(at(worked_draft, f"field/{code}/"), add="new_one", add_points="1", **said)
    desk.send(
        at(worked_draft, "conditions/"), gates__new__code="hygiene", gates__new__name_zh="新", gates__new__name_en="N"
    )
    assert now(worked_draft).faults == ()
    tried(desk, worked_draft)
    done = Trial.objects.get()
    assert (done.state, done.notes) == (Trial.DONE, [["items", "new_one"], ["gates", "hygiene"]])
    assert done.figures[0]["titles_after"] > 0  # a gate that nobody was asked for is taken as met


def test_an_edition_that_asks_otherwise_cannot_be_tried(desk: Desk, worked_draft: OwnEdition) -> None:
    files = {place: text.replace("code: village", "code: hamlet") for place, text in worked_draft.files.items()}
    OwnEdition.objects.filter(pk=worked_draft.pk).update(files=files)
    page = tried(desk, worked_draft)
    done = Trial.objects.get()
    assert (done.state, done.refused) == (Trial.REFUSED, [["fields", "village"]])
    assert "草案却没有这些领域的表" in page.text


def test_each_reason_why_records_do_not_fit_is_found(desk: Desk, worked_draft: OwnEdition) -> None:
    own = now(worked_draft).edition
    small, last = book(small_edition.FILES).edition, book(texts_of(LAST)).edition
    assert [code for code, _about in hindrances(own, small, {"village"})] == ["sources"]
    assert [code for code, _about in hindrances(own, last, {"village", "hamlet"})][-1] == "fields"
    other = dataclasses.replace(own, total=100_000, grades=own.grades[::-1], questions=dict.fromkeys(own.questions, ()))
    found = [code for code, _about in hindrances(own, other, set())]
    assert found == ["total", "grades", *["questions"] * len(own.asked())]
    assert all(trials.words([[code, "x"]]) for code in found)


def test_a_trial_that_was_lost_is_taken_up_again_and_given_up_in_the_end(
    desk: Desk, worked_draft: OwnEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = Trial.objects.create(
        edition=worked_draft, version=1, asked_by=desk.account, at=timezone.now(), beat=timezone.now()
    )
    assert "trial/progress/" in desk.get(at(worked_draft, "trial/")).text
    assert desk.get(at(worked_draft, "trial/progress/")).status_code == 200
    desk.client.post(at(worked_draft, "trial/"))  # once is enough
    trials.TRIALS.pick_up()  # somebody is at it
    waiting.refresh_from_db()
    assert waiting.state == Trial.WAITING
    Trial.objects.update(beat=timezone.now() - trials.SILENCE * 2)
    trials.TRIALS.pick_up()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.tries) == (Trial.DONE, 1)
    assert desk.get(at(worked_draft, "trial/progress/")).headers["HX-Refresh"] == "true"

    def broken(*_given: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(trials, "tried", broken)
    Trial.objects.update(state=Trial.WAITING, beat=None, tries=trials.PATIENCE - 1)
    with pytest.raises(MemoryError):
        trials.TRIALS.perform(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.refused) == (Trial.REFUSED, [["failed", ""]])


def test_without_a_round_or_its_records_it_says_so(
    desk: Desk, draft: OwnEdition, shown_round: Path, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    monkeypatch.setattr(trials, "snapshot_beside", lambda opened: None)
    assert "快照" in desk.get(at(draft, "trial/")).text
    settings.BAOLEI_RESULTS = str(tmp_path / "none")
    assert "没有可用来试算的评价轮次" in desk.get(at(draft, "trial/")).text
    desk.client.post(at(draft, "trial/"))
    assert not Trial.objects.exists()
