"""A roster on its way in: rows are matched by name and branch, somebody settles who cannot be told, and then all of it
is entered, or nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.organisations import doors as tree_doors
from baolei.organisations.doors import Scope, writing_scope
from baolei.organisations.models import Membership, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.training import TWICE
from baolei.training import actions
from baolei.training.models import Attendance, Roster, RosterLine, TrainingClass
from baolei.warehouse.rulebook import training as training_rules

MOST_ROWS = 5_000
"""Rows of one roster: more is no class, and is sent in parts."""
NAMED = 10
"""So many who could be meant are named."""
NOBODY, SEVERAL = "nobody", "several"


@dataclass(frozen=True, slots=True)
class Said:
    """A row as it was sent: its number in the sheet, a name, a branch (its code or its name), the day of joining if
    given.
    """

    number: int
    name: str
    branch: str
    joined: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who could be meant: member and branch (pk), what both are called, since when a member of the Party."""

    member: int
    organisation: int
    name: str
    branch: str
    joined: date | None


@transaction.atomic
def send(
    *, actor: Account, now: datetime, held: TrainingClass, name: str, digest: str, rows: Sequence[Said]
) -> Roster:  # fmt: skip
    """Take the rows of a roster in, match those that are sure, and leave the others to be settled. Nothing is on the
    roster of the class yet. Raises NotPossible.
    """
    today = localdate(now)
    this, host = actions.mine(actor, held, today)
    if this.whole:
        raise NotPossible(_("of a branch's own study only absences are noted: it takes no roster"))
    if Roster.objects.filter(held=this).exists():
        raise NotPossible(_("a roster of this class waits already: settle it, or put it away, then send the next"))
    if not rows or len(rows) > MOST_ROWS:
        raise NotPossible(_("a roster has 1 to %(most)d rows: send a longer one in parts") % {"most": MOST_ROWS})
    roster: Roster = Roster.objects.create(held=this, name=name[:255], digest=digest, sent=today, by=actor)
    RosterLine.objects.bulk_create(_matched(roster, rows, writing_scope(actor, today)))
    actions.note("send_roster", this, actor, now, host, after={"file": name[:255], "sha256": digest, "rows": len(rows)})
    return roster


@transaction.atomic
def settle(*, actor: Account, now: datetime, roster: Roster, said: Mapping[int, tuple[int | None, str]]) -> int:
    """Say of rows whom they mean (a member, pk) or why they are left out (a code); how many still wait. Raises
    NotPossible for somebody out of reach and for a reason that is none.
    """
    today = localdate(now)
    this, _host = actions.mine(actor, roster.held, today)
    lines = {one.number: one for one in RosterLine.objects.filter(roster=roster, number__in=list(said))}
    within = set(_people(this.last, writing_scope(actor, today), Q(
        member__in=[member for member, _why in said.values() if member])).values_list("member", flat=True))  # fmt: skip
    taken = dict(RosterLine.objects.filter(roster=roster, member__isnull=False).values_list("member", "number"))
    for number, (member, why) in said.items():
        line = lines.get(number)
        if line is None or (member is not None and member not in within) or (why and why not in _reasons()):
            raise NotPossible(_("row %(row)d: choose one of those offered") % {"row": number})
        if member is not None and taken.get(member, number) != number:
            raise NotPossible(
                _("row %(row)d: row %(other)d means the same person already; leave one of them out")
                % {"row": number, "other": taken[member]}
            )
        if member is not None:
            taken[member] = number
        line.member_id, line.left_out = member, "" if member is not None else why
    RosterLine.objects.bulk_update(lines.values(), ["member", "left_out"])
    return int(waiting(roster).count())


@transaction.atomic
def enter(*, actor: Account, now: datetime, roster: Roster) -> int:
    """Enter a roster of which every row is settled; how many people it brought. The rows go. Raises NotPossible."""
    today = localdate(now)
    this, host = actions.mine(actor, roster.held, today)
    if open_rows := list(waiting(roster).values_list("number", flat=True)[: NAMED + 1]):
        raise NotPossible(
            _("rows that nobody has settled yet: %(rows)s. Say whom each means, or why it is left out.")
            % {"rows": ", ".join(map(str, open_rows[:NAMED])) + ("…" if len(open_rows) > NAMED else "")}
        )
    meant = RosterLine.objects.filter(roster=roster, member__isnull=False).values_list("member", flat=True)
    there = _people(this.last, writing_scope(actor, today), Q(member__in=meant.values("member")))
    people = dict(there.values_list("member", "organisation"))
    if lost := len(meant) - len(people):
        raise NotPossible(
            _("%(number)d people of the list no longer belong to what you answer for: settle these rows anew")
            % {"number": lost}
        )
    reasons = Counter(RosterLine.objects.filter(roster=roster).exclude(left_out="").values_list("left_out", flat=True))
    entered = actions.enter(this, people)
    actions.note("enter_roster", this, actor, now, host, after={
        "file": roster.name, "sha256": roster.digest, "people_entered": entered,
        "rows_left_out": sum(reasons.values())})  # fmt: skip
    roster.delete()
    return entered


