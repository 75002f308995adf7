"""Materialised paths: where a node stands in a tree, as one string that begins with its parent's path.

In the administrative tree the statistical code is the path: 15 (region), 1504 (league), 150422 (banner), 150422103
(township), 150422103216 (village). Everything below a node is then one range of the index, never a scan.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q


class PathField(models.CharField):  # type: ignore[type-arg]  # a generic in the stubs only
    """A path compared byte by byte, so that "everything below" is a range under any language of the database.

    PostgreSQL is told so by the collation C; SQLite always compares that way and knows no collation of this name.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        """The column type, with the collation C where the database needs to be told."""
        parameters: dict[str, Any] = dict(super().db_parameters(connection))
        parameters["collation"] = "C" if connection.vendor == "postgresql" else None
        return parameters


def at_or_below(path: str, field: str = "path") -> Q:
    """The condition that `field` is `path` or begins with it, as an index range. The empty path is the whole tree.

    Not `startswith`: SQLite answers that by reading the whole table.
    """
    if not path:
        return Q()
    after = path[:-1] + chr(ord(path[-1]) + 1)
    return Q(**{f"{field}__gte": path, f"{field}__lt": after})


def outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that are not below another of them, in order: the shortest way to name the same part of the tree."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not (kept and path.startswith(kept[-1])):
            kept.append(path)
    return tuple(kept)
