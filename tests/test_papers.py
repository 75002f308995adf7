"""Files beside answers: never asked for, taken by what they are, frozen with the declaration, erased in the end."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import review_stage
import stage
from baolei.declarations import actions, papers
from baolei.declarations.kinds import PaperRefused
from baolei.declarations.models import Declaration, Paper
from baolei.declarations.papers import Sent
from baolei.ledger.models import Entry
from baolei.organisations.units import NotPossible
from baolei.people.models import ERASED, Account
from baolei.programme.declaration import AnswerRefused
from baolei.reviews.clock import run_clock
from baolei.reviews.content import digest_of
from baolei.reviews.listing import changes
from baolei.rounds.models import Round
from baolei.sheets import kept
from round_stage import BRANCHES, NOW, begun, declaration_of, filled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
OWN, _NEXT, FAR = BRANCHES
ITEM = "first_agenda"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _home(tmp_path: Any, settings: Any) -> None:
    settings.BAOLEI_PAPERS = str(tmp_path / "papers")


def office(*parts: str, **flags: Any) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as book:
        for part in parts:
            book.writestr(part, flags.get("text", "<x/>"))
    return held.getvalue()


DOCX, XLSX = office("word/document.xml"), office("xl/workbook.xml")


def add(mine: Declaration, body: bytes = PDF, name: str = "会议记录.pdf", item: str = ITEM) -> Paper:
    return papers.add(actor=None, now=NOW, declaration=mine, item=item, sent=Sent(name, [body]))


def own() -> Declaration:
    return declaration_of(begun(), OWN)


def lies() -> list[str]:
    found = papers.home().iterdir() if papers.home().is_dir() else ()
    return sorted(one.name for one in found if one.name != kept.LOCK)


@pytest.fixture
def through(django_capture_on_commit_callbacks: Any) -> Any:
    """What is done once a transaction is through."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.mark.parametrize(
    ("body", "name", "called"),
    [
        (PDF, "会议记录.pdf", "会议记录.pdf"),
        (DOCX, "会议记录.pdf", "会议记录.docx"),
        (XLSX, r"C:\表\统计.XLSX", "统计.xlsx"),
        ("8月13日开会，应到12人".encode(), "说明", "说明.txt"),
        ("8月13日开会，应到12人".encode("gb18030"), "说明.txt", "说明.txt"),
    ],
)
def test_a_file_is_what_its_content_says(body: bytes, name: str, called: str) -> None:
    made = add(own(), body, name)
    assert made.name == called
    assert papers.file_of(made).read_bytes() == body
    entry = Entry.objects.get(act="declarations.paper")
    assert entry.particulars["after"]["sha256"] == made.digest
    assert called not in str(entry.particulars), "the ledger knows a file by its digest alone"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\xff\xd8\xff\xe0" + b"\0" * 99, "no photographs"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "no photographs"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "save it as docx"),
        (office("xl/workbook.xml", "xl/vbaProject.bin"), "holds macros"),
        (office("word/document.xml", "word/vbaProject.bin"), "holds macros"),
        (office("../../etc/passwd", "word/document.xml"), "leads elsewhere"),
        (office("a.txt"), "nobody can tell"),
        (office("word/document.xml", text="0" * (120 << 20)), "unpacked it is larger|unpacks to far too much"),
        (DOCX[:-30], "damaged"),
        (b"PK\x03\x04" + b"\0" * 99, "damaged"),
        (b"MZ\x90\0" + b"\0" * 99, "nobody can tell"),
        (PDF[:40], "not whole"),
        (b"", "empty"),
        (b"%PDF-" + b"0" * (10 << 20), "larger than 10 MB"),
    ],
    ids=("jpeg", "png", "doc", "macros", "macros in words", "leads out", "zip", "bomb", "cut off", "no zip", "program",
         "pdf cut off", "empty", "large"),
)  # fmt: skip
def test_what_is_no_document_is_refused_and_leaves_nothing(body: bytes, words: str) -> None:
    mine = own()
    with pytest.raises(PaperRefused, match=words):
        add(mine, body)
    assert (lies(), mine.papers.count(), Entry.objects.filter(act="declarations.paper").count()) == ([], 0, 0)


def test_the_same_file_twice_is_once_and_one_of_the_same_name_takes_its_place(through: Any) -> None:
    mine = own()
    first = add(mine)
    assert add(mine) == first
    with through():
        second = add(mine, PDF + b"\n")
    assert [one.pk for one in mine.papers.all()] == [second.pk]
    assert lies() == [second.kept_as]


def test_there_is_a_most_of_files_for_an_item_and_a_number_in_a_name_is_refused() -> None:
    mine = own()
    for number in range(3):
        add(mine, PDF + b"\n" * number, f"{number}.pdf")
    with pytest.raises(NotPossible, match="at most 3 files"):
        add(mine, PDF + b"\n" * 9, "9.pdf")
    with pytest.raises(AnswerRefused, match="mobile number"):
        add(mine, PDF, "乌云13812345678.pdf", item="term_election")
    assert len(lies()) == 3


def test_it_is_frozen_with_the_declaration_and_an_opinion_lapses_when_it_changes() -> None:
    township = review_stage.cast()["township"]
    this = review_stage.under_review(OWN)
    step, mine = review_stage.step_of(this), declaration_of(this, OWN)
    with pytest.raises(NotPossible, match="cannot be changed"):
        add(mine)
    before = digest_of(mine)
    review_stage.agreed(step, township, "return", review_stage.NOW)
    made = add(declaration_of(this, OWN), name="新的记录.pdf")
    filled(declaration_of(this, OWN))
    run_clock(review_stage.NOW)
    step.refresh_from_db()
    assert digest_of(declaration_of(this, OWN)) != before
    told = changes(step, {f"files {ITEM}": "Agenda: files"})
    assert ("Agenda: files", "—", f"新的记录.pdf ({made.digest[:8]})") in told
    with pytest.raises(NotPossible, match="cannot be changed"):
        papers.remove(actor=None, now=NOW, paper=made)