@transaction.atomic
def put_away(*, actor: Account, now: datetime, roster: Roster) -> None:
    """Put a roster away of which nothing was entered. Raises NotPossible."""
    this, host = actions.mine(actor, roster.held, localdate(now))
    told = {"file": roster.name, "sha256": roster.digest}
    roster.delete()
    actions.note("put_roster_away", this, actor, now, host, before=told)


def forget(now: datetime) -> int:
    """Put away what was sent and not settled for as many days as the rules keep it: it names people. How many."""
    before = localdate(now) - timedelta(days=training_rules().number("roster_days"))
    old = Roster.objects.filter(sent__lt=before)
    number = old.count()
    if number:
        old.delete()
    return number


def waiting(roster: Roster) -> Any:
    """The rows that somebody has to settle."""
    return RosterLine.objects.filter(roster=roster, member=None, left_out="").order_by("number")


# ---- matching ----


def candidates(lines: Iterable[RosterLine], day: date, scope: Scope) -> dict[int, tuple[str, list[Person]]]:
    """By number of the row, who could be meant, and why that is not sure: nobody of that name in that branch (then
    those of the name elsewhere within reach), or several. Three questions whatever the number of rows.
    """
    listed = list(lines)
    known = _by_name({one.name for one in listed}, day, scope)
    homes = _homes({one.branch for one in listed}, day, scope)
    found = {}
    for one in listed:
        there = _of_branch(known.get(one.name, []), homes.get(one.branch, set()))
        found[one.number] = (SEVERAL, there[:NAMED]) if there else (NOBODY, known.get(one.name, [])[:NAMED])
    return found


def _matched(roster: Roster, rows: Sequence[Said], scope: Scope) -> list[RosterLine]:
    day = roster.held.last
    known = _by_name({one.name for one in rows}, day, scope)
    homes = _homes({one.branch for one in rows}, day, scope)
    seen = set(Attendance.objects.filter(held=roster.held, struck_on=None).values_list("member", flat=True))
    found = []
    for one in rows:
        there = _of_branch(known.get(one.name, []), homes.get(one.branch, set()))
        sure = _sure(there, one.joined)
        twice = sure is not None and sure in seen
        if sure is not None:
            seen.add(sure)
        found.append(RosterLine(
            roster=roster, number=one.number, name=one.name, branch=one.branch, joined=one.joined,
            member_id=None if twice else sure, left_out=TWICE if twice else "",
        ))  # fmt: skip
    return found


def _sure(there: Sequence[Person], joined: date | None) -> int | None:
    """The one who is meant, None where that is not sure. A day of joining tells two of one name apart, and one whose
    day differs is not taken for another.
    """
    if joined is not None:
        there = [one for one in there if one.joined in (None, joined)]
        there = [one for one in there if one.joined == joined] or there
    return there[0].member if len(there) == 1 else None


def _by_name(names: set[str], day: date, scope: Scope) -> dict[str, list[Person]]:
    """Who had these names on a day, within reach."""
    members = list(_people(day, scope, Q(member__name__in=names)).order_by("member__joined", "member").values_list(
        "member", "organisation", "member__name", "member__joined"))  # fmt: skip
    states = OrganisationState.objects.on(day).filter(organisation__in={row[1] for row in members})
    called = dict(states.values_list("organisation", "name"))
    found: dict[str, list[Person]] = defaultdict(list)
    for member, organisation, name, joined in members:
        found[name].append(Person(member, organisation, name, called.get(organisation, ""), joined))
    return found


def _homes(said: set[str], day: date, scope: Scope) -> dict[str, set[int]]:
    """The organisations within reach that are called so, by code or by name."""
    found: dict[str, set[int]] = defaultdict(set)
    states = tree_doors.organisations(scope).filter(Q(code__in=said) | Q(name__in=said))
    for organisation, code, name in states.values_list("organisation", "code", "name"):
        found[code].add(organisation)
        found[name].add(organisation)
    return found


def _of_branch(people: Iterable[Person], homes: set[int]) -> list[Person]:
    return [one for one in people if one.organisation in homes]


def _people(day: date, scope: Scope, who: Q) -> Any:
    """Who belonged on a day to the organisations that somebody answers for today."""
    found = Membership.objects.on(day).filter(who)
    if scope.whole:
        return found
    return found.filter(organisation__in=tree_doors.organisations(scope).values("organisation"))


def _reasons() -> Mapping[str, object]:
    return training_rules().left_out
