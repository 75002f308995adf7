"""Honours, demonstration sites 示范点 and bases 示范基地 among them: proposed by one person, given by another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.naming.models import Demonstration
from baolei.organisations.models import OrganisationState, Unit, UnitState
from baolei.organisations.units import NotPossible, standing_on
from baolei.people.models import Account
from baolei.programme import titles
from baolei.programme.decided import Decided
from baolei.programme.organisation.levels import LEVELS
from baolei.warehouse.rulebook import titles as title_rules


@transaction.atomic
def propose(
    *, actor: Account, now: datetime, kind: str, name: str, unit: Unit, branches: Sequence[OrganisationState],
    lead: OrganisationState, document: str, on: date, why: str,
) -> Demonstration:  # fmt: skip
    """Propose an honour that a unit gives, from a day on, for as long as the rules say. Raises Refusal.

    Its branches serve the unit or one below it.
    """
    state, rules = standing_on(unit, localdate(now)), title_rules()
    titles.may_be_given(kind, [str(one.organisation_id) for one in branches], str(lead.organisation_id), rules)
    level = LEVELS[state.level - 1].code
    if level not in rules.levels:
        raise NotPossible(_("%(unit)s gives no such title: a township or a level above it does") % {"unit": state.name})
    _all_below(state, branches)
    if not document.strip():
        raise NotPossible(_("it is given under a document: enter its number"))
    term = titles.grant("", kind, level, "", on, rules)
    mine: Demonstration = Demonstration.objects.create(
        kind=kind, name=name.strip(), level=level, unit=unit, path=state.path, lead_id=lead.organisation_id,
        document=document.strip(), since=term.since, until=term.until, reason=why.strip(), by=actor,
    )  # fmt: skip
    mine.branches.set([one.organisation_id for one in branches])
    _recorded(
        "naming.propose_site", mine, actor, now, why, {"kind": kind, "title": mine.name, "branches": len(branches)}
    )
    return mine


def _all_below(state: UnitState, branches: Sequence[OrganisationState]) -> None:
    """Raises NotPossible naming those that serve no unit at or below this one."""
    homes = dict(
        UnitState.objects.open().filter(unit__in=[one.unit_id for one in branches]).values_list("unit_id", "path")
    )
    outside = [one.name for one in branches if not homes.get(one.unit_id, "").startswith(state.path)]
    if outside:
        raise NotPossible(
            _("%(names)s: not below %(unit)s, which cannot give them a title")
            % {"names": _(", ").join(outside), "unit": state.name}
        )


@transaction.atomic
def agree(*, actor: Account, now: datetime, demonstration: Demonstration, why: str) -> Demonstration:
    """Agree to what another has proposed: from its day on it stands. Raises Refusal."""
    mine = _waiting(demonstration)
    Decided(str(mine.by_id), str(actor.pk), mine.reason, localdate(now), mine.document)
    mine.state, mine.second = titles.IN_FORCE, actor
    mine.save()
    _recorded("naming.give", mine, actor, now, why, {"title": mine.name, "document": mine.document})
    return mine


@transaction.atomic
def decline(*, actor: Account, now: datetime, demonstration: Demonstration, why: str) -> Demonstration:
    """Do not agree: it is not given. Also the way to take one's own proposal back. Raises Refusal."""
    mine = _waiting(demonstration)
    mine.state, mine.ended, mine.reason = Demonstration.DECLINED, localdate(now), why.strip()
    mine.save()
    _recorded("naming.decline", mine, actor, now, why, {"title": mine.name})
    return mine


def _waiting(demonstration: Demonstration) -> Demonstration:
    mine: Demonstration = Demonstration.objects.select_for_update().get(pk=demonstration.pk)
    if mine.state != Demonstration.PROPOSED:
        raise NotPossible(_("nothing is proposed here: there is nothing to agree to"))
    return mine


def _recorded(act: str, mine: Demonstration, actor: Account, now: datetime, why: str, after: dict[str, object]) -> None:
    record(actor=actor, act=act, subject=f"organisation:{mine.lead_id}", path=mine.path, now=now, why=why, after=after)
