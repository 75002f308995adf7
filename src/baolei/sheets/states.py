"""New states of nodes, many at a time: the old one ends the day before, the new one begins; the past stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from baolei.organisations.models import State, UnitState
from baolei.paths import at_or_below
from baolei.people.models import InTree, Mandate
from baolei.programme.refusals import Refusal
from baolei.sheets.journal import Journal

DAY = timedelta(days=1)


class ChangedLater(Refusal):
    """Something below a node that is to be moved was changed after the day of the move."""


def restate(journal: Journal, states: Sequence[State], news: Sequence[dict[str, Any]], day: date) -> None:
    """Give open states other values from a day on; those that begin that day are changed themselves."""
    older = [(state, new) for state, new in zip(states, news, strict=True) if state.since < day]
    for state, new in zip(states, news, strict=True):
        if state.since == day:
            journal.change([state], **new)
        elif state.since > day:
            raise ChangedLater(f"{state.name} was changed on {state.since}, after {day}")
    if not older:
        return
    journal.change([state for state, _ in older], until=day - DAY)
    columns = [field.attname for field in type(older[0][0])._meta.concrete_fields if field.attname != "id"]
    rows = []
    for state, new in older:
        values = {**{name: getattr(state, name) for name in columns}, **new, "since": day, "until": None}
        rows.append([values[name] for name in columns])
    journal.make(type(older[0][0]), columns, rows)


def move(journal: Journal, state: State, path: str, new: dict[str, Any], day: date) -> None:
    """Put a node, with all below it, at another path from a day on, and change it; mandates there move with it."""
    model, old = type(state), state.path
    below = list(model.objects.open().under(old).order_by("path"))
    news = [{"path": path + one.path[len(old) :], **(new if one.path == old else {})} for one in below]
    restate(journal, below, news, day)
    tree = InTree.UNIT if model is UnitState else InTree.PARTY
    for mandate in Mandate.objects.filter(at_or_below(old), tree=tree):
        journal.change([mandate], path=path + mandate.path[len(old) :])