def test_a_file_that_was_looked_at_and_taken_away_leaves_its_digest_and_no_bytes(through: Any) -> None:
    mine = own()
    made = add(mine)
    actions.hand_in(actor=None, now=NOW, declaration=filled_not_sent(mine))
    actions.take_back(actor=None, now=NOW, declaration=mine, why="补充")
    with through():
        papers.remove(actor=None, now=NOW, paper=made)
    made.refresh_from_db()
    assert (made.kept_as, made.removed_at, len(made.digest)) == ("", NOW, 64)
    assert lies() == []
    assert digest_of(mine) == digest_of(declaration_of(mine.round, OWN))


def filled_not_sent(mine: Declaration) -> Declaration:
    filled(mine)
    return actions.take_back(actor=None, now=NOW, declaration=mine, why="再看看")


def test_files_are_erased_with_their_names_when_the_round_is_long_over(through: Any) -> None:
    mine = own()
    made, digest = add(mine), digest_of(mine)
    Round.objects.filter(pk=mine.round_id).update(phase="closed", ended_at=NOW)
    assert papers.run_clock(datetime(2028, 3, 1, tzinfo=UTC)) == {"erased": 0, "swept": 0}
    with through():
        assert papers.run_clock(datetime(2028, 3, 4, tzinfo=UTC)) == {"erased": 1, "swept": 0}
    assert papers.run_clock(datetime(2028, 3, 4, tzinfo=UTC)) == {"erased": 0, "swept": 0}
    made.refresh_from_db()
    assert (made.name, made.kept_as, lies()) == (ERASED, "", [])
    assert digest_of(mine) == digest, "what was judged stays proved"


def test_what_a_killed_process_left_is_swept_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    made = add(own())
    kept.keep(papers.home(), [b"half an act"], 99)
    assert papers.run_clock(NOW)["swept"] == 0, "it may still be written down"
    monkeypatch.setattr(kept, "GRACE", -60)
    with kept.undisturbed(papers.home(), wait=True):
        assert papers.run_clock(NOW)["swept"] == 0, "a backup is copying"
    assert papers.run_clock(NOW)["swept"] == 1
    assert lies() == [made.kept_as]


# ---- the page ----


def logged_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return client


def file(body: bytes = PDF, name: str = "记录.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


def test_without_a_script_a_bad_file_loses_nothing_that_was_typed() -> None:
    mine = own()
    client, page = logged_in(stage.mandated(OWN, "branch_secretary")), reverse("declaration", args=[mine.pk])
    said = {f"num-{ITEM}": "11", f"den-{ITEM}": "12", f"words-{ITEM}": "8月没有开"}
    answer = client.post(page, {**said, f"paper-{ITEM}": file(b"\xff\xd8\xff\0")})
    assert answer.status_code == 422
    assert "no photographs" in answer.content.decode()
    assert mine.answers.get(item=ITEM).num == 11, "the answers are saved all the same"
    answer = client.post(page, {**said, f"num-{ITEM}": "十三", "served": "3百", f"paper-{ITEM}": file()})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="十三"' in text
    assert mine.papers.get().name == "记录.pdf", "the file is kept although the answer cannot be"


def test_files_too_large_are_passed_over_and_what_stands_after_them_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from baolei.sheets import limits

    monkeypatch.setattr(limits, "UPLOAD", 1_000)
    mine = own()
    client, page = logged_in(stage.mandated(OWN, "branch_secretary")), reverse("declaration", args=[mine.pk])
    answer = client.post(page, {f"paper-{ITEM}": file(PDF + b"0" * 70_000), f"num-{ITEM}": "11", f"den-{ITEM}": "12",
                                f"words-{ITEM}": "写在文件后面的话"})  # fmt: skip
    assert "larger than 10 MB" in answer.content.decode()
    assert mine.answers.get(item=ITEM).words == "写在文件后面的话"


def test_it_is_handed_out_as_an_attachment_to_who_may_read_the_declaration_and_to_nobody_else(through: Any) -> None:
    mine = own()
    secretary = logged_in(stage.mandated(OWN, "branch_secretary"))
    answer = secretary.post(reverse("add_papers", args=[mine.pk]), {"item": ITEM, f"paper-{ITEM}": file()})
    assert answer.status_code == 200
    made = mine.papers.get()
    address = reverse("paper", args=[mine.pk, made.pk])
    assert address in answer.content.decode()
    for who in (secretary, logged_in(stage.mandated("150422"))):
        answer = who.get(address)
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Disposition"].startswith("attachment;")
        assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "application/octet-stream")
    stranger = logged_in(stage.mandated("150502"))
    assert stranger.get(address).status_code == 404
    assert stranger.post(reverse("add_papers", args=[mine.pk]), {"item": ITEM}).status_code == 404
    other = declaration_of(mine.round, FAR)
    assert secretary.get(reverse("paper", args=[other.pk, made.pk])).status_code == 404
    with through():
        secretary.post(reverse("declaration", args=[mine.pk]), {"remove": made.pk})
    assert (mine.papers.count(), lies(), secretary.get(address).status_code) == (0, [], 404)


def test_a_number_of_somebody_is_refused_in_the_words_of_an_answer() -> None:
    mine = own()
    said = actions.Said(ITEM, 11, 12, "联系乌云11010519491231002X")
    with pytest.raises(AnswerRefused, match="identity number"):
        actions.answer(actor=None, now=NOW, declaration=mine, said=[said])
