"""Votes at meetings: one branch, one day, slips from a box; counted at once, and told only where that is safe."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import stage
from baolei.ballots import meetings
from baolei.ballots.models import MeetingPoll
from baolei.ballots.urns import opened
from baolei.ledger.models import Entry
from baolei.organisations import records
from baolei.organisations.models import Member, Membership, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account, Role
from baolei.programme.ballot.ballot import SLIP, Ballot, slip_hash
from baolei.programme.ballot.meetings import meeting_rules
from baolei.programme.ballot.meetings import told as may_be_told
from baolei.programme.ballot.slips import printed
from baolei.programme.ballot.tally import Asked, totals
from baolei.urn.store import CAST, ISSUE, SEALED, SET_UP, Cast, Kept
from baolei.warehouse import rulebook
from baolei.warehouse.rulebook import ballots as slip_rules
from test_polls import read_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
CODE, TOWNSHIP, BESIDE = "150422103216-001", "150422103", "150422104"
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
DAY = date(2026, 11, 20)
APPRAISAL, REPORT = "democratic_appraisal", "duty_report"
MEMBERS = 12
SAID = ["1111111", "1212111", "2211123", "11110-1", "3322122", "1112111", "1111112", "2111111", "1121111", "1211111"]
WORDS = {2: "建议多开几次组织生活会", 5: "王书记的儿子办低保没有公示"}


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> Path:
    settings.BAOLEI_HOME = str(tmp_path)
    return tmp_path


@pytest.fixture
def branch() -> OrganisationState:
    """A branch with twelve full members and a probationary one."""
    made = stage.branch(CODE, home=CODE[:12])
    for number in range(MEMBERS + 1):
        member = Member.objects.create(name=f"党员{number}")
        kind = Membership.FULL if number < MEMBERS else "probationary"
        Membership.objects.create(member=member, organisation=made.organisation, kind=kind, since=date(2020, 1, 2))
    return made


def told(**more: Any) -> dict[str, Any]:
    return {"actor": None, "now": NOW, "why": "年度评议", **more}


def set_up(branch: OrganisationState, people: int = MEMBERS, kind: str = APPRAISAL, **more: Any) -> MeetingPoll:
    said = {"held_on": DAY, "revote": True, **more}
    return meetings.set_up(**told(branch=branch, kind=kind, people=people, **said))


def on_paper(meeting: MeetingPoll) -> list[bytes]:
    return read_off(meetings.print_slips(**told(meeting=meeting, origin="https://ballots.example.cn")))


def cast(meeting: MeetingPoll, secrets: list[bytes], said: list[str], words: dict[int, str] | None = None) -> list[Any]:
    """Ballots cast as the host casts them."""
    with opened() as urn:
        return urn.cast([
            Cast(Ballot(SLIP, meeting.key, slip_hash(meeting.key, secret), 0, answers, (words or {}).get(place, "")),
                 secret)
            for place, (secret, answers) in enumerate(zip(secrets, said, strict=False))
        ])  # fmt: skip


def held(branch: OrganisationState, said: list[str], **more: Any) -> MeetingPoll:
    """A vote from its set-up to its seal."""
    meeting = set_up(branch, **more)
    secrets = on_paper(meeting)
    meetings.begin(**told(meeting=meeting, handed=10))
    assert all(isinstance(one, Kept) for one in cast(meeting, secrets, said, WORDS))
    return meetings.end(**told(meeting=meeting))


# ---- the rules ----


def bent(**changes: Any) -> dict[str, Any]:
    rows: dict[str, Any] = yaml.safe_load(rulebook.text("meetings.yaml"))
    rows["kinds"][APPRAISAL] |= changes
    return rows


@pytest.mark.parametrize(("changes", "says"), [
    ({"about": "members"}, "about 'members' is none of branch, office"), ({"questions": []}, "no question"),
    ({"grades": [{"zh": "好", "en": "good"}]}, "2 to 9 grades"), ({"held_by": "x"}, "none of branch, above"),
    ({"standing": "sure"}, "none of seen, memory, ours"), ({"name": {"zh": "x"}}, "'en' is missing"),
])  # fmt: skip
def test_rules_that_cannot_be_are_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        meeting_rules(bent(**changes))


def test_every_kind_says_what_it_rests_on_and_asks_about_no_person() -> None:
    for kind in rulebook.meetings().kinds.values():
        assert kind.basis.zh
        assert kind.about in ("branch", "office")
        assert kind.form["comments"] is (kind.comments != "none")


def test_what_is_told_stops_at_small_numbers_and_where_a_few_agree() -> None:
    kind = rulebook.meetings().kinds[APPRAISAL]
    shape = Asked(7, 4, 4, comments=True)
    assert may_be_told(kind.questions, totals(["1111111"] * 4, shape), 5) == ()
    alike = may_be_told(kind.questions, totals(["1111113"] * 5 + ["4111113"] * 2, shape), 5)
    assert alike[0].numbers == (5, 0, 0, 2, 0, 0)
    assert [one.numbers for one in alike[1:]] == [None] * 6
    assert [one.band.en for one in alike[1:] if one.band] == ["nearly all in the better grades"] * 5 + [
        "nearly all in the worse grades"
    ]
    many = may_be_told(kind.questions, totals(["1111111"] * 10, shape), 5)
    assert all(one.numbers == (10, 0, 0, 0, 0, 0) for one in many)


# ---- from the set-up to the seal ----


def test_a_vote_goes_from_paper_to_a_sealed_count(branch: OrganisationState, own_home: Path) -> None:
    meeting = set_up(branch)
    assert (meeting.phase, meeting.people, meeting.least, meeting.cast) == (SET_UP, MEMBERS, 6, None)
    secrets = on_paper(meeting)
    meeting.refresh_from_db()
    assert meeting.phase == ISSUE
    assert len(secrets) == len(set(secrets)) == meeting.slips == printed(MEMBERS, slip_rules())
    assert not isinstance(cast(meeting, secrets, SAID)[0], Kept), "nothing is cast before it begins"
    meetings.begin(**told(meeting=meeting, handed=10))
    cast(meeting, secrets, SAID, WORDS)
    done = meetings.end(**told(meeting=meeting))
    assert (done.phase, done.cast, done.ballots, done.handed) == (SEALED, 10, sorted(SAID), 10)
    with opened() as urn:
        sealed = urn.sealed(done.key)
    assert sealed
    assert sealed.root == done.root
    with pytest.raises(NotPossible, match="ended and sealed"):
        meetings.end(**told(meeting=meeting))
    entries = list(Entry.objects.filter(act__startswith="ballots.meeting_").order_by("number"))
    assert [one.act for one in entries] == [f"ballots.meeting_{act}" for act in ("set_up", "print", "begin", "end")]
    assert {one.act for one in entries} <= records.acts().keys()
    assert (entries[-1].particulars or {})["after"]["ballots"] == 10
    assert not any(said in repr(one.particulars) for one in entries for said in SAID)


def test_what_cannot_be_held_is_refused_with_what_would_be_right(branch: OrganisationState) -> None:
    for people, more, says in (
        (4, {}, "vote on paper"), (MEMBERS + 1, {}, "has 12 full members"),
        (9, {"held_on": DAY - timedelta(days=1)}, "from today"), (9, {"held_on": date(2027, 3, 1)}, "from today"),
    ):  # fmt: skip
        with pytest.raises(NotPossible, match=says):
            set_up(branch, people, **more)
    set_up(branch, MEMBERS + 20, kind=REPORT)  # those whom the superior asks are on no roll of the branch
    OrganisationState.objects.filter(pk=branch.pk).update(field="")
    branch.refresh_from_db()
    with pytest.raises(NotPossible, match="no Party branch"):
        set_up(branch)


def test_casting_begins_on_its_day_with_enough_slips_out(branch: OrganisationState) -> None:
    meeting = set_up(branch, held_on=DAY + timedelta(days=1))
    with pytest.raises(NotPossible, match="after the slips are printed"):
        meetings.begin(**told(meeting=meeting, handed=10))
    on_paper(meeting)
    with pytest.raises(NotPossible, match="on that day"):
        meetings.begin(**told(meeting=meeting, handed=10))
    tomorrow = {"actor": None, "why": "开会", "now": NOW + timedelta(days=1), "meeting": meeting}
    for handed in (5, 99):
        with pytest.raises(NotPossible, match="from 6, the ballots that are needed"):
            meetings.begin(**tomorrow, handed=handed)
    meetings.begin(**tomorrow, handed=6)
    meeting.refresh_from_db()
    assert (meeting.phase, meeting.handed) == (CAST, 6)


def test_one_vote_of_a_kind_at_a_time_and_none_twice_a_day(branch: OrganisationState) -> None:
    first = set_up(branch)
    with pytest.raises(NotPossible, match="end it first"):
        set_up(branch)
    called_off = meetings.end(**told(meeting=first))
    assert (called_off.phase, called_off.cast) == (SEALED, 0)
    held(branch, SAID)
    with pytest.raises(NotPossible, match="whoever came late"):
        set_up(branch)
    with pytest.raises(IntegrityError), transaction.atomic():
        MeetingPoll.objects.filter(pk=first.pk).update(cast=1, slips=1, ballots=["1111111"])
    set_up(branch, held_on=DAY + timedelta(days=1))


@pytest.mark.parametrize("cut_at", ["take_over", "_record"])
def test_an_end_that_was_cut_off_is_done_again(
    branch: OrganisationState, cut_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = set_up(branch)
    secrets = on_paper(meeting)
    meetings.begin(**told(meeting=meeting, handed=10))
    cast(meeting, secrets, SAID)

    def cut(*_given: Any, **_told: Any) -> None:
        raise OSError("cut off")

    with monkeypatch.context() as patch:
        patch.setattr(meetings, cut_at, cut)
        with pytest.raises(OSError, match="cut off"):
            meetings.end(**told(meeting=meeting))
    meeting.refresh_from_db()
    assert (meeting.phase, meeting.cast) == (CAST, None)
    done = meetings.end(**told(meeting=meeting))
    assert (done.phase, done.ballots) == (SEALED, sorted(SAID))


# ---- on the pages ----


@pytest.fixture
def today(branch: OrganisationState) -> date:
    return timezone.localdate()


def asked(account: Account, address: str, **said: Any) -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.post(address, said) if said else client.get(address)


def under_way(branch: OrganisationState, secretary: Account, today: date, said: list[str]) -> MeetingPoll:
    """A vote that the secretary has brought to the casting, on the pages, with some ballots in."""
    new = reverse("new_meeting", args=[branch.organisation_id])
    answer = asked(secretary, new, kind=APPRAISAL, held_on=today, people=MEMBERS, revote="on", why="年度评议")
    assert answer.status_code == 302, answer.text
    meeting: MeetingPoll = MeetingPoll.objects.get(cast=None)
    pdf = asked(secretary, reverse("on_meeting", args=[meeting.pk, "print"]), why="打印")
    assert (pdf["Content-Type"], pdf["Cache-Control"]) == ("application/pdf", "no-store")
    begun = asked(secretary, reverse("on_meeting", args=[meeting.pk, "begin"]), handed=10, why="开会")
    assert begun.status_code == 302
    assert all(isinstance(one, Kept) for one in cast(meeting, read_off(pdf.content), said, WORDS))
    return meeting


def test_the_secretary_holds_it_and_sees_numbers_only_from_five_on(branch: OrganisationState, today: date) -> None:
    secretary = stage.mandated(CODE, Role.SECRETARY)
    meeting = under_way(branch, secretary, today, SAID[:4])
    page = reverse("meeting", args=[meeting.pk])
    assert "fewer than 5" in asked(secretary, page).text
    assert asked(secretary, page + "?format=csv").text.count("\n") == 1, "no totals while it is open"
    assert asked(secretary, reverse("meeting_bundle", args=[meeting.pk])).status_code == 404
    assert asked(secretary, reverse("on_meeting", args=[meeting.pk, "begin"]), handed=9, why="x").status_code == 404
    assert asked(secretary, reverse("on_meeting", args=[meeting.pk, "end"]), why="散会").status_code == 302
    text = asked(secretary, page).text
    assert "Of fewer than 5 ballots nothing is shown" in text
    assert "this appraisal does not stand" in text
    assert 'id="totals"' not in text
    assert asked(secretary, reverse("meeting_bundle", args=[meeting.pk])).status_code == 404
    assert ">4<" not in asked(secretary, reverse("meetings", args=[branch.organisation_id])).text
    assert "ballots" not in (Entry.objects.get(act="ballots.meeting_end").particulars or {})["after"]


def test_totals_comments_and_a_bundle_that_checks(branch: OrganisationState, today: date, tmp_path: Path) -> None:
    secretary, banner = stage.mandated(CODE, Role.SECRETARY), stage.mandated("150422", "banner_clerk")
    meeting = under_way(branch, secretary, today, SAID)
    asked(secretary, reverse("on_meeting", args=[meeting.pk, "end"]), why="散会")
    page = reverse("meeting", args=[meeting.pk])
    for who in (secretary, banner):
        text = asked(who, page).text
        assert "10 valid ballots" in text
        assert WORDS[2] in text
        assert WORDS[5] not in text
        assert "1 stays closed" in text
    rows = asked(banner, page + "?format=csv").content.decode("utf-8-sig").splitlines()
    assert rows[1].endswith(",7,2,1,0,0,0,")
    listed = reverse("all_meetings")
    assert branch.name in asked(banner, listed).text
    files = tmp_path / "bundle.zip"
    files.write_bytes(asked(banner, reverse("meeting_bundle", args=[meeting.pk])).content)
    script = tmp_path / "verify_tally.py"
    script.write_bytes(asked(banner, reverse("verify_tally")).content)
    done = subprocess.run([sys.executable, "-I", str(script), str(files)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(io.BytesIO(files.read_bytes())) as bundle:
        assert not any(WORDS[2].encode() in bundle.read(name) for name in bundle.namelist())


def test_nobody_runs_the_vote_about_his_own_office(branch: OrganisationState, today: date) -> None:
    secretary, clerk = stage.mandated(CODE, Role.SECRETARY), stage.mandated(TOWNSHIP, "township_clerk")
    new = reverse("new_meeting", args=[branch.organisation_id])
    offered = {who: re.findall(r'<option value="(\w+)"', asked(who, new).text) for who in (secretary, clerk)}
    assert offered == {secretary: [APPRAISAL], clerk: [APPRAISAL, REPORT]}
    said = {"held_on": today, "people": 20, "why": "述职"}
    assert asked(secretary, new, kind=REPORT, **said).status_code == 422
    assert asked(clerk, new, kind=REPORT, **said).status_code == 302
    meeting = MeetingPoll.objects.get(kind=REPORT)
    page = reverse("meeting", args=[meeting.pk])
    assert asked(secretary, page).status_code == 200
    assert asked(secretary, reverse("on_meeting", args=[meeting.pk, "print"]), why="x").status_code == 404
    pdf = asked(clerk, reverse("on_meeting", args=[meeting.pk, "print"]), why="打印")
    asked(clerk, reverse("on_meeting", args=[meeting.pk, "begin"]), handed=10, why="开会")
    cast(meeting, read_off(pdf.content), [one[:6] for one in SAID], WORDS)
    asked(clerk, reverse("on_meeting", args=[meeting.pk, "end"]), why="散会")
    mine, above = asked(secretary, page).text, asked(clerk, page).text
    assert 'id="totals"' in mine
    assert 'id="totals"' in above
    assert (WORDS[2] in mine, WORDS[2] in above) == (False, True)


def test_others_see_nothing_of_it(branch: OrganisationState) -> None:
    meeting = set_up(branch)
    stage.branch("150422104216-002", home="150422104216")
    for who in (stage.mandated(BESIDE, "township_clerk"), stage.mandated("150422104216-002", Role.SECRETARY),
                stage.mandated("15", "viewer")):  # fmt: skip
        for name, number in (("meeting", meeting.pk), ("meetings", branch.organisation_id)):
            assert asked(who, reverse(name, args=[number])).status_code == 404, name
        assert branch.name not in asked(who, reverse("all_meetings")).text
