"""What Django's own examination of an installation (`check --database default`, `migrate`) asks of ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.db import connections

from baolei.front.keeping.durable import NotDurable
from baolei.front.keeping.stores import unsafe_settings


def store_is_durable(app_configs: Any, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The store keeps what it acknowledges: an error where SQLite would not, a warning where PostgreSQL may not."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        try:
            found += [Warning(text, id="baolei.W001") for text in unsafe_settings(connections[alias])]
        except NotDurable as error:
            found.append(Error(str(error), id="baolei.E001"))
    return found
