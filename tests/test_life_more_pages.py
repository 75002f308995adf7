"""The pages of appraisals, counts, the plan and the book: who sees what, what is entered, what leaves as a file."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import docx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

import stage
from baolei.front import today as front_today
from baolei.ledger.models import Entry
from baolei.life import tasks
from baolei.life.models import Appraisal, Gathering, Grade, PlanRow, Quarter, Session
from baolei.organisations.doors import writing_scope
from baolei.organisations.models import Member, OrganisationState, Post
from baolei.people.models import Account
from test_life import OLD, asked, joined

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
OWN = "150422103216-001"
NAMES = ("王秀英", "李国强", "包玉兰", "赵青山", "陈小雨", "吴天明")
PEOPLE = re.compile("|".join((*NAMES, "周新")))


@pytest.fixture
def branch() -> OrganisationState:
    """A branch below a committee that is below another; six full members, one on probation, a committee of three."""
    state, near, far = (stage.branch(code, home="150422103216") for code in (OWN, "W1", "W0"))
    OrganisationState.objects.filter(pk__in=(near.pk, far.pk)).update(kind="grassroots_committee", field="")
    OrganisationState.objects.filter(pk=near.pk).update(path=far.path + near.path, above=far.organisation)
    state.path = far.path + near.path + state.path
    state.above, state.name = near.organisation, "东方红村党支部"
    state.save()
    people = [joined(state, name) for name in NAMES]
    joined(state, "周新", "probationary")
    for place, one in enumerate(people[:3]):
        Post.objects.create(organisation=state.organisation, kind="secretary" if place == 0 else "member", holder=one,
                            committee=True, since=OLD)  # fmt: skip
    return state


@pytest.fixture
def secretary(branch: OrganisationState) -> Account:
    return stage.mandated(OWN, "branch_secretary")


@pytest.fixture
def held(branch: OrganisationState, secretary: Account) -> Gathering:
    """Today's gathering, which held the appraisal."""
    today = timezone.localdate()
    made: Gathering = Gathering.objects.create(
        organisation=branch.organisation, key="1" * 32, on=today, entered=today, by=secretary, should_attend=7,
        absent=0, study=True, agenda=[{"topic": "study", "words": "全会精神"}], decisions=["修通到北沟的路"],
        arising=["报送用地申请"], minutes="逐人评议。",
    )  # fmt: skip
    Session.objects.create(gathering=made, form="democratic_appraisal")
    return made


def pk(name: str) -> int:
    return int(Member.objects.get(name=name).pk)


def graded(excellent: int = 2, **more: str) -> dict[str, Any]:
    return {f"grade-{pk(name)}": "excellent" if place < excellent else "qualified"
            for place, name in enumerate(NAMES)} | more  # fmt: skip


# ---- the appraisal ----


def test_the_secretary_enters_grades_and_notes_who_was_told(secretary: Account, held: Gathering) -> None:
    page, enter, tell = (reverse(name, args=[held.pk]) for name in ("appraisal", "enter_appraisal", "tell_appraised"))
    assert page in asked(secretary, reverse("gathering", args=[held.pk])).text
    assert "is not on record yet" in asked(secretary, page).text
    form = asked(secretary, enter).text
    assert "On probation, taking part without a grade: 周新" in form
    assert f'name="grade-{pk("周新")}"' not in form
    refused = asked(secretary, enter, graded(3))
    assert refused.status_code == 422
    assert "of 6 in general 2 may be excellent, here are 1 more" in refused.text
    assert refused.text.count("checked") == 6, "what was chosen is not lost"
    assert asked(secretary, enter, graded(3, beyond="抗灾")).status_code == 302
    assert asked(secretary, tell, {"member": [pk(NAMES[0])], "on": "昨天"}).status_code == 302
    assert not Grade.objects.exclude(told=None).exists()
    asked(secretary, tell, {"member": [pk(NAMES[0]), pk(NAMES[1])], "on": held.on.isoformat()})
    assert Grade.objects.exclude(told=None).count() == 2
    shown = asked(secretary, page).text
    for words in ("抗灾", "on probation: takes part, without a grade", "nobody is ranked"):
        assert words in shown
    names = re.findall(r'<th scope="row">(.*?)</th>', shown)
    assert names == [*sorted(NAMES, key=names.index), "周新"]
    assert sorted(names[:-1]) == names[:-1], "by name, never by grade"


