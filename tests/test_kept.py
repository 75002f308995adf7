"""A stage that is put back is the stage that was set up: every row of every table."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

import kept
import worlds
from baolei.organisations.models import Unit

pytestmark = pytest.mark.django_db


def everything() -> dict[str, list[kept.Row]]:
    return {table: sorted(kept._rows(table), key=repr) for table in connection.introspection.table_names()}


def test_what_is_put_back_is_what_was_set_up() -> None:
    stand = kept.kept(worlds.here.__wrapped__)  # type: ignore[attr-defined]
    empty = everything()
    found = []
    for _time in range(2):
        with transaction.atomic():
            found.append((stand(), everything()))
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert everything() == empty != found[0][1]


def test_where_something_stands_the_acts_are_done() -> None:
    Unit.objects.create()
    calls = []
    stand = kept.kept(lambda: calls.append(1))
    stand(), stand()
    assert calls == [1, 1]
