"""The totals of a round: published once, of five ballots or more, so that nobody works out fewer; each poll with files
that the one script alone finds right.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.ballots import publishing
from baolei.ballots.models import Poll, Publication, Total
from baolei.ballots.publishing import as_published, digest_of
from baolei.ballots.urns import opened
from baolei.front.today import tasks
from baolei.ledger.models import Entry
from baolei.organisations import records
from baolei.organisations.doors import writing_scope
from baolei.organisations.downloads import EXPORT
from baolei.organisations.models import UnitState
from baolei.organisations.units import NotPossible
from baolei.people.mandates import WHOLE_HOUSE
from baolei.people.models import Account, InTree, Mandate
from baolei.programme.ballot.publication import BOTH, PAPER, SLIPS
from baolei.rounds.models import Round
from baolei.urn.store import PUBLISHED, SEALED
from baolei.warehouse import tally_bundle
from published_stage import (
    asked_about,
    cast,
    exported,
    isolated,
    nearly_agreeing,
    numbers,
    on_paper,
    poll_of,
    published,
    sealed,
    set_up,
)
from round_stage import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LEAGUES = ("1504", "1505")
HOMES = {"A1": "150422103216", "A2": "150422103216", "A3": "150422104001", "B1": "150502103001", "B2": "150502103001"}
UNITS = ("15", "1504", "1505", "150422", "150502", "150422103", "150422104", "150502103")
MIXED = ["11111", "22222", "12340", "33211", "44123", "21-34"]
"""Six ballots that do not agree."""


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> Path:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")
    return tmp_path


@pytest.fixture
def clerk() -> Account:
    return stage.mandated("15", "region_clerk")


def voted(given: dict[str, list[str]], paper: dict[str, list[str]] | None = None) -> Round:
    """A round with polls in which these branches gave these ballots, and these on paper; sealed and frozen."""
    this = asked_about(HOMES)
    set_up(this)
    for code, said in given.items():
        cast(poll_of(this, code), said)
    for code, said in (paper or {}).items():
        on_paper(this, code, said)
    sealed(this)
    return this


def asked(account: Account | None, address: str, **said: Any) -> Any:
    client = Client()
    if account:
        client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.post(address, said) if said else client.get(address)


def auditor() -> Account:
    account: Account = Account.objects.create(username="auditor", name="审计")
    Mandate.objects.create(account=account, role="audit_admin", tree=InTree.NONE, path=WHOLE_HOUSE.path, title="审计",
                           since=NOW.date(), approved_at=NOW)  # fmt: skip
    return account


def total(this: Round, name: str, kind: str = SLIPS) -> Total:
    found: Total = Total.objects.get(publication__round=this, name=name, kind=kind)
    return found


# ---- once ----


@pytest.mark.stores
def test_totals_are_published_once_and_stand_in_the_ledger_with_their_digest(clerk: Account) -> None:
    this = voted({"A1": MIXED, "A2": MIXED[:3]})
    made = published(this, clerk)
    assert (made.state, made.by, made.done) == (Publication.DONE, clerk, made.total)
    assert made.digest == digest_of(as_published(made))
    entry = Entry.objects.get(act="ballots.published")
    assert (entry.particulars or {})["after"]["sha256"] == made.digest
    assert {one.act for one in Entry.objects.filter(act__startswith="ballots.")} <= records.acts().keys()
    assert set(Poll.objects.exclude(cast=None).values_list("phase", flat=True)) == {PUBLISHED}
    with opened() as urn:
        assert urn.poll(poll_of(this, "A1").key).phase == PUBLISHED  # type: ignore[union-attr]
    before = list(as_published(made))
    with pytest.raises(NotPossible, match="once is all"):
        published(this, clerk)
    Poll.objects.filter(pk=poll_of(this, "A1").pk).update(ballots=["11111"] * 6)
    publishing.PUBLICATIONS.pick_up()
    assert list(as_published(made)) == before


def test_nothing_is_published_before_all_is_sealed_and_frozen(clerk: Account) -> None:
    this = asked_about(HOMES)
    set_up(this)
    cast(poll_of(this, "A1"), MIXED)
    with pytest.raises(NotPossible, match="every poll is sealed"):
        published(this)
    Round.objects.filter(pk=this.pk).update(phase="scoring")
    with pytest.raises(NotPossible, match="every poll is sealed"):
        published(this)
    Poll.objects.all().update(phase="set up")
    with pytest.raises(NotPossible, match="nobody has voted"):
        published(this)


@pytest.mark.stores
def test_a_publication_that_was_cut_off_between_urn_and_house_comes_out_the_same(
    clerk: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    this = voted({"A1": MIXED, "A2": MIXED, "B1": MIXED[:2]})

    def cut(*_given: Any) -> None:
        raise OSError("cut off")

    made = publishing.publish(actor=clerk, now=NOW, round=this, why="公布")
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_done", cut)
        with pytest.raises(OSError, match="cut off"):
            publishing.PUBLICATIONS.perform(made.pk)
    made.refresh_from_db()
    assert (made.state, made.totals.count()) == (Publication.FAILED, 0)
    assert poll_of(this, "A1").phase == SEALED
    again = published(this, clerk)
    assert (again.pk, again.state) == (made.pk, Publication.DONE)
    assert again.digest == digest_of(as_published(again))


# ---- what is shown ----


def test_a_branch_with_too_few_takes_the_units_above_it_along_not_the_branches_beside_it(clerk: Account) -> None:
    this = voted({"A1": MIXED, "A2": MIXED[:3], "A3": MIXED, "B1": MIXED})
    published(this, clerk)
    assert total(this, "A1").valid == total(this, "A3").valid == 6
    assert (total(this, "A2").why, total(this, "A2").valid) == ("few", None)
    assert total(this, "150422103").why == "cover"  # less A1 it would be A2
    assert total(this, "150422104").valid == 6
    assert {total(this, one).why for one in ("15", "1504", "150422")} == {"cover"}


def test_of_both_ways_to_vote_the_smaller_is_never_told_apart_where_it_is_few(clerk: Account) -> None:
    this = voted({"A1": MIXED, "A2": MIXED, "B1": MIXED}, {"A1": MIXED[:2], "A2": MIXED, "B2": MIXED})
    published(this, clerk)
    assert total(this, "A1", BOTH).valid == 8
    assert (total(this, "A2").valid, total(this, "A2", PAPER).valid) == (6, 6)
    assert not Total.objects.filter(name="A1", kind__in=(SLIPS, PAPER)).exists()
    assert total(this, "15", PAPER).valid == 12
    assert total(this, "15", BOTH).valid == 8


def test_few_ballots_that_nearly_agree_are_told_in_words(clerk: Account) -> None:
    this = voted({"A1": ["11111"] * 6, "A3": [*MIXED, *MIXED]})
    published(this, clerk)
    assert total(this, "A1").said == ["better"] * 5
    page = asked(clerk, reverse("poll_results", args=[this.pk]) + f"?unit={stage.unit('150422103').unit_id}").text
    assert "nearly all in the better grades" in page


def drawn(seed: int) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Ballots by lot: many branches have few, some of them agree, some voted in both ways."""
    chance = random.Random(seed)

    def some(number: int) -> list[str]:
        signs = chance.choice(("1234", "1234", "11112", "1"))
        return ["".join(chance.choice(signs) for _ in range(5)) for _ in range(number)]

    sizes = (0, 1, 2, 3, 4, 5, 6, 9, 12)
    slips = {code: some(chance.choice(sizes)) for code in HOMES}
    paper = {code: some(chance.choice(sizes)) for code in HOMES if chance.random() < 0.5}
    return ({code: said for code, said in slips.items() if said}, {code: said for code, said in paper.items() if said})


