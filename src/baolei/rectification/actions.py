"""What is done with cases: one is opened, problem by problem is settled, two levels accept it, and a year later it is
looked at once more. What may be done where, and by whom, stands in the table of states.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.organisations.models import Organisation, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import rectification as rules
from baolei.programme.organisation.periods import months_later
from baolei.programme.rectification import COUNTY, LIVING, OPENED, TOWNSHIP
from baolei.rectification import doors
from baolei.rectification.models import LONGEST_LINE, Case, Problem, Report
from baolei.rectification.walk import (
    home,
    locked,
    locked_problem,
    must_be_allowed,
    put_on_record,
    said,
    step,
    walked,
)
from baolei.warehouse.rulebook import rectification, triage, workdays


@dataclass(frozen=True, slots=True)
class Origin:
    """What a case comes of: a kind of `Case.ORIGINS`, its number (candidate, finding), the document of a decision."""

    kind: str
    number: int | None = None
    document: str = ""


@transaction.atomic
def open_case(
    *, actor: Account, now: datetime, organisation: Organisation, campaign: str, situations: Sequence[str],
    origin: Origin, reason: str,
) -> Case:  # fmt: skip
    """Open a case of an organisation in a campaign, for the county. Raises NotPossible."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    today, rule = localdate(now), rectification()
    path, field = doors.home_of(organisation.pk, today)
    if not path or COUNTY not in doors.seats(actor, organisation.pk, today):
        raise NotPossible(_("a case is opened by the organisation department of the county, or of a level above it"))
    _openable(campaign, situations, field)
    if Case.objects.filter(organisation=organisation, campaign=campaign, state__in=LIVING).exists():
        raise NotPossible(_("it is in a case of this campaign already: go on with that one"))
    if origin.kind == Case.DECISION and not origin.document.strip():
        raise NotPossible(_("name the document of the decision"))
    ends = months_later(today, rule.number("usual_months"))
    made: Case = Case.objects.create(
        organisation=organisation, campaign=campaign, situations=list(situations), origin=origin.kind,
        number=origin.number, document=origin.document.strip(), reason=said(reason), path=path, field=field,
        opened_on=today, by=actor, begun=today, ends=ends, due=rules.due(OPENED, today, ends, rule, workdays()),
    )  # fmt: skip
    put_on_record("open", made, actor, now, why=made.reason,
              after={"campaign": campaign, "situation": "、".join(situations), "document": made.document})  # fmt: skip
    return made


def _openable(campaign: str, situations: Sequence[str], field: str) -> None:
    language, rule = get_language() or "", rectification()
    if campaign not in rule.campaigns:
        names = ", ".join(one.name.say(language) for one in rule.campaigns.values())
        raise NotPossible(_("choose a campaign: %(names)s") % {"names": names})
    one = rule.campaigns[campaign]
    if one.fields and field not in one.fields:
        raise NotPossible(_("%(campaign)s is not about this field: choose another campaign")
                          % {"campaign": one.name.say(language)})  # fmt: skip
    known = one.situations or frozenset(triage().situations)
    if strange := set(situations) - known:
        raise NotPossible(_("%(situations)s is no situation of this campaign: choose another campaign")
                          % {"situations": ", ".join(sorted(strange))})  # fmt: skip


# ---- the walk ----


@transaction.atomic
def plan(*, actor: Account, now: datetime, case: Case) -> Case:
    """Set the lists: from now on the case is under way. Raises Refusal, naming what is missing."""
    mine = locked(case)
    must_be_allowed(actor, now, mine, "plan")
    linked = dict(mine.linked.values_list("role", "who"))
    rules.planned(_problems(mine), linked, mine.ends, rectification())
    return step(mine, "plan", actor, now, after={"problems": mine.problems.count()})


