"""Who took part in a declaration: whoever answered in it or handed it in judges and visits nothing of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from baolei.declarations.models import Declaration
from baolei.ledger.models import Entry
from baolei.people.models import Account

OWN_ACTS = ("declarations.answer", "declarations.hand_in", "declarations.paper", "declarations.remove_paper")
"""Acts in the ledger by which somebody took part in a declaration."""


def took_part(person: Account, declarations: Iterable[Declaration]) -> set[int]:
    """Those of the declarations (pks) that this person filled in or handed in; one question to the database."""
    mine = list(declarations)
    if not mine:
        return set()
    of = {one.organisation_id: one.pk for one in mine}
    begun = min(one.round.opened_at for one in mine)
    acted = Entry.objects.filter(
        actor=person, act__in=OWN_ACTS, at__gte=begun - timedelta(days=1),
        subject__in=[f"organisation:{organisation}" for organisation in of],
    )  # fmt: skip
    part = {of[int(subject.partition(":")[2])] for subject in acted.values_list("subject", flat=True)}
    return part | {one.pk for one in mine if one.submitted_by_id == person.pk}
