"""A community with its branch and desk, an agency's branch with members who have accounts, for the tests of wishes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import stage
from baolei.ballots.models import Elector
from baolei.organisations.models import Member, Membership, OrganisationState, UnitState
from baolei.people.models import Account
from baolei.wishes import actions, registering
from baolei.wishes.actions import Written
from baolei.wishes.models import Registration, Wish
from baolei.wishes.registering import Asked

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
TODAY, OLD = date(2026, 3, 2), date(2015, 1, 1)
BANNER, TOWNSHIP, HOME, NEXT, BEYOND = "150422", "150422001", "150422001001", "150422001002", "150422002001"
FAR = "150423001001"
UNTIL = date(2027, 3, 1)


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Cast:
    """王 and 李 of the agency's branch and 何 of the community's own have accounts; 赵 of the agency's has none."""

    community: UnitState
    own: OrganisationState
    agency: OrganisationState
    desk: Account
    secretary: Account
    members: dict[str, Member]
    accounts: dict[str, Account]


def branch(code: str, home: str, field: str) -> OrganisationState:
    found = stage.branch(code, home=home)
    OrganisationState.objects.filter(pk=found.pk).update(field=field)
    return OrganisationState.objects.get(pk=found.pk)


def joined(state: OrganisationState, name: str, account: bool = True) -> tuple[Member, Account | None]:
    member = Member.objects.create(name=name)
    Membership.objects.create(member=member, organisation=state.organisation, kind="full", since=OLD)
    if not account:
        return member, None
    made = Account.objects.create_user(username=f"of-{member.pk}", name=name, password="Cuckoo-17-steppe")
    Elector.objects.create(account=made, member=member, by=None, day=OLD)
    return member, made


def cast() -> Cast:
    """Everybody, and communities near and far."""
    for code in (NEXT, BEYOND, FAR):
        stage.unit(code)
    home = stage.unit(HOME)
    own, agency = branch(f"{HOME}-1", HOME, "community"), branch(f"{BANNER}-9", BANNER, "government_office")
    people = {"王": joined(agency, "王"), "李": joined(agency, "李"), "何": joined(own, "何"),
              "赵": joined(agency, "赵", account=False)}  # fmt: skip
    return Cast(
        home, own, agency, stage.mandated(TOWNSHIP, "township_clerk"), stage.mandated(agency.code, "branch_secretary"),
        {name: member for name, (member, _account) in people.items()},
        {name: account for name, (_member, account) in people.items() if account},
    )  # fmt: skip


def written(made: Cast, words: str = "想学用智能手机", **said: Any) -> tuple[Wish, str]:
    """A wish at the community, with its code."""
    said = {"called": "王奶奶", "minor": False, "skill": "", "consented": TODAY, **said}
    unit, now = said.pop("unit", made.community.unit_id), said.pop("now", NOW)
    key = said.pop("key", f"{Wish.objects.count():032x}")
    return actions.write(actor=said.pop("actor", made.desk), now=now, unit=unit, key=key,
                         written=Written(words=words, **said))  # fmt: skip


def registered(
    made: Cast, name: str = "王", skills: tuple[str, ...] = (), now: datetime = NOW, **said: Any
) -> Registration:
    """A member registers with the community."""
    return registering.register(
        actor=made.accounts[name], now=now, agreed=said.pop("agreed", True),
        asked=Asked(said.pop("unit", made.community.unit_id), skills, said.pop("until", UNTIL)),
    )  # fmt: skip
