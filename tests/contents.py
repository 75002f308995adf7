"""What stands in the store, whole: every row of every table of the house, so that two states of it can be compared."""

from __future__ import annotations

import hashlib
from typing import Any

from django.apps import apps

Rows = dict[str, list[dict[str, Any]]]


def contents(*but: str) -> Rows:
    """The rows of every table of the house by its name, without those `but`; in the order of their numbers.

    Rows are numbered anew within each table, references with them: a store that gives out a number only once, even for
    what was never written, is then compared by what it says. Numbers quoted as text (`round:7`) stay as they are.
    """
    models = [one for one in apps.get_models() if one.__module__.startswith("baolei.")]
    known: dict[Any, dict[Any, int]] = {}

    def number(model: Any, pk: Any) -> Any:
        if model not in known:
            order = model._default_manager.order_by("pk").values_list("pk", flat=True)
            known[model] = {one: place for place, one in enumerate(order, 1)}
        return known[model].get(pk)

    def row(one: Any) -> dict[str, Any]:
        found = {}
        for field in one._meta.concrete_fields:
            value = getattr(one, field.attname)
            if value is not None and field.is_relation:
                value = number(field.related_model, value)
            elif field.primary_key:
                value = number(type(one), value)
            found[field.attname] = value
        return found

    return {one._meta.label: [row(each) for each in one._default_manager.order_by("pk")]
            for one in models if one._meta.label not in but}  # fmt: skip


def digest(*but: str) -> str:
    """SHA-256 over all of that."""
    return hashlib.sha256(repr(sorted(contents(*but).items())).encode()).hexdigest()


def differing(before: Rows, after: Rows) -> list[str]:
    """The tables in which two states differ."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
