"""An edition as its files have it: every part with the place where it is written, and what is wrong with it.

What is kept of a draft always has the right shape (see `programme.standard.points.shape`), so that it can be shown and
changed value by value; whether it adds up is another matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from baolei.programme.located import Document, Path
from baolei.programme.refusals import EditionRefused, Fault
from baolei.programme.standard.edition import Edition, Text
from baolei.programme.standard.points import read, shape
from baolei.programme.standard.points_parts import Words, gather, kind_of
from baolei.warehouse.editions import documents, schema

Texts = Mapping[str, str]
"""The text of each file by its name in the folder."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an edition: the file it stands in, the path there, its plain values."""

    place: str
    path: Path
    body: Any


class Book:
    """The files of an edition, read."""

    def __init__(self, texts: Texts) -> None:
        self.documents: list[Document] = documents(texts)

    @cached_property
    def misshapen(self) -> tuple[Fault, ...]:
        """Why these files cannot be shown value by value; none for what may be kept."""
        faults = shape(self.documents, schema())
        heads = [document for document in self.documents if kind_of(document) == "edition"]
        if len(heads) != 1:
            wrong = f"{len(heads)} files begin with 'baolei: edition'"
            faults.append(Fault("edition.yaml", 0, wrong, "exactly one does; the others begin with items or fields"))
        return tuple(sorted(set(faults)))

    @cached_property
    def _read(self) -> Edition | tuple[Fault, ...]:
        try:
            return read(self.documents, schema())
        except EditionRefused as refused:
            return refused.faults

    @property
    def edition(self) -> Edition | None:
        """The edition; None where it has faults."""
        return self._read if isinstance(self._read, Edition) else None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that is wrong with it, in order of file and line."""
        return () if isinstance(self._read, Edition) else self._read

    @cached_property
    def head(self) -> Part:
        """What all fields share."""
        document = next(one for one in self.documents if kind_of(one) == "edition")
        return Part(document.place, (), document.data)

    @cached_property
    def items(self) -> dict[str, Part]:
        """The items by code, in their order."""
        return self._parts("items")

    @cached_property
    def fields(self) -> dict[str, Part]:
        """The tables of the fields by code, in their order."""
        return self._parts("fields")

    @cached_property
    def words(self) -> Words:
        """The strengths and sources."""
        return Words.of(self.head.body)

    def _parts(self, key: str) -> dict[str, Part]:
        return {body["code"]: Part(document.place, path, body)
                for document, path, body in gather(self.documents, key)}  # fmt: skip

    def users(self, item: str) -> list[str]:
        """The codes of the fields that use an item."""
        return [code for code, part in self.fields.items() if item in part.body["items"]]

    def names(self, language: str) -> dict[str, str]:
        """What fields, items, sources and strengths are called, by code."""
        parts = [*self.head.body["sources"], *self.head.body["strengths"],
                 *(part.body for part in (*self.items.values(), *self.fields.values()))]  # fmt: skip
        return {body["code"]: text(body["name"]).say(language) for body in parts}

    @property
    def name(self) -> Text:
        """What it is called."""
        return text(self.head.body["name"])


def text(plain: Mapping[str, str]) -> Text:
    """Words in both languages, as a file has them."""
    return Text(plain["zh"], plain["en"])


def book(texts: Texts) -> Book:
    """The files, read; the same files again cost nothing."""
    return _book(tuple(sorted(texts.items())))


@lru_cache(maxsize=16)
def _book(texts: tuple[tuple[str, str], ...]) -> Book:
    return Book(dict(texts))
