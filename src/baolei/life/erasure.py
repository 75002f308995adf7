"""The erasure of a member from organisation life: names and grades go, what was counted stays."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction

from baolei.life.models import Appraisal, Gathering, Grade
from baolei.organisations.models import Member, Membership
from baolei.people.models import ERASED


@transaction.atomic
def erase_member(*, member: Member, name: str) -> None:
    """Take a member's grades, and the name out of what was written of gatherings of the branches the member was in.

    That one more took part, was told and had some grade stays as a number.
    """
    Grade.objects.filter(member=member).update(member=None, grade="")
    branches = list(Membership.objects.filter(member=member).values_list("organisation", flat=True).distinct())
    others = Membership.objects.filter(organisation__in=branches).values_list("member__name", flat=True)
    longer = {other for other in others if name in other and other != name}
    words = re.compile("|".join(map(re.escape, [*sorted(longer, key=len, reverse=True), name])))

    def without(said: str) -> str:
        return words.sub(lambda found: ERASED if found.group() == name else found.group(), said)

    for one in Gathering.objects.filter(organisation__in=branches).iterator():
        _rewritten(one, {
            "minutes": without(one.minutes), "decisions": [without(line) for line in one.decisions],
            "arising": [without(line) for line in one.arising],
            "agenda": [{**item, "words": without(item["words"])} for item in one.agenda],
        })  # fmt: skip
    for appraisal in Appraisal.objects.filter(organisation__in=branches):
        _rewritten(appraisal, {"beyond": without(appraisal.beyond)})


def _rewritten(row: Any, said: dict[str, Any]) -> None:
    """Keep what is said otherwise now."""
    changed = [column for column, value in said.items() if getattr(row, column) != value]
    for column in changed:
        setattr(row, column, said[column])
    if changed:
        row.save(update_fields=changed)
