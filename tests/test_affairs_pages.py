"""The pages of decisions and affairs: what stands there for whom, what comes back when wrong, how much they ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import affairs_stage as place
from affairs_stage import OTHER, met
from baolei.life import affairs, set_tasks
from baolei.life.affairs import Taken
from baolei.life.affairs_models import Announcement, BranchTask, Listed, Matter, Resolution, SetTask
from baolei.organisations.models import OrganisationState
from baolei.people.models import Account

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def branch() -> OrganisationState:
    return place.branch()


@pytest.fixture
def secretary(branch: OrganisationState) -> Account:
    return place.secretary()


def asked(account: Account, address: str, said: dict[str, Any] | None = None) -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.get(address) if said is None else client.post(address, said)


def page(branch: OrganisationState) -> str:
    return reverse("affairs", args=[branch.organisation_id])


def test_an_empty_year_teaches_who_fills_it(secretary: Account, branch: OrganisationState) -> None:
    shown = asked(secretary, page(branch)).text
    for words in ("No resolution is on record", "No major matter is on record", "No task is set to this branch",
                  "Nothing is on the list yet", "Made public today"):  # fmt: skip
        assert words in shown


def test_a_line_becomes_a_resolution_and_is_not_offered_again(
    secretary: Account, branch: OrganisationState, today: date
) -> None:
    meeting = met(branch, today - timedelta(days=200), "修路")
    one, keep = reverse("gathering", args=[meeting.pk]), reverse("follow_up", args=[meeting.pk])
    shown = asked(secretary, one).text
    assert shown.count("Keep as a resolution") == 2, "a decision and a matter arising"
    assert f'value="{meeting.on + timedelta(days=90)}"' in shown
    asked(secretary, keep, {"words": "修路", "due": "soon", "who": "branch"})
    asked(secretary, keep, {"words": "别的", "due": today.isoformat(), "who": "branch"})
    assert not Resolution.objects.exists()
    asked(secretary, keep, {"words": "修路", "due": (today - timedelta(days=1)).isoformat(), "who": "secretary"})
    assert asked(secretary, one).text.count("Keep as a resolution") == 1
    shown = asked(secretary, page(branch)).text
    for words in ("修路", "secretary 王秀英", "its day has passed"):
        assert words in shown
    kept = Resolution.objects.get()
    done = reverse("on_resolution", args=[kept.pk, "done"])
    assert asked(secretary, done, {"on": "2099-01-01"}).status_code == 422
    assert asked(secretary, done, {"on": today.isoformat(), "told": ""}).status_code == 302
    assert "carried out, not reported back yet" in asked(secretary, page(branch)).text
    told = met(branch, today)
    report = reverse("on_resolution", args=[kept.pk, "report"])
    assert asked(secretary, report, {"told": "0"}).status_code == 422
    assert asked(secretary, report, {"told": told.pk}).status_code == 302
    assert "carried out and reported back" in asked(secretary, page(branch)).text
    strike = reverse("on_resolution", args=[kept.pk, "strike"])
    assert asked(secretary, strike, {"why": ""}).status_code == 422
    assert asked(secretary, strike, {"why": "录错"}).status_code == 302
    assert "struck" in asked(secretary, page(branch)).text


def test_what_is_carried_out_after_the_new_year_stands_in_both_years(
    secretary: Account, branch: OrganisationState, noon: Callable[[int, int, int], None]
) -> None:
    noon(2026, 12, 8)
    kept = affairs.resolve(actor=secretary, now=timezone.now(), meeting=met(branch, date(2026, 12, 7), "修路"),
                           words="修路", due=date(2026, 12, 30), who="secretary")  # fmt: skip
    mine = task(branch)
    noon(2027, 1, 8)
    done = {act: reverse("on_resolution", args=[kept.pk, act]) for act in ("done", "report")}
    sent = reverse("on_branch_task", args=[mine.pk, "report"])
    assert asked(secretary, sent, {"words": "走访十户", "on": "2027-01-07"}).status_code == 302
    told = met(branch, date(2027, 1, 8)).pk
    assert asked(secretary, done["done"], {"on": "2026-12-29", "told": ""}).status_code == 302
    assert asked(secretary, done["report"], {"told": told}).status_code == 302
    for year in ("", "?year=2026"):
        shown = asked(secretary, page(branch) + year).text
        assert "carried out and reported back" in shown
        assert "reported, waits to be confirmed" in shown
    shown = asked(secretary, page(branch) + "?year=2025").text
    assert "carried out and reported back" not in shown


def test_a_committee_meeting_offers_no_resolutions(secretary: Account, branch: OrganisationState, today: date) -> None:
    meeting = met(branch, today, "修路", form="committee_meeting")
    assert "Keep as a resolution" not in asked(secretary, reverse("gathering", args=[meeting.pk])).text


def test_a_matter_is_opened_and_goes_on_with_the_step_whose_turn_it_is(
    secretary: Account, branch: OrganisationState, today: date
) -> None:
    opens = reverse("open_matter", args=[branch.organisation_id])
    assert "record it first" in asked(secretary, opens).text
    meeting = met(branch, today - timedelta(days=9))
    assert asked(secretary, opens, {"title": "修路", "gathering": meeting.pk}).status_code == 302
    matter = Matter.objects.get()
    step = reverse("take_step", args=[matter.pk, "conferred"])
    assert asked(secretary, step, {"on": (today - timedelta(days=10)).isoformat()}).status_code == 422
    assert asked(secretary, step, {"on": today.isoformat(), "otherwise": "1"}).status_code == 302
    for wrong in ("conferred", "decided", "voted"):
        assert asked(secretary, reverse("take_step", args=[matter.pk, wrong])).status_code == 404
    shown = asked(secretary, reverse("matter", args=[matter.pk])).text
    assert "otherwise than the rules ask" in shown
    assert shown.count("Note the step") == 1
    table = asked(secretary, reverse("matter", args=[matter.pk]) + "?format=csv").content.decode("utf-8-sig")
    assert f"conferred on by the two committees,{today},no" in table
    school = place.branch(OTHER, "school")
    assert asked(place.secretary(OTHER), reverse("open_matter", args=[school.organisation_id])).status_code == 404
    assert "Major matters" not in asked(place.secretary(OTHER), page(school)).text


def test_what_was_made_public_is_noted_from_the_strip_and_from_the_list(
    secretary: Account, branch: OrganisationState, today: date
) -> None:
    notes, sets = (reverse(name, args=[branch.organisation_id]) for name in ("announce", "set_list"))
    said = {"kind": "money", "on": today.isoformat(), "place": "board"}
    assert asked(secretary, notes, said).status_code == asked(secretary, notes, said).status_code == 302
    assert Announcement.objects.count() == 1, "tapped twice it is noted once"
    assert asked(secretary, notes, {**said, "kind": "property"}).status_code == 422
    meeting = met(branch, date(today.year, 1, 1))
    assert asked(secretary, sets, {"meeting": meeting.pk, "words": "长" * 201, "often": "quarter"}).status_code == 422
    assert asked(secretary, sets, {"meeting": meeting.pk, "words": "党费收缴", "often": "once"}).status_code == 422
    assert asked(secretary, sets, {"meeting": meeting.pk, "words": "党费收缴\n", "often": "quarter"}).status_code == 302
    assert [one.due.month for one in Listed.objects.order_by("due")] == [3, 6, 9, 12]
    last = Listed.objects.order_by("due").last()
    assert "party" in asked(secretary, f"{notes}?listed={last.pk}").text
    assert "village affairs" not in asked(secretary, f"{notes}?listed={last.pk}").text
    made = {**said, "kind": "party", "listed": last.pk}
    assert asked(secretary, notes, made).status_code == 302
    assert f"made public on {today}" in asked(secretary, page(branch)).text
    assert asked(secretary, notes, {**made, "listed": last.pk + 1000}).status_code == 404
    one = Announcement.objects.get(kind="money")
    assert asked(secretary, reverse("strike_announcement", args=[one.pk]), {"why": "录错"}).status_code == 302
    one.refresh_from_db()
    assert one.struck_on == today


def test_whoever_only_reads_sees_everything_and_records_nothing(
    secretary: Account, branch: OrganisationState, today: date
) -> None:
    meeting = met(branch, today, "修路")
    kept = affairs.resolve(actor=secretary, now=timezone.now(), meeting=meeting, words="修路", due=today, who="branch")
    stranger = (place.branch(OTHER), place.secretary(OTHER))[1]
    clerk = place.clerk()
    shown = asked(clerk, page(branch)).text
    assert "修路" in shown
    for verb in ("Carried out", "Made public today", "Put on the list", "Open a major matter"):
        assert verb not in shown
    assert asked(stranger, page(branch)).status_code == 404
    for account in (clerk, stranger):
        assert asked(account, reverse("on_resolution", args=[kept.pk, "done"])).status_code == 404
        assert asked(account, reverse("follow_up", args=[meeting.pk]), {}).status_code == 404
        for name in ("announce", "set_list", "open_matter"):
            assert asked(account, reverse(name, args=[branch.organisation_id])).status_code == 404
    assert asked(secretary, reverse("on_resolution", args=[kept.pk, "dance"])).status_code == 404


def task(branch: OrganisationState, *others: OrganisationState, words: str = "报送走访") -> BranchTask:
    made = set_tasks.set_task(
        actor=place.clerk(), now=timezone.now(), branches=[one.organisation_id for one in (branch, *others)],
        words=words, document="文件", due=timezone.localdate(),
    )  # fmt: skip
    first: BranchTask = made.branches.order_by("organisation").first()
    return first


def test_a_superior_sees_what_branches_have_in_hand_before_it_sets_a_task(
    secretary: Account, branch: OrganisationState, today: date
) -> None:
    other, clerk, form = place.branch(OTHER, "school"), place.clerk(), reverse("set_task")
    task(branch)
    task(branch)
    shown = asked(clerk, form).text
    assert "2 branches here. They have 2 tasks of this month or still open." in shown
    assert "The busiest branch has 2." in shown
    assert "none in hand" in shown
    assert OTHER not in asked(clerk, f"{form}?field=village").text
    said = {"words": "报送情况", "document": "文件", "due": today.isoformat()}
    assert asked(clerk, form, said).status_code == 422, "nobody is chosen"
    assert asked(clerk, form, {**said, "to": [branch.organisation_id, 999_999]}).status_code == 422
    assert asked(clerk, form, {**said, "due": "2020-01-01", "to": [branch.organisation_id]}).status_code == 422
    assert asked(clerk, form, {**said, "all": "1", "field": "school"}).status_code == 302
    assert list(SetTask.objects.latest("pk").branches.values_list("organisation", flat=True)) == [other.organisation_id]
    assert asked(clerk, form, {**said, "to": [branch.organisation_id]}).status_code == 302
    assert asked(secretary, form).status_code == 404
    assert "Set a task" not in asked(secretary, reverse("set_tasks")).text


def test_a_task_is_reported_sent_back_and_confirmed(secretary: Account, branch: OrganisationState, today: date) -> None:
    mine, clerk = task(branch, place.branch(OTHER)), place.clerk()
    word = {act: reverse("on_branch_task", args=[mine.pk, act]) for act in ("report", "confirm", "send-back")}
    assert asked(clerk, word["report"]).status_code == asked(secretary, word["confirm"]).status_code == 404
    assert asked(place.secretary(OTHER), word["report"]).status_code == 404
    assert asked(secretary, word["report"], {"on": today.isoformat(), "words": ""}).status_code == 422
    assert asked(secretary, word["report"], {"on": today.isoformat(), "words": "走访32户"}).status_code == 302
    whole = reverse("task_of_branches", args=[mine.task_id])
    assert "reported, waits to be confirmed" in asked(clerk, whole).text
    assert asked(clerk, word["send-back"], {"why": "没有写户数"}).status_code == 302
    assert "sent back: 没有写户数" in asked(secretary, page(branch)).text
    assert asked(clerk, word["confirm"], {}).status_code == 422
    asked(secretary, word["report"], {"on": today.isoformat(), "words": "走访32户"})
    assert "走访32户" in asked(clerk, f"{whole}?format=csv").content.decode("utf-8-sig")
    assert "走访32户" not in asked(clerk, f"{whole}?which=open").text
    assert asked(clerk, reverse("confirm_all_reports", args=[mine.task_id]), {}).status_code == 302
    mine.refresh_from_db()
    assert mine.confirmed == today
    for address in (whole, reverse("withdraw_task", args=[mine.task_id])):
        assert asked(secretary, address).status_code == 404
    assert asked(clerk, reverse("withdraw_task", args=[mine.task_id]), {"why": "取消"}).status_code == 302
    assert "it is asked of nobody" in asked(clerk, whole).text


def test_however_much_there_is_a_page_asks_the_same_number_of_questions(
    secretary: Account, branch: OrganisationState, today: date
) -> None:
    def filled(number: int) -> None:
        meeting = met(branch, today - timedelta(days=number), *(f"{number}-{one}" for one in range(number)))
        told: dict[str, Any] = {"actor": secretary, "now": timezone.now()}
        for line in meeting.decisions:
            affairs.resolve(**told, meeting=meeting, words=line, due=today, who="branch")
            affairs.open_matter(**told, organisation=branch.organisation, title=line,
                                first=Taken("proposed", gathering=meeting))  # fmt: skip
            task(branch, words=line)
        affairs.announce(**told, organisation=branch.organisation, kind="party", on=meeting.on, place="board")
        listed = affairs.set_list(**told, meeting=meeting, words=meeting.decisions, due=[today])
        affairs.announce(**told, organisation=branch.organisation, kind="party", on=today, place="board",
                         listed=listed[0])  # fmt: skip

    def cost(address: str, account: Account) -> int:
        with CaptureQueriesContext(connection) as found:
            assert asked(account, address).status_code == 200
        return len(found)

    filled(1)
    pages = [(page(branch), secretary), (reverse("set_tasks"), place.clerk()), (reverse("set_task"), place.clerk()),
             (reverse("task_of_branches", args=[SetTask.objects.get().pk]), place.clerk())]  # fmt: skip
    few = [cost(*one) for one in pages]
    filled(6)
    place.branch(OTHER)
    task(branch, OrganisationState.objects.get(code=OTHER))
    assert [cost(*one) for one in pages] == few
