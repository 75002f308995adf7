"""What the records say that ties somebody to a branch: memberships, posts, mandates as its secretary.

An account names a person; the members' records name people too. Whoever bears the same name as a member or an office
holder of the branch counts as that person: rather one too few who may judge than one who judges the own branch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.utils.timezone import localdate

from baolei.organisations.models import Membership, Post, segment_of
from baolei.people.models import Account, InTree, Role
from baolei.programme.review import Spell


@dataclass(slots=True)
class Ties:
    """What ties somebody to a branch by the records: spells of membership and of posts, a part in its declaration."""

    memberships: list[Spell] = field(default_factory=list)
    posts: list[Spell] = field(default_factory=list)
    part: bool = False


def ties(person: Account, organisations: Collection[int]) -> dict[int, Ties]:
    """What ties a person to each of these organisations (pks); three questions whatever their number.

    `part` is left for those who know of declarations.
    """
    found = ties_by_name(person.name, organisations)
    for organisation, spell in _mandates(person, found):
        found[organisation].posts.append(spell)
    return found


def ties_by_name(name: str, organisations: Collection[int]) -> dict[int, Ties]:
    """The same of somebody without an account, as far as a name tells; two questions."""
    found, name = {organisation: Ties() for organisation in organisations}, name.strip()
    members = Membership.objects.filter(organisation__in=found, member__name=name)
    for organisation, since, until in members.values_list("organisation_id", "since", "until"):
        found[organisation].memberships.append(Spell(str(organisation), since, until))
    posts = Post.objects.filter(organisation__in=found, holder__name=name)
    for organisation, since, until in posts.values_list("organisation_id", "since", "until"):
        found[organisation].posts.append(Spell(str(organisation), since, until))
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
