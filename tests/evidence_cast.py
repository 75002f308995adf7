"""A mixed cast for the facts of items: a dozen branches of several fields in one year, everything in it by chance.

Founded within the year, with a committee that comes and goes, groups and hub households opened and closed, members who
move; records that are struck, late, not quorate, of several forms at once. The same seed makes the same cast.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import stage
from baolei.life.models import Gathering, Session
from baolei.organisations.models import (
    Group,
    HubHousehold,
    Member,
    Membership,
    Organisation,
    OrganisationState,
    Post,
    Term,
    segment_of,
)
from baolei.people.models import Account
from baolei.programme.life import COMMITTEE, GROUP, HUB, LECTURE, MEMBERS, THEME, frequencies
from baolei.programme.organisation.periods import months_later
from baolei.warehouse.rulebook import life, setup_rules

YEAR = 2026
FIRST, LAST, OLD = date(YEAR, 1, 1), date(YEAR, 12, 31), date(2015, 1, 1)
DAY = timedelta(days=1)
FIELDS = (
    "village", "pastoral_gacha", "community", "retired", "retired", "government_office", "school", "property_service",
    "village", "pastoral_gacha", "property_service", "retired",
)  # fmt: skip
EDGES = (date(YEAR, 1, 1), date(YEAR, 1, 31), date(YEAR, 3, 31), date(YEAR, 4, 1), date(YEAR, 6, 30), date(YEAR, 7, 1),
         date(YEAR, 10, 15), date(YEAR, 12, 31))  # fmt: skip
"""Days on which mistakes of one day show."""
FAMILY = "王李包赵陈吴周白乌苏"


@dataclass(slots=True)
class Cast:
    """The branches of a cast by number, and whoever belongs to them; `by` enters everything."""

    random: Random
    by: Account
    branches: list[OrganisationState] = field(default_factory=list)
    members: dict[int, list[Member]] = field(default_factory=dict)

    def chance(self, of: float) -> bool:
        """Whether something happens that happens so often."""
        return self.random.random() < of

    def day(self, first: date = FIRST, last: date = LAST) -> date:
        """A day from one to another (the first, where that is later); days at the edges of months more often."""
        last = max(first, last)
        edges = [one for one in EDGES if first <= one <= last]
        if edges and self.chance(0.25):
            return self.random.choice(edges)
        return first + self.random.randrange((last - first).days + 1) * DAY

    def span(self) -> tuple[date, date | None]:
        """From a day on, or to a day: much of it there throughout, much within the year alone."""
        since = OLD if self.chance(0.5) else self.day()
        return since, None if self.chance(0.6) else self.day(max(since, FIRST))

    def entered(self, on: date) -> date:
        """The day of an entry: mostly soon."""
        return on + self.random.choice((0, 1, 3, 7, 8, 60)) * DAY

    def struck(self) -> date | None:
        """The day on which a record was struck; mostly none."""
        return LAST if self.chance(0.1) else None


def cast(seed: int, *, gatherings: bool = True) -> Cast:
    """A cast of twelve branches: who they are, who belongs to them, what they held."""
    made = Cast(Random(seed), Account.objects.create(username="cast", name="周青禾"))
    for number, name in enumerate(FIELDS):
        branch = _branch(made, number, name)
        made.branches.append(branch)
        made.members[branch.organisation_id] = [_member(made, branch) for _ in range(made.random.randint(2, 10))]
        _posts(made, branch)
        _parts(made, branch)
    for branch in made.branches:
        if gatherings and made.chance(0.9):
            _gatherings(made, branch)
    return made


# ---- who they are ----


def _branch(made: Cast, number: int, field: str) -> OrganisationState:
    """A branch that is there long since or from a day of the year on; some change their field in it, or after it."""
    new = Organisation.objects.create()
    since = OLD if made.chance(0.7) else made.day(date(YEAR - 1, 12, 31))
    home = stage.unit("150422103216" if made.chance(0.7) else "150422103").unit
    said = {"organisation": new, "kind": "branch", "unit": home, "path": segment_of(new.pk), "name": f"第{number}支部"}
    if made.chance(0.3):
        changed = made.day(since + DAY, date(YEAR + 1, 1, 31))
        OrganisationState.objects.create(code=f"1504221032{number:02d}", field=made.random.choice(FIELDS), since=since,
                                         until=changed - DAY, **said)  # fmt: skip
        since = changed
    return OrganisationState.objects.create(code=f"1504221032{number:02d}", field=field, since=since, **said)


def _member(made: Cast, branch: OrganisationState) -> Member:
    """A member: there throughout; turned full within the year; moved to another branch, or gone."""
    member: Member = Member.objects.create(name=made.random.choice(FAMILY) + "某")
    at, since = branch.organisation, made.random.choice((OLD, OLD, OLD, date(YEAR - 3, 12, 31), made.day()))
    spans: list[dict[str, Any]] = [{"organisation": at, "kind": "full", "since": since, "until": None}]
    if made.chance(0.25):
        spans[0]["kind"] = "probationary"
        _next(made, spans, kind="full")
    if made.chance(0.25) and len(made.branches) > 1:
        _next(made, spans, organisation=made.random.choice(made.branches[:-1]).organisation)
    if made.chance(0.1):
        spans[-1]["until"] = made.day(max(spans[-1]["since"], FIRST))
    for one in spans:
        Membership.objects.create(
            member=member, how=Membership.LEFT if one["until"] and one is spans[-1] else "", **one
        )
    return member


def _next(made: Cast, spans: list[dict[str, Any]], **new: Any) -> None:
    changed = made.day(max(spans[-1]["since"] + DAY, FIRST), date(YEAR + 1, 1, 31))
    spans.append({**spans[-1], **new, "since": changed})
    spans[-2]["until"] = changed - DAY


def _posts(made: Cast, branch: OrganisationState) -> None:
    """A secretary, or one after another; a committee that is there throughout, comes and goes, or is none.

    Nobody stands for a vacant secretary where that would fill all posts: what is right then is not settled.
    """
    people, throughout = made.members[branch.organisation_id], made.chance(0.5)
    committee = made.chance(0.6)
    since, until = (OLD, None) if throughout else made.span()
    heads = [(since, until)]
    if until and made.chance(0.6):
        heads.append((until + made.random.choice((1, 20)) * DAY, None))
    for place, (begins, ends) in enumerate(heads):
        Post.objects.create(organisation=branch.organisation, kind="secretary", holder=people[place % len(people)],
                            committee=committee, since=begins, until=ends)  # fmt: skip
    if not throughout:
        return
    for one in made.random.sample(people, made.random.randint(0, min(4, len(people)))):
        begins, ends = made.span()
        Post.objects.create(organisation=branch.organisation, kind=made.random.choice(("deputy", "member")), holder=one,
                            committee=committee, since=begins, until=ends)  # fmt: skip


def _parts(made: Cast, branch: OrganisationState) -> None:
    """Groups and hub households, some of them opened and closed within the year; and terms."""
    people = made.members[branch.organisation_id]
    for number in range(made.random.choice((0, 0, 1, 2, 3))):
        since, until = made.span()
        Group.objects.create(organisation=branch.organisation, name=f"第{number}组", leader=people[0], since=since,
                             until=until)  # fmt: skip
    for one in made.random.sample(people, made.random.choice((0, 0, 1, 2))):
        since, until = made.span()
        HubHousehold.objects.create(organisation=branch.organisation, grid=f"{one.pk}网格", host=one, members=3,
                                    households=20, since=since, until=until)  # fmt: skip
    for elected in made.random.sample((date(YEAR - 5, 7, 1), date(YEAR - 3, 1, 1), date(YEAR, 7, 1)),
                                      made.random.randint(0, 3)):  # fmt: skip
        ends = made.random.choice((date(YEAR, 6, 30), date(YEAR, 12, 31), date(YEAR + 2, 1, 1), date(YEAR, 8, 15)))
        Term.objects.create(organisation=branch.organisation, elected=elected, ends=max(ends, elected + DAY))


# ---- what they held ----


def _gatherings(made: Cast, branch: OrganisationState) -> None:
    """Much of what is owed, now twice in a month and now not at all; one of several forms, struck, or of too few."""
    for month in range(1, 13):
        first = date(YEAR, month, 1)
        last = months_later(first, 1) - DAY
        for forms in ((THEME,), (THEME, MEMBERS), (MEMBERS,), (LECTURE, THEME), (COMMITTEE,), (COMMITTEE, MEMBERS)):
            for _ in range(made.random.choice((0, 0, 1, 1, 2) if len(forms) == 1 else (0, 0, 0, 1))):
                gathering(made, branch, made.day(first, last), forms)
        for form, part in _met(made, branch, last):
            gathering(made, branch, made.day(first, last), (form,), part)
    if made.chance(0.5):
        gathering(made, branch, made.day(date(YEAR - 1, 12, 1), date(YEAR - 1, 12, 31)), (MEMBERS, THEME))
        gathering(made, branch, made.day(date(YEAR + 1, 1, 1), date(YEAR + 1, 1, 31)), (MEMBERS, THEME))


def _met(made: Cast, branch: OrganisationState, last: date) -> Iterator[tuple[str, int]]:
    """Groups and hubs that met in a month, some of them twice: those that stand to the end of the period.

    Whether what one held that is closed within a period stands for another is not settled, so it is left out here.
    """
    for model, form in ((Group, GROUP), (HubHousehold, HUB)):
        every = _every(branch, form)
        ends = months_later(date(YEAR, (last.month - 1) // every * every + 1, 1), every) - DAY
        for part in model.objects.filter(organisation=branch.organisation, since__lte=last).order_by("pk"):
            if part.until is None or part.until >= ends:
                yield from [(form, part.pk)] * made.random.choice((0, 1, 1, 2))


def _every(branch: OrganisationState, form: str) -> int:
    latest = branch.organisation.states.filter(since__lte=LAST).order_by("since").last()
    return frequencies(latest.field if latest else "", setup_rules(LAST), life())[form].months


def gathering(made: Cast, branch: OrganisationState, on: date, forms: tuple[str, ...], part: int = 0) -> Gathering:
    """A gathering of these forms: now and then struck, or of too few for one of them."""
    held: Gathering = Gathering.objects.create(
        organisation=branch.organisation, key=f"{made.random.getrandbits(128):032x}", on=on, entered=made.entered(on),
        by=made.by, should_attend=8, absent=1, study=made.chance(0.7), struck_on=made.struck(),
    )  # fmt: skip
    Session.objects.bulk_create(Session(gathering=held, form=form, part=part, quorate=made.chance(0.85))
                                for form in forms)  # fmt: skip
    return held