@transaction.atomic
def report(*, actor: Account, now: datetime, case: Case, month: date, line: str, changed: bool) -> Report:
    """Report for a month: nothing, or one line where something has changed. Once a month. Raises Refusal."""
    mine, today = locked(case), localdate(now)
    must_be_allowed(actor, now, mine, "report")
    open_months = months_to_report(mine, today)
    if month not in open_months:
        raise NotPossible(_("for this month no report is asked: choose another"))
    if changed and not line.strip():
        raise NotPossible(_("say in one line what has changed"))
    if len(line.strip()) > LONGEST_LINE:
        raise NotPossible(_("one line: %(most)d characters") % {"most": LONGEST_LINE})
    made: Report = Report.objects.create(case=mine, month=month, line=line.strip(), changed=changed, on=today, by=actor)
    step(mine, "report", actor, now, after={"month": f"{month:%Y-%m}", "changed": changed})
    return made


def months_to_report(case: Case, today: date) -> list[date]:
    """The months for which a report may be given: those that are owed, and the one that runs."""
    there = set(case.reports.values_list("month", flat=True))
    owed = list(rules.owed(walked(case.passages.all()), today, there))
    this = today.replace(day=1)
    return owed if this in there or this in owed else [*owed, this]


@transaction.atomic
def settle(*, actor: Account, now: datetime, problem: Problem, proof: str, confirmed: str = "") -> Problem:
    """Settle one problem: what proves it mended, and the word of the body that found it where the rules ask for it.

    In a case, for the township, while it is under way; one that stands by itself, from above the branch. Raises
    Refusal.
    """
    one = locked_problem(problem)
    mine = locked(one.case) if one.case else None
    _may_settle(actor, now, one, mine)
    if one.settled:
        raise NotPossible(_("this problem was settled on %(day)s") % {"day": one.settled})
    if rectification().found[one.found].confirmed and not confirmed.strip():
        raise NotPossible(_("name the body that found it and the document in which it confirms that it is mended"))
    one.proof, one.settled = said(proof, _("write what proves it mended")), localdate(now)
    one.confirmed = confirmed.strip()[:LONGEST_LINE]
    one.save()
    after = {"problem": one.words[:80], "proved": one.proof}
    if mine is not None:
        step(mine, "settle", actor, now, after=after)
    else:
        record(actor=actor, act="rectification.settle", subject=f"organisation:{one.organisation_id}",
               path=home(one.organisation_id, now), now=now, after=after)  # fmt: skip
    return one


def _may_settle(actor: Account, now: datetime, one: Problem, mine: Case | None) -> None:
    if mine is not None:
        must_be_allowed(actor, now, mine, "settle")
    elif not doors.seats(actor, one.organisation_id, localdate(now)) & {TOWNSHIP, COUNTY}:
        raise NotPossible(_("what was passed on is settled by the township, the committee above or the county"))


@transaction.atomic
def extend(*, actor: Account, now: datetime, case: Case, months: int, reason: str) -> Case:
    """Give a case more months, up to the most there is. Raises Refusal."""
    mine = locked(case)
    must_be_allowed(actor, now, mine, "extend")
    before, mine.ends = mine.ends, rules.extended(mine.begun, mine.ends, months, rectification())
    return step(mine, "extend", actor, now, reason=reason, before={"until": str(before)},
                 after={"until": str(mine.ends)})  # fmt: skip


@transaction.atomic
def apply(*, actor: Account, now: datetime, case: Case) -> Case:
    """Ask for a case to be struck off, once every problem is settled. Raises Refusal."""
    mine = locked(case)
    must_be_allowed(actor, now, mine, "apply")
    rules.may_apply(_problems(mine))
    mine.problems.update(checked=None)
    return step(mine, "apply", actor, now)


@transaction.atomic
def check(*, actor: Account, now: datetime, case: Case, mended: Collection[int]) -> Case:
    """Check a case for the township: each problem (pk) was looked at and found mended. Raises Refusal."""
    mine = locked(case)
    must_be_allowed(actor, now, mine, "check")
    rules.looked_at(list(mine.problems.values_list("pk", flat=True)), mended)
    mine.problems.update(checked=localdate(now))
    return step(mine, "check", actor, now, after={"problems": mine.problems.count()})


@transaction.atomic
def send_back(*, actor: Account, now: datetime, case: Case, unmended: Collection[int], reason: str) -> Case:
    """Send a case back, with the problems (pk) that are not mended: those are open again. Raises Refusal."""
    mine = locked(case)
    must_be_allowed(actor, now, mine, "send_back")
    _open_again(mine, unmended)
    return step(mine, "send_back", actor, now, reason=reason, after={"problems": len(set(unmended))})


