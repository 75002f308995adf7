"""The lists of a case: problems with measure, who answers and by when; the linked persons. And what is mended without a
case, since an inspection or an audit passed it on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.organisations.models import Organisation
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.rectification import COUNTY, OPENED, TOWNSHIP, UNDER_WAY
from baolei.rectification import doors
from baolei.rectification.models import LONGEST_LINE, LONGEST_NAME, LONGEST_WORDS, Case, Linked, Problem
from baolei.rectification.walk import home, locked, locked_problem, put_on_record, said, told
from baolei.warehouse.rulebook import rectification


@dataclass(frozen=True, slots=True)
class Listed:
    """A problem as it is entered: where it comes from, what it is, the measure, who answers for it and by when; who
    passed it on, in which document.
    """

    found: str
    words: str
    measure: str
    answers: str
    by: date
    document: str = ""
    campaign: str = ""


@transaction.atomic
def list_problem(*, actor: Account, now: datetime, case: Case, listed: Listed) -> Problem:
    """Put a problem on the list of a case, for the township; while it is under way too. Raises Refusal."""
    mine = _drawing_up(actor, now, case, OPENED, UNDER_WAY)
    if listed.by > mine.ends:
        raise NotPossible(_("the case ends on %(ends)s: the problem is to be mended by then") % {"ends": mine.ends})
    made = _enter(mine.organisation, mine, listed, localdate(now))
    put_on_record("list", mine, actor, now, after=told(made))
    return made


@transaction.atomic
def take_off(*, actor: Account, now: datetime, problem: Problem, why: str) -> None:
    """Take a problem that was listed in error off the list, before the lists are set. Raises Refusal."""
    one = locked_problem(problem)
    if one.case is None:
        raise NotPossible(_("what was passed on is settled, not taken off"))
    mine = _drawing_up(actor, now, one.case, OPENED)
    before = told(one)
    one.delete()
    put_on_record("take_off", mine, actor, now, why=said(why), before=before)


@transaction.atomic
def link(*, actor: Account, now: datetime, case: Case, linked: Mapping[str, str]) -> Case:
    """Name the persons linked to a case, for the township; whoever changes post is named anew. Raises Refusal."""
    mine = _drawing_up(actor, now, case, OPENED, UNDER_WAY)
    strange = linked.keys() - rectification().linked.keys()
    if strange or any(len(who.strip()) > LONGEST_NAME for who in linked.values()):
        most = {"most": LONGEST_NAME}
        raise NotPossible(_("write name and post of each linked person, in %(most)d characters") % most)
    mine.linked.filter(role__in=linked).delete()
    Linked.objects.bulk_create(
        Linked(case=mine, role=role, who=who.strip()) for role, who in linked.items() if who.strip()
    )
    put_on_record(
        "link", mine, actor, now, after={"linked": sorted(role for role, who in linked.items() if who.strip())}
    )
    return mine


def _drawing_up(actor: Account, now: datetime, case: Case, *states: str) -> Case:
    mine = locked(case)
    if mine.state not in states:
        raise NotPossible(_("the lists are set: ask for the case to be sent back or opened again first"))
    if TOWNSHIP not in doors.seats_of_case(actor, mine, localdate(now)):
        raise NotPossible(_("the lists are drawn up by the township, or the committee above the branch"))
    return mine


def _enter(organisation: Organisation, case: Case | None, listed: Listed, today: date) -> Problem:
    """A problem, on record. Raises NotPossible for one that is not whole."""
    rule, language = rectification(), get_language() or ""
    if listed.found not in rule.found:
        names = ", ".join(one.name.say(language) for one in rule.found.values())
        raise NotPossible(_("say where the problem comes from: %(names)s") % {"names": names})
    words = [one.strip() for one in (listed.words, listed.measure, listed.answers)]
    short = len(words[2]) <= LONGEST_NAME and len(listed.document) <= LONGEST_LINE
    if not all(words) or max(map(len, words[:2])) > LONGEST_WORDS or not short:
        raise NotPossible(_("write the problem, the measure and who answers for it, by name and post"))
    made: Problem = Problem.objects.create(
        organisation=organisation, case=case, found=listed.found, campaign=case.campaign if case else listed.campaign,
        words=words[0], measure=words[1], answers=words[2], by=listed.by, document=listed.document.strip(),
        entered=today,
    )  # fmt: skip
    return made


@transaction.atomic
def pass_on(*, actor: Account, now: datetime, organisation: Organisation, listed: Listed) -> Problem:
    """Enter a problem that an inspection, an audit or a campaign passed on to a branch, to be mended without a case.

    From above the branch. Raises NotPossible.
    """
    today = localdate(now)
    if not doors.seats(actor, organisation.pk, today) & {TOWNSHIP, COUNTY}:
        raise NotPossible(_("what was passed on is entered by the township, the committee above or the county"))
    if not listed.document.strip():
        raise NotPossible(_("name who passed it on, and the document"))
    if listed.found == "campaign" and listed.campaign not in rectification().campaigns:
        raise NotPossible(_("name the campaign it was acknowledged in"))
    made = _enter(organisation, None, listed, today)
    record(actor=actor, act="rectification.pass_on", subject=f"organisation:{organisation.pk}",
           path=home(organisation.pk, now), now=now, after=told(made))  # fmt: skip
    return made
