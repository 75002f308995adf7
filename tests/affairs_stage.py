"""A village branch with meetings on record, its secretary and the clerk of the township above it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import stage
from baolei.life.models import Gathering, Session
from baolei.organisations.models import Member, Membership, OrganisationState, Post
from baolei.people.models import Account

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
TODAY, YEAR, END, OLD = date(2026, 11, 20), 2026, date(2026, 12, 31), date(2015, 1, 1)
OWN, OTHER, TOWNSHIP = "150422103216-001", "150422103216-002", "150422103"


def branch(code: str = OWN, field: str = "village") -> OrganisationState:
    """A branch of three members with a secretary."""
    state = stage.branch(code, home="150422103216")
    if not Post.objects.filter(organisation=state.organisation).exists():
        people = [Member.objects.create(name=name) for name in ("王秀英", "李国强", "包玉兰")]
        for one in people:
            Membership.objects.create(member=one, organisation=state.organisation, kind="full", since=OLD)
        Post.objects.create(organisation=state.organisation, kind="secretary", holder=people[0], since=OLD)
    OrganisationState.objects.filter(pk=state.pk).update(field=field)
    state.refresh_from_db()
    return state


def secretary(code: str = OWN) -> Account:
    return Account.objects.filter(username=f"branch_secretary-{code}").first() or stage.mandated(
        code, "branch_secretary"
    )


def clerk(code: str = TOWNSHIP) -> Account:
    return Account.objects.filter(username=f"township_clerk-{code}").first() or stage.mandated(code, "township_clerk")


def met(
    state: OrganisationState, on: date, *decisions: str, form: str = "members_meeting", quorate: bool = True
) -> Gathering:
    """A meeting on record."""
    made: Gathering = Gathering.objects.create(
        organisation=state.organisation, key=f"{Gathering.objects.count() + 7000:032x}", on=on, entered=on,
        by=secretary(state.code), should_attend=3, absent=0, decisions=list(decisions), arising=["看护水源"],
    )  # fmt: skip
    Session.objects.create(gathering=made, form=form, quorate=quorate)
    return made
