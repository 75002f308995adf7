"""The erasure of a member from rosters on their way in: a row that says the name goes."""

from __future__ import annotations

from baolei.organisations.models import Member
from baolei.training.models import RosterLine


def erase_member(*, member: Member, name: str) -> None:
    """Delete the rows that mean a member, or say the name. Who attended stays, by number: figures do not change."""
    RosterLine.objects.filter(member=member).delete()
    RosterLine.objects.filter(name=name).delete()
