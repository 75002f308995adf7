"""The plan of a branch for a year: what it means to hold in which months. A help, and held against nobody."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.life import doors, facts
from baolei.life.models import PlanRow
from baolei.life.on_record import last_day
from baolei.organisations.doors import home_path
from baolei.organisations.models import Organisation, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import life as rules
from baolei.programme.plan import LAST_DAY, Planned, proposed
from baolei.warehouse.rulebook import life as life_rules
from baolei.warehouse.rulebook import setup_rules


def plan_of(organisation: int, year: int) -> list[Planned]:
    """What a branch has planned for a year, month by month."""
    rows = PlanRow.objects.filter(organisation=organisation, year=year).order_by("month", "form")
    return [Planned(*row) for row in rows.values_list("form", "month", "day")]


def asked(state: OrganisationState, year: int) -> dict[str, rules.Often]:
    """How often the rules ask for each form that a branch has to do with, in their order: without a committee, groups
    or hub households none of theirs.
    """
    has = facts.has(state.organisation_id)(max(state.since, localdate()))
    there = {rules.COMMITTEE: has.committee, rules.GROUP: has.groups, rules.HUB: has.hubs}
    often = rules.frequencies(state.field, setup_rules(last_day(year)), life_rules())
    return {form: often[form] for form in rules.FORMS if form in often and there.get(form, True)}


def suggested(state: OrganisationState, year: int) -> list[Planned]:
    """The plan that suggests itself by the rules where none is made; the appraisal with the meeting on organisational
    life, at which it is held in general.
    """
    quarters = {code: one.usual_quarter for code, one in setup_rules(last_day(year)).meetings.items()}
    quarters[rules.APPRAISAL] = quarters.get(rules.APPRAISAL) or quarters.get(rules.LIFE_MEETING, 0)
    return [Planned(form, month) for form, often in asked(state, year).items()
            for month in proposed(often, quarters.get(form, 0))]  # fmt: skip


@transaction.atomic
def plan(*, actor: Account, now: datetime, organisation: Organisation, year: int, rows: Collection[Planned]) -> int:
    """Plan a year, this one or the next, in the place of any plan before; how many rows. Raises NotPossible."""
    today = localdate(now)
    state = doors.branch_of(actor, organisation, today)
    if year not in (today.year, today.year + 1):
        raise NotPossible(_("this year is planned, or the next"))
    if any(one.form not in rules.FORMS or not 1 <= one.month <= rules.YEAR for one in rows):
        raise NotPossible(_("choose kinds of gathering and months"))
    if any(one.day is not None and not 1 <= one.day <= LAST_DAY for one in rows):
        raise NotPossible(_("a day of the month is a number from 1 to 31"))
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    mine = PlanRow.objects.filter(organisation=organisation, year=year)
    mine.delete()
    PlanRow.objects.bulk_create(
        PlanRow(organisation=organisation, year=year, form=one.form, month=one.month, day=one.day)
        for one in dict.fromkeys(rows)
    )
    record(actor=actor, act="life.plan", subject=f"organisation:{organisation.pk}", path=home_path(state),
           now=now, after={"year": year, "planned": len(set(rows))})  # fmt: skip
    return len(set(rows))