@transaction.atomic
def accept(*, actor: Account, now: datetime, case: Case) -> Case:
    """Accept a case for the county; not whoever checked it. Raises Refusal."""
    mine = locked(case)
    must_be_allowed(actor, now, mine, "accept")
    checked = mine.passages.filter(act="check").order_by("-pk").values_list("by", flat=True)[:1]
    rules.two_persons([pk for pk in checked if pk], actor.pk)
    return step(mine, "accept", actor, now)


@transaction.atomic
def close(*, actor: Account, now: datetime, case: Case) -> Case:
    """Close a case after the look-back. Raises Refusal before its time."""
    mine = locked(case)
    must_be_allowed(actor, now, mine, "close")
    rules.may_close(mine.due, localdate(now))
    return step(mine, "close", actor, now)


@transaction.atomic
def reopen(*, actor: Account, now: datetime, case: Case, unmended: Collection[int], reason: str) -> Case:
    """Open an accepted case again, with the problems (pk) that have come back; its time runs anew. Raises Refusal."""
    mine, today = locked(case), localdate(now)
    must_be_allowed(actor, now, mine, "reopen")
    _open_again(mine, unmended)
    mine.begun, mine.ends = today, months_later(today, rectification().number("usual_months"))
    return step(mine, "reopen", actor, now, reason=reason, after={"problems": len(set(unmended)),
                                                                   "until": str(mine.ends)})  # fmt: skip


@transaction.atomic
def dismiss(*, actor: Account, now: datetime, case: Case, reason: str) -> Case:
    """Dismiss a case: what it was opened for is not so. Raises Refusal."""
    mine = locked(case)
    must_be_allowed(actor, now, mine, "dismiss")
    return step(mine, "dismiss", actor, now, reason=reason)


@transaction.atomic
def lapse(*, actor: Account | None, now: datetime, case: Case, reason: str) -> Case:
    """Let a case lapse whose organisation was merged or dissolved; `actor` None is the clock. Raises Refusal."""
    mine = locked(case)
    if actor is not None:
        must_be_allowed(actor, now, mine, "lapse")
    if OrganisationState.objects.on(localdate(now)).filter(organisation=mine.organisation_id).exists():
        raise NotPossible(_("the organisation still stands: dismiss the case, or see it through"))
    return step(mine, "lapse", actor, now, reason=reason)


def run_clock(*, now: datetime) -> int:
    """By the clock: cases whose organisation stands no more lapse. How many. Done again it changes nothing."""
    standing = OrganisationState.objects.on(localdate(now)).values("organisation")
    gone = list(Case.objects.filter(state__in=LIVING).exclude(organisation__in=standing).order_by("pk"))
    for case in gone:
        lapse(actor=None, now=now, case=case, reason=_("its organisation was merged or dissolved"))
    return len(gone)


@transaction.atomic
def answer(*, actor: Account, now: datetime, case: Case, words: str) -> Case:
    """What the branch says to its case; the later word holds. Raises NotPossible."""
    mine, today = locked(case), localdate(now)
    if mine.state not in LIVING or rules.BRANCH not in doors.seats_of_case(actor, mine, today):
        raise NotPossible(_("the branch answers, as long as its case is not closed"))
    mine.answer, mine.answered_on = said(words, _("write what the branch says")), today
    mine.save(update_fields=["answer", "answered_on"])
    put_on_record("answer", mine, actor, now, after={"answer": mine.answer})
    return mine


def _open_again(mine: Case, problems: Collection[int]) -> None:
    """Unsettle the problems that are not mended. Raises NotPossible without one, or for one of another case."""
    found = mine.problems.filter(pk__in=problems)
    if not problems or found.count() != len(set(problems)):
        raise NotPossible(_("choose the problems that are not mended, one at least"))
    found.update(settled=None, proof="", confirmed="", checked=None)


def _problems(mine: Case) -> list[rules.Problem]:
    return [rules.Problem(one.words, one.measure, one.answers, one.by, one.proof, one.settled)
            for one in mine.problems.order_by("pk")]  # fmt: skip
