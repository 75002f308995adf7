"""Conflicts of interest 回避: what the records say that ties somebody to a branch, and the proof that nothing does.

An account names a person; the members' records name people too. Whoever bears the same name as a member or an office
holder of the branch counts as that person: rather one reviewer too few than one who judges the own branch. Mandates as
its secretary and what the ledger says of its declaration count as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.timezone import localdate

from baolei.declarations.models import Declaration
from baolei.ledger.models import Entry
from baolei.organisations.models import Membership, Post, segment_of
from baolei.people.models import Account, InTree, Role
from baolei.programme.review import Conflict, Spell, excluded
from baolei.reviews.models import Decision, Opinion
from baolei.warehouse.rulebook import review

OWN_ACTS = ("declarations.answer", "declarations.hand_in", "declarations.paper", "declarations.remove_paper")
"""Acts in the ledger by which somebody took part in a declaration."""


@dataclass(slots=True)
class Ties:
    """What ties somebody to a branch by the records: spells of membership and of posts, a part in its declaration."""

    memberships: list[Spell] = field(default_factory=list)
    posts: list[Spell] = field(default_factory=list)
    part: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What came out: the conflict, None without one, and the proof of what was looked up on which day."""

    conflict: Conflict | None
    proof: dict[str, Any]


def checked(
    person: Account, declarations: Iterable[Declaration], today: date, steps: Collection[int] = ()
) -> dict[int, Checked]:
    """Whether a person may judge each of these declarations, by declaration; `steps` (pks) are those at hand: opinions
    given there are no earlier part. Six questions to the database whatever their number.
    """
    mine = {one.pk: one for one in declarations}
    found = _ties(person, mine, steps)
    return {pk: _judged(found[pk], str(one.organisation_id), today) for pk, one in mine.items()}


def _judged(ties: Ties, branch: str, today: date) -> Checked:
    rules = review()
    conflict = excluded(ties.posts, ties.memberships, branch, today, rules, took_part=ties.part)
    proof = {
        "on": today.isoformat(), "rules": rules.since.isoformat(), "asked": [one.code for one in rules.conflicts],
        "memberships": len(ties.memberships), "posts": len(ties.posts), "part": ties.part,
        "found": conflict.code if conflict else "",
    }  # fmt: skip
    return Checked(conflict, proof)


def _ties(person: Account, mine: dict[int, Declaration], steps: Collection[int]) -> dict[int, Ties]:
    of = {one.organisation_id: pk for pk, one in mine.items()}
    found: dict[int, Ties] = defaultdict(Ties)
    name = person.name.strip()
    members = Membership.objects.filter(organisation__in=of, member__name=name)
    for organisation, since, until in members.values_list("organisation_id", "since", "until"):
        found[of[organisation]].memberships.append(Spell(str(organisation), since, until))
    posts = Post.objects.filter(organisation__in=of, holder__name=name)
    for organisation, since, until in posts.values_list("organisation_id", "since", "until"):
        found[of[organisation]].posts.append(Spell(str(organisation), since, until))
    for organisation, spell in _mandates(person, of):
        found[of[organisation]].posts.append(spell)
    for pk in _took_part(person, mine, of, steps):
        found[pk].part = True
    return found


def _mandates(person: Account, organisations: Iterable[int]) -> Iterable[tuple[int, Spell]]:
    """The mandates as secretary of one of these branches, in force or past."""
    segment = {segment_of(organisation): organisation for organisation in organisations}
    held = person.mandates.filter(role=Role.SECRETARY, tree=InTree.PARTY, approved_at__isnull=False)
    width = len(segment_of(1))
    for one in held:
        organisation = segment.get(one.path[-width:])
        if organisation is not None:
            ended = localdate(one.ended_at) if one.ended_at else None
            last = min((day for day in (one.until, ended) if day), default=None)
            yield organisation, Spell(str(organisation), one.since, max(last, one.since) if last else None)


def _took_part(person: Account, mine: dict[int, Declaration], of: dict[int, int], steps: Collection[int]) -> set[int]:
    """The declarations that this person filled in or handed in, or judged at another step."""
    begun = min((one.round.opened_at for one in mine.values()), default=None)
    if begun is None:
        return set()
    acted = Entry.objects.filter(
        actor=person, act__in=OWN_ACTS, at__gte=begun - timedelta(days=1),
        subject__in=[f"organisation:{organisation}" for organisation in of],
    )  # fmt: skip
    part = {of[int(subject.partition(":")[2])] for subject in acted.values_list("subject", flat=True)}
    part |= {pk for pk, one in mine.items() if one.submitted_by_id == person.pk}
    judged = Q(step__declaration__in=list(mine)) & ~Q(step__in=steps)
    part |= set(Opinion.objects.filter(judged, person=person).values_list("step__declaration", flat=True))
    return part | set(Decision.objects.filter(judged, by=person).values_list("step__declaration", flat=True))
