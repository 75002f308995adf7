"""The files of an additive edition, and the parts they hold: one head, lists of items, tables of fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from baolei.programme.located import Document, Path
from baolei.programme.refusals import Fault

Parts = list[tuple[Document, Path, Any]]
"""Items or fields: the file each stands in, where in it, and what is written there."""

KINDS = {"edition": "edition", "items": "items", "fields": "field"}
"""What a file may say of itself in its first line `baolei:`, and the part of the schema that speaks of it."""


def kind_of(document: Document) -> str:
    """What the file says it is; '' when it does not say."""
    return str(document.data.get("baolei", "")) if isinstance(document.data, dict) else ""


def gather(documents: Sequence[Document], key: str) -> Parts:
    """All entries of the lists `key` (items or fields) of all files, in order."""
    return [
        (document, (key, index), body)
        for document in documents
        for index, body in enumerate(document.data.get(key, ()))
    ]


def as_date(value: object) -> dt.date:
    """A day as YAML read it. Raises ValueError for text that is none."""
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))


@dataclass(frozen=True)
class Words:
    """The words a head defines, which its items and fields may use: strengths, and sources by kind."""

    strengths: tuple[str, ...]
    sources: tuple[str, ...]
    found: tuple[str, ...]
    asked: tuple[str, ...]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Words:
        """The words of a head that has the right shape."""
        kinds = {entry["code"]: entry["kind"] for entry in data["sources"]}
        return cls(
            tuple(entry["code"] for entry in data["strengths"]),
            tuple(kinds),
            tuple(code for code, kind in kinds.items() if kind == "items"),
            tuple(code for code, kind in kinds.items() if kind != "items"),
        )

    def source_of(self, item: Mapping[str, Any]) -> str:
        """The source an item belongs to: its own word, else the first that is assessed item by item."""
        return str(item.get("source", self.found[0] if self.found else ""))


def unknown(document: Document, path: Path, what: str, word: object, known: Sequence[str]) -> Fault:
    """A fault: `word` is no `what`; one of `known` would be."""
    return document.fault(path, f"no {what} {word!r}", "one of " + ", ".join(known))