@pytest.mark.parametrize(
    "seed", [*range(6), *(pytest.param(one, marks=[pytest.mark.long, pytest.mark.one_store]) for one in range(6, 60))]
)
def test_whoever_takes_every_file_and_sees_every_sheet_works_out_no_few(clerk: Account, seed: int) -> None:
    slips, paper = drawn(seed)
    if not slips and not paper:
        slips = {"A1": MIXED}
    this = voted(slips, paper)
    published(this, clerk)
    lines = exported(clerk, this, UNITS)
    sizes = {
        (code, way): len(said) for way, given in (("slips", slips), ("paper", paper)) for code, said in given.items()
    }
    cells = sorted(sizes)
    inside = {code: {code, *(one for one in UNITS if HOMES[code].startswith(one))} for code in HOMES}
    mixed = {code for code in slips.keys() & paper.keys() if min(sizes[code, "slips"], sizes[code, "paper"]) < 5}
    kinds = {"cast by slips": "slips", "on paper": "paper", "slips and paper together": "both"}

    def covers(line: dict[str, str], code: str, way: str) -> int:
        kind = "both" if code in mixed else way
        return int(line["Unit or branch"] in inside[code] and kinds[line["Given"]] == kind)

    sheets = [[int(code == one) for one, _way in cells] for code in HOMES
              if sum(sizes.get((code, way), 0) for way in ("slips", "paper")) >= 5]  # fmt: skip
    shown = {(line["Unit or branch"], line["Given"]): [covers(line, *cell) for cell in cells]
             for line in lines if line["Valid ballots"]}  # fmt: skip
    for (name, _given), row in shown.items():
        valid = next(int(one["Valid ballots"]) for one in lines
                     if (one["Unit or branch"], one["Given"]) == (name, _given) and one["Valid ballots"])  # fmt: skip
        assert valid == sum(sizes[cell] for cell, yes in zip(cells, row, strict=True) if yes) >= 5
    assert list(isolated([*shown.values(), *sheets], [sizes[cell] for cell in cells], 5)) == []
    for question in {line["Question"] for line in lines} - {""}:
        exact = [(covered, counted) for line in lines if line["Question"] == question
                 and (counted := numbers(line)) is not None
                 for covered in [[covers(line, *cell) for cell in cells]]]  # fmt: skip
        if exact and len(exact) < 9:
            assert list(nearly_agreeing(*map(list, zip(*exact, strict=True)))) == []


