"""The erasure of a member from the spreadsheets that named the member."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from baolei.organisations.models import Member
from baolei.people.models import ERASED
from baolei.sheets.models import Change, Row


@transaction.atomic
def erase_member(*, member: Member, name: str) -> None:
    """Take the name out of what spreadsheets wrote of a member, and delete the rows that say it and are still kept.

    A batch that made the member can be taken back no more: what it wrote has been changed since.
    """
    for change in Change.objects.filter(table="member", row=member.pk):
        change.before = _without_name(change.before) if change.before else change.before
        change.after = _without_name(change.after)
        change.save()
    rows = Row.objects.filter(batch__kind__in=("members", "posts"))
    rows.filter(Q(values__name=name) | Q(before__name=name) | Q(values__holder=name)).delete()


def _without_name(said: dict[str, object]) -> dict[str, object]:
    personal = {"name": ERASED, "joined": None, "birth_year": None, "education": ""}
    return {key: personal.get(key, value) for key, value in said.items()}