def test_grades_are_seen_by_the_branch_and_the_committee_directly_above_and_leave_with_the_branch_alone(
    secretary: Account, held: Gathering
) -> None:
    page = reverse("appraisal", args=[held.pk])
    asked(secretary, reverse("enter_appraisal", args=[held.pk]), graded())
    near, far = (stage.mandated(code, "branch_secretary") for code in ("W1", "W0"))
    clerk = stage.mandated("150422103", "township_clerk")
    file = asked(secretary, f"{page}?format=csv").content.decode("utf-8-sig")
    assert all(name in file for name in NAMES)
    assert PEOPLE.search(asked(near, page).text)
    assert "format=csv" not in asked(near, page).text
    assert asked(near, f"{page}?format=csv").status_code == 404
    for other in (far, clerk):
        seen = asked(other, page).text
        assert not PEOPLE.search(seen)
        assert "excellent" not in seen
        assert "<dt>With a grade</dt><dd>6</dd>" in seen
        assert asked(other, f"{page}?format=csv").status_code == 404
        assert asked(other, reverse("enter_appraisal", args=[held.pk])).status_code == 404
        assert asked(other, reverse("tell_appraised", args=[held.pk]), {"on": "2026-01-01"}).status_code == 404
    stranger = stage.mandated("150422103216-002", "branch_secretary")
    assert asked(stranger, page).status_code == 404
    theme = Gathering.objects.create(organisation=held.organisation, key="2" * 32, on=held.on, entered=held.on,
                                     by=secretary, should_attend=7)  # fmt: skip
    assert asked(secretary, reverse("appraisal", args=[theme.pk])).status_code == 404


def test_the_page_asks_the_database_no_more_for_more_members(
    secretary: Account, held: Gathering, branch: OrganisationState
) -> None:
    page = reverse("appraisal", args=[held.pk])
    asked(secretary, reverse("enter_appraisal", args=[held.pk]), graded())
    with CaptureQueriesContext(connection) as few:
        asked(secretary, page)
    for place in range(30):
        Grade.objects.create(appraisal=Appraisal.objects.get(), member=joined(branch, f"党员{place}"),
                             grade="qualified", took_part=True)  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        assert "党员29" in asked(secretary, page).text
    assert len(many) == len(few)


# ---- counts, plan ----


def test_counts_are_entered_and_shown(secretary: Account, branch: OrganisationState) -> None:
    page = reverse("life_talks", args=[branch.organisation_id])
    assert "Briefings" not in asked(secretary, page).text, "asked of branches of retired members"
    for wrong, words in (({"within": "x"}, "Enter numbers"), ({"within": "9"}, "there are 3 pairs")):
        refused = asked(secretary, page, {"quarter": "1", **wrong})
        assert (refused.status_code, words in refused.text) == (422, True)
    assert asked(secretary, page, {"quarter": "1", "within": "2", "across": "0", "mutual": ""}).status_code == 302
    made = Quarter.objects.get()
    assert (made.within, made.across, made.mutual) == (2, 0, None)
    assert asked(secretary, f"{page}?format=csv").content.decode("utf-8-sig").splitlines()[1] == "1,2,0,"
    OrganisationState.objects.filter(pk=branch.pk).update(field="retired")
    assert "Briefings" in asked(secretary, page).text
    clerk = stage.mandated("150422103", "township_clerk")
    assert "Record the counts" not in asked(clerk, page).text
    assert asked(clerk, page, {"quarter": "1"}).status_code == 404
    assert not PEOPLE.search(asked(clerk, page).text)


def test_a_plan_suggests_itself_is_kept_and_goes_into_a_calendar(secretary: Account, branch: OrganisationState) -> None:
    page, file = (reverse(name, args=[branch.organisation_id]) for name in ("life_plan", "life_calendar"))
    year = timezone.localdate().year + 1
    offered = asked(secretary, f"{page}?year={year}").text
    assert "No plan is made yet" in offered
    assert 'value="members_meeting:2" checked' in offered
    assert 'value="members_meeting:3" checked' not in offered
    sent = {"planned": ["theme_party_day:2", "theme_party_day:3", "party_lecture:6"], "day-theme_party_day": "31"}
    refused = asked(secretary, f"{page}?year={year}", {**sent, "day-theme_party_day": "5日"})
    assert refused.status_code == 422
    assert 'value="party_lecture:6" checked' in refused.text
    assert asked(secretary, f"{page}?year={year}", sent).status_code == 302
    assert PlanRow.objects.filter(year=year).count() == 3
    assert "What comes next" in asked(secretary, f"{page}?year={year}").text
    answer = asked(secretary, f"{file}?year={year}")
    assert answer["Content-Type"].startswith("text/calendar")
    found = re.findall(r"DTSTART;VALUE=DATE:(\d+)", answer.content.decode())
    assert found == [f"{date(year, 3, 1) - date.resolution:%Y%m%d}", f"{year}0331", f"{year}0601"]
    assert Entry.objects.filter(act="house.export").exists()
    clerk = stage.mandated("150422103", "township_clerk")
    seen = asked(clerk, f"{page}?year={year}").text
    assert "Month by month" in seen
    assert "Keep the plan" not in seen
    assert asked(clerk, f"{page}?year={year}", sent).status_code == 404
    assert asked(secretary, f"{page}?year={year + 1}").status_code == 404


# ---- Today ----