def test_the_attacker_finds_what_a_careless_publication_gives_away() -> None:
    rows, sizes = [[1, 1], [1, 0]], [6, 3]  # a township, and the larger of its two branches
    assert list(isolated(rows, sizes, 5)) == [(1,)]
    assert list(nearly_agreeing([[1, 1], [1, 0]], [[8, 2, 0, 2, 0, 0], [2, 2, 0, 2, 0, 0]]))


# ---- the pages ----


def test_the_leader_publishes_on_the_page_and_everybody_sees_the_own_part(clerk: Account) -> None:
    this = voted({"A1": MIXED, "A3": MIXED, "B1": MIXED})
    page, act = reverse("poll_results", args=[this.pk]), reverse("on_polls", args=[this.pk, "publish"])
    township, secretary = stage.mandated("150422103", "township_clerk"), stage.mandated("A1", "branch_secretary")
    assert "Not published yet" in asked(township, page).text
    waiting = {one.title: one for one in tasks(clerk, writing_scope(clerk, NOW.date()), NOW.date())}
    assert waiting["Rounds whose polls are sealed and not published"].url == page
    assert asked(township, act).status_code == 404
    assert asked(clerk, act, why="").status_code == 422
    assert asked(clerk, act, why="公布").status_code == 302
    publishing.PUBLICATIONS.perform(Publication.objects.get().pk)
    assert asked(clerk, act).status_code == 404
    assert "6 valid ballots" in asked(township, page).text
    assert "18 valid ballots" in asked(clerk, page).text
    assert asked(township, f"{page}?unit={stage.unit('1505').unit_id}").status_code == 404
    assert asked(township, f"{page}?unit={stage.unit('15').unit_id}").status_code == 404
    assert asked(secretary, page).status_code == asked(None, page).status_code + 102 == 404
    assert "B1" not in asked(township, page + "?format=csv&table=below").content.decode()
    assert "Rounds whose polls are sealed and not published" not in {
        one.title for one in tasks(clerk, writing_scope(clerk, NOW.date()), NOW.date())
    }


def test_a_unit_that_moved_afterwards_is_shown_where_it_was(clerk: Account) -> None:
    this = voted({"A1": MIXED, "A3": MIXED})
    published(this, clerk)
    moved = UnitState.objects.get(code="150422104")
    UnitState.objects.filter(pk=moved.pk).update(path=stage.unit("150502").path + moved.path[-5:], name="别处")
    before = asked(clerk, reverse("poll_results", args=[this.pk]) + f"?unit={stage.unit('150422').unit_id}").text
    assert "150422104" in before
    assert "别处" not in before


