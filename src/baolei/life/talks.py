"""What a branch counts by the quarter, as numbers only: heart-to-heart talks 谈心谈话, study brought home, briefings.

Who talked with whom, and about what, is nobody's record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.life import doors
from baolei.life.models import Quarter
from baolei.organisations.doors import home_path
from baolei.organisations.models import Membership, Organisation, OrganisationState, Post
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import life as rules
from baolei.programme.organisation.periods import months_later
from baolei.warehouse.rulebook import life as life_rules

TALKS = ("within", "across", "mutual")
OF: dict[str, tuple[str, ...]] = {rules.HOME: ("excused", "brought"), rules.BRIEFINGS: ("briefings",)}
"""By what a field counts, the columns it takes."""
MOST = 9_999


def first_of(year: int, quarter: int) -> date:
    """The first day of a quarter."""
    return date(year, 3 * quarter - 2, 1)


def last_of(year: int, quarter: int) -> date:
    """The last day of a quarter."""
    return months_later(first_of(year, quarter), 3) - rules.DAY


def columns(field: str) -> tuple[str, ...]:
    """What a branch of a field counts."""
    return (*TALKS, *(column for one in life_rules().counted.get(field, ()) for column in OF[one]))


def people(organisation: int, on: date) -> tuple[int, int]:
    """How many sit in the committee on a day (the secretary, where there is none), and how many other members are."""
    posts = Post.objects.on(on).filter(Q(committee=True) | Q(kind=Post.SECRETARY), organisation=organisation)
    seats = set(posts.values_list("holder", flat=True))
    others = Membership.objects.on(on).filter(organisation=organisation).exclude(member__in=seats)
    return len(seats), others.count()


@transaction.atomic
def count(
    *, actor: Account, now: datetime, organisation: Organisation, year: int, quarter: int, counts: Mapping[str, int]
) -> Quarter:
    """Enter what was counted in a quarter; entered again it takes the place of what stood there. Raises NotPossible."""
    today = localdate(now)
    state = doors.branch_of(actor, organisation, today)
    _sayable(state, year, quarter, counts, today)
    before = Quarter.objects.filter(organisation=organisation, year=year, quarter=quarter).first()
    made: Quarter = Quarter.objects.update_or_create(
        organisation=organisation, year=year, quarter=quarter,
        defaults={**{column: counts.get(column) for column in columns(state.field)}, "entered": today, "by": actor},
    )[0]  # fmt: skip
    record(actor=actor, act="life.count", subject=f"organisation:{organisation.pk}", path=home_path(state),
           now=now, before=_said(before) if before else None,
           after={"year": year, "quarter": quarter, **_said(made)})  # fmt: skip
    return made


def _said(one: Quarter) -> dict[str, int]:
    """What was counted, for the ledger."""
    every = (*TALKS, *(column for some in OF.values() for column in some))
    return {column: getattr(one, column) for column in every if getattr(one, column) is not None}


def _sayable(state: OrganisationState, year: int, quarter: int, counts: Mapping[str, int], today: date) -> None:
    """Refuse what cannot be, naming what would be right."""
    if quarter not in (1, 2, 3, 4) or first_of(year, quarter) > today:
        raise NotPossible(_("this quarter has not begun: enter one that has"))
    if any(not 0 <= number <= MOST for number in counts.values()):
        raise NotPossible(_("enter numbers from 0 to %(most)d") % {"most": MOST})
    if ("excused" in counts) != ("brought" in counts):
        raise NotPossible(_("enter both how many are excused from gatherings, and how many were brought study"))
    if counts.get("brought", 0) > counts.get("excused", 0):
        raise NotPossible(_("study cannot have been brought to more members than are excused from gatherings"))
    within, across = rules.pairs_due(*people(state.organisation_id, min(last_of(year, quarter), today)))
    if counts.get("within", 0) > within or counts.get("across", 0) > across:
        raise NotPossible(
            _("there are %(within)d pairs within the committee and %(across)d of one of it with a member: no more can "
              "have talked") % {"within": within, "across": across}
        )  # fmt: skip
