"""A declaration that is still open is filled anew from the records, as they stand today."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from baolei.declarations.actions import recorded, standard, still_open
from baolei.declarations.models import Answer, Declaration
from baolei.declarations.sources import fact_of, rows_of
from baolei.people.models import Account
from baolei.programme.declaration import asked
from baolei.programme.evidence import up_to


@transaction.atomic
def count_again(*, actor: Account | None, now: datetime, declaration: Declaration) -> dict[str, tuple[int, int]]:
    """Count the items of a declaration anew from the records: what the branch has not answered otherwise now says what
    they say; where it has, both are shown. The items that changed, by code. Raises NotPossible.
    """
    mine = still_open(declaration)
    edition, field = standard(mine)
    held = {one.item: one for one in mine.answers.all()}
    told = _told(mine, [item.code for item in asked(edition, field)], up_to(mine.round.year, localdate(now)))
    changed = {code: fact for code, fact in told.items()
               if code not in held or (held[code].recorded_num, held[code].recorded_den) != fact}  # fmt: skip
    for code, (num, den) in changed.items():
        one = held.get(code) or Answer(declaration=mine, item=code, version=0, origin=Answer.RECORD)
        if one.origin == Answer.RECORD:
            one.num, one.den = num, den
        elif (one.num, one.den) == (num, den):
            one.origin = Answer.RECORD
        one.recorded_num, one.recorded_den, one.version = num, den, one.version + 1
        one.save()
    if changed:
        mine.version += 1
        mine.save(update_fields=["version"])
        recorded(
            "count_again", mine, actor, now, before=None, after={code: list(fact) for code, fact in changed.items()}
        )
    return changed


def _told(mine: Declaration, codes: list[str], until: date) -> dict[str, tuple[int, int]]:
    told = {code: fact_of(rows_of(code, mine.organisation_id, mine.round.year, until)) for code in codes}
    return {code: fact for code, fact in told.items() if fact is not None}