# ---- files to check by ----


def verified(tmp_path: Path, body: bytes) -> str:
    """What the script that was handed out says of a file, run alone."""
    script, file = tmp_path / "alone.py", tmp_path / "bundle.zip"
    script.write_bytes(asked(None, reverse("verify_tally")).content)
    file.write_bytes(body)
    done = subprocess.run([sys.executable, "-I", script, file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def named(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return {Path(one).name: packed.read(one) for one in packed.namelist()}


def test_everybodys_file_is_found_right_and_holds_the_totals_once_they_are_published(
    clerk: Account, tmp_path: Path
) -> None:
    this = voted({"A1": MIXED, "A2": MIXED[:3], "B1": ["11111"] * 6}, {"B1": MIXED[:2]})
    one = poll_of(this, "A1")
    address = reverse("poll_bundle", args=[one.pk, "everybody"])
    before = asked(clerk, address).content
    assert "all is right" in verified(tmp_path, before)
    assert "totals.json" not in named(before)
    published(this, clerk)
    after = asked(clerk, address).content
    assert "all is right" in verified(tmp_path, after)
    said = json.loads(named(after)["totals.json"])
    assert said["valid"] == 6
    assert [
        list(each.values()) and [*each["grades"], each["unknown"], each["blank"]] for each in said["questions"]
    ] == (total(this, "A1").said)
    assert "ballots.jsonl" not in named(after)
    taken = Entry.objects.filter(act=EXPORT).order_by("number").last()
    assert taken is not None
    assert (taken.particulars or {})["after"]["sha256"] == hashlib.sha256(after).hexdigest()
    assert asked(clerk, reverse("poll_bundle", args=[poll_of(this, "A2").pk, "everybody"])).status_code == 404
    together = asked(clerk, reverse("poll_bundle", args=[poll_of(this, "B1").pk, "everybody"])).content
    assert "totals.json" not in named(together), (
        "slips and paper are told together: by itself it would tell of the paper"
    )


def test_every_ballot_goes_to_auditors_and_to_nobody_else(clerk: Account, tmp_path: Path) -> None:
    this = voted({"A1": MIXED, "A2": MIXED[:3]})
    published(this, clerk)
    address, audits = reverse("poll_bundle", args=[poll_of(this, "A1").pk, "auditor"]), auditor()
    for account in (clerk, stage.mandated("150422103", "township_clerk"), stage.mandated("15", "leader")):
        assert asked(account, address).status_code == 404
    body = asked(audits, address).content
    assert "all is right" in verified(tmp_path, body)
    rows = [json.loads(line) for line in named(body)["ballots.jsonl"].splitlines()]
    assert sorted(row["answers"] for row in rows) == sorted(MIXED)
    assert asked(audits, reverse("poll_bundle", args=[poll_of(this, "A2").pk, "auditor"])).status_code == 404
    listed = asked(audits, reverse("audit_polls")).text
    assert reverse("poll", args=[poll_of(this, "A1").pk]) in listed
    assert "auditor" in asked(audits, reverse("poll", args=[poll_of(this, "A1").pk])).text
    assert asked(clerk, reverse("audit_polls")).status_code == 404


def test_the_page_of_a_poll_tells_head_root_and_counts_and_of_few_nothing(clerk: Account) -> None:
    this = voted({"A1": MIXED, "A2": MIXED[:3]})
    page = asked(clerk, reverse("poll", args=[poll_of(this, "A1").pk])).text
    one = poll_of(this, "A1")
    for words in (one.root, one.signature, "verify_tally.py", hashlib.sha256(tally_bundle.script()).hexdigest(),
                  "/b/receipt.html", "<td class=\"number\">7</td>", "<td class=\"number\">1</td>"):  # fmt: skip
        assert words in page, words
    few = asked(clerk, reverse("poll", args=[poll_of(this, "A2").pk])).text
    assert poll_of(this, "A2").root not in few
    assert "fewer than 5 ballots were cast" in few
    assert asked(stage.mandated("1505", "league_clerk"), reverse("poll", args=[one.pk])).status_code == 404
