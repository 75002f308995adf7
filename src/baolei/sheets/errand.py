"""What a batch is on its way to do: for which part of the tree, from which day on, under which rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from baolei.organisations.doors import Scope
from baolei.organisations.models import UnitState
from baolei.programme.organisation.rules import SetupRules
from baolei.sheets.kinds import Kind, kinds
from baolei.sheets.models import Batch
from baolei.warehouse.rulebook import setup_rules


@dataclass(frozen=True, slots=True)
class Errand:
    """The part of the tree by its path, the day, today, the kind of list, the rules, the reason, whose errand it is."""

    path: str
    day: date
    today: date
    kind: Kind
    rules: SetupRules
    why: str
    batch: int

    @property
    def scope(self) -> Scope:
        """What may be touched, as the doors understand it."""
        return Scope(self.today, (self.path,))

    def holds(self, path: str) -> bool:
        """Whether a unit's path lies in it."""
        return path.startswith(self.path)


def errand(batch: Batch, now: datetime) -> Errand:
    """The errand of a batch. Raises UnitState.DoesNotExist when its unit has ended meanwhile."""
    path = UnitState.objects.open().get(unit=batch.unit_id).path
    today = timezone.localdate(now)
    return Errand(path, batch.day, today, kinds(batch.day)[batch.kind], setup_rules(batch.day), batch.why, batch.pk)