def test_today_names_what_is_asked_for_now_and_nothing_that_is_over(
    secretary: Account, branch: OrganisationState, held: Gathering
) -> None:
    day = date(2026, 5, 20)
    Gathering.objects.update(on=date(2026, 5, 6))
    Session.objects.update(form="theme_party_day")
    PlanRow.objects.create(organisation=branch.organisation, year=2026, form="members_meeting", month=5, day=25)
    found = tasks.tasks(writing_scope(secretary, day), day)
    assert [(one.count, one.due, one.urgent) for one in found] == [(5, date(2026, 5, 25), False)]
    assert found[0].note.startswith("Next: members' meeting、committee meeting"), "the theme day of May is on record"
    clerk = stage.mandated("150422103", "township_clerk")
    assert tasks.tasks(writing_scope(clerk, day), day) == []
    assert found[0].title in [one.title for one in front_today.tasks(secretary, writing_scope(secretary, day), day)]


def test_today_names_members_who_wait_to_be_told(secretary: Account, held: Gathering) -> None:
    asked(secretary, reverse("enter_appraisal", args=[held.pk]), graded())
    today = timezone.localdate()
    found = tasks.tasks(writing_scope(secretary, today), today)[-1]
    assert (found.count, found.url) == (6, reverse("appraisal", args=[held.pk]))
    Gathering.objects.update(struck_on=today)
    assert all(one.url != found.url for one in tasks.tasks(writing_scope(secretary, today), today))


# ---- the book ----


def words_of(body: bytes) -> str:
    document = docx.Document(io.BytesIO(body))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_the_book_of_a_year_is_read_from_the_records(
    secretary: Account, branch: OrganisationState, held: Gathering
) -> None:
    asked(secretary, reverse("enter_appraisal", args=[held.pk]), graded(3, beyond="抗灾有功"))
    Gathering.objects.update(absent=2)
    held.absences.create(member_id=pk(NAMES[4]), reason="leave")
    held.absences.create(member_id=pk(NAMES[5]), reason="leave")
    Quarter.objects.create(organisation=branch.organisation, year=held.on.year, quarter=1, within=2, entered=held.on,
                           by=secretary)  # fmt: skip
    PlanRow.objects.create(organisation=branch.organisation, year=held.on.year, form="theme_party_day", month=12, day=5)
    word, pdf = (asked(secretary, reverse("life_book", args=[branch.organisation_id, file]))
                 for file in ("word", "pdf"))  # fmt: skip
    told = words_of(word.content)
    printed = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    for found in (told, printed.replace("\n", " ")):
        for words in ("东方红村党支部", "12-05", "全会精神", "修通到北沟的路", "报送用地申请", "逐人评议", "on leave 2",
                      "抗灾有功", "Grade", "Quarter"):  # fmt: skip
            assert words in found, words
        assert not PEOPLE.search(found), "names stay on the pages"
    document = docx.Document(io.BytesIO(word.content))
    assert all("tblHeader" in table.rows[0]._tr.xml for table in document.tables)
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)  # type: ignore[union-attr]
    page = PdfReader(io.BytesIO(pdf.content)).pages[0].mediabox
    assert (round(page.width), round(page.height)) == (595, 842)
    sent = Entry.objects.filter(act="house.export").order_by("-number").first()
    assert sent is not None
    assert sent.particulars["after"]["rows"] == 1


def test_the_book_is_for_the_branch_and_the_committee_directly_above(
    secretary: Account, branch: OrganisationState, held: Gathering
) -> None:
    mine = branch.organisation_id
    page, book = reverse("life", args=[mine]), reverse("life_book", args=[mine, "word"])
    assert book in asked(secretary, page).text
    assert asked(stage.mandated("W1", "branch_secretary"), book).status_code == 200
    for other in (stage.mandated("W0", "branch_secretary"), stage.mandated("150422103", "township_clerk")):
        assert book not in asked(other, page).text
        assert asked(other, book).status_code == 404
    assert asked(secretary, reverse("life_book", args=[branch.organisation_id, "odt"])).status_code == 404


def test_what_somebody_typed_breaks_no_book(secretary: Account, branch: OrganisationState, held: Gathering) -> None:
    odd = "#set page(fill: red) <w:p> & \x0b ]] $x$ *粗* @a"
    Gathering.objects.update(minutes=odd, decisions=[odd], agenda=[{"topic": "study", "words": odd}])
    for file in ("word", "pdf"):
        answer = asked(secretary, reverse("life_book", args=[branch.organisation_id, file]))
        assert answer.status_code == 200
        if file == "word":
            assert "#set page(fill: red) <w:p> &  ]] $x$ *粗* @a" in words_of(answer.content)


def test_a_sign_no_font_has_is_said_on_the_page(secretary: Account, branch: OrganisationState, held: Gathering) -> None:
    Gathering.objects.update(minutes="𠀀")
    answer = asked(secretary, reverse("life_book", args=[branch.organisation_id, "pdf"]))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("life", args=[branch.organisation_id])
