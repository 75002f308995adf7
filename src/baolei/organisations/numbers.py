"""The numbers a branch keeps of a quarter (支部名册数): entered once, used for several items; never written over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.organisations import doors
from baolei.organisations.models import Membership, Organisation, OrganisationState, QuarterNumbers, UnitState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.register import FIGURES, MEMBERS, Quarter, exceeding
from baolei.warehouse.rulebook import register


@transaction.atomic
def keep_numbers(
    *, actor: Account, now: datetime, organisation: Organisation, quarter: Quarter, figures: Mapping[str, int]
) -> QuarterNumbers:
    """Keep the numbers of a quarter, one for each of `FIGURES`; those entered before are struck. Raises NotPossible."""
    today = localdate(now)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    state = OrganisationState.objects.on(today).filter(organisation=organisation).first()
    if state is None or not doors.held_by(doors.writing_scope(actor, today), organisation):
        raise NotPossible(_("these numbers are kept by the branch, or by the committee above it"))
    if today < quarter.asked_from:
        raise NotPossible(
            _("the numbers of %(quarter)s are entered from %(day)s on")
            % {"quarter": quarter, "day": quarter.asked_from}
        )
    if quarter.last < founded(organisation.pk, today):
        raise NotPossible(_("the branch did not exist in %(quarter)s yet") % {"quarter": quarter})
    told = {**{code: figures[code] for code in FIGURES}, **counted(organisation.pk, min(today, quarter.last))}
    _possible(told)
    standing = standing_numbers(organisation.pk).filter(year=quarter.year, quarter=quarter.number)
    again = standing.update(struck_on=today)
    made: QuarterNumbers = QuarterNumbers.objects.create(
        organisation=organisation, year=quarter.year, quarter=quarter.number, entered=today, by=actor, **told
    )
    home = UnitState.objects.on(today).filter(unit=state.unit_id).values_list("path", flat=True).first()
    record(actor=actor, act="organisations.keep_numbers", subject=f"organisation:{organisation.pk}", path=home or "",
           now=now, before={"quarter": str(quarter)} if again else None, after={"quarter": str(quarter)})  # fmt: skip
    return made


def _possible(told: Mapping[str, int]) -> None:
    rules, language = register(), get_language() or ""
    if over := exceeding(told, rules):
        wholes = {MEMBERS: _("members"), **{code: one.name.say(language) for code, one in rules.figures.items()}}
        raise NotPossible(
            _("“%(part)s” is %(number)d, more than the %(whole)d of “%(of)s”")
            % {
                "part": over[0].name.say(language),
                "number": told[over[0].code],
                "whole": told[over[0].of],
                "of": wholes[over[0].of],
            }
        )


def standing_numbers(organisation: int) -> Any:
    """The numbers of a branch that stand, all quarters."""
    return QuarterNumbers.objects.filter(organisation=organisation, struck_on=None)


def counted(organisation: int, day: date) -> dict[str, int]:
    """What the list of members tells on a day, so that nobody is asked: members, those on probation among them."""
    kinds = list(Membership.objects.on(day).filter(organisation=organisation).values_list("kind", flat=True))
    return {MEMBERS: len(kinds), "probationary": kinds.count(Membership.PROBATIONARY)}


def founded(organisation: int, today: date) -> date:
    """The first day of an organisation; today where nothing is on record."""
    begun: date | None = OrganisationState.objects.filter(organisation=organisation).aggregate(Min("since"))[
        "since__min"
    ]
    return begun or today


def proposed(organisation: int, quarter: Quarter) -> dict[str, int]:
    """What a page puts into the fields of a quarter: what stands there, else the stocks of the last quarter before."""
    rows = standing_numbers(organisation).filter(year__lte=quarter.year).order_by("year", "quarter")
    before = [row for row in rows if (row.year, row.quarter) <= (quarter.year, quarter.number)]
    if not before:
        return {}
    last = before[-1]
    here = (last.year, last.quarter) == (quarter.year, quarter.number)
    return {code: getattr(last, code) for code, one in register().figures.items() if here or one.carried}
