"""Asked already 已有: whether two boxes of forms ask the same, by a plain match of their words.

Words are brought to one spelling, what tells nothing (`fillers`) is left out, and what is left is compared by the pairs
of neighbouring characters: twice the pairs they share, of all pairs of both (Dice). It knows no meaning: people judge.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

PERCENT = 100


def plain(words: str, fillers: Sequence[str] = ()) -> str:
    """Words in one spelling: width, case, signs and spaces do not count, nor do fillers where anything else is left.

    >>> plain("本支部 党员（总人数）", ("本支部", "总人数"))
    '党员'
    """
    spelt = unicodedata.normalize("NFKC", words).casefold()
    left = spelt
    for filler in sorted(fillers, key=lambda one: (-len(one), one)):
        left = left.replace(filler, " ")
    return _letters(left) or _letters(spelt)


def _letters(words: str) -> str:
    return "".join(sign for sign in words if sign.isalnum())


def pairs(words: str) -> Counter[str]:
    """The pairs of neighbouring characters of plain words, with how often each stands there; one character is itself.

    >>> sorted(pairs("党小组"))
    ['党小', '小组']
    """
    return Counter(words[place : place + 2] for place in range(len(words) - 1)) if len(words) > 1 else Counter([*words])


def likeness(one: Counter[str], other: Counter[str]) -> int:
    """How alike two are in per cent, rounded down: 100 for the same pairs, 0 where they share none.

    >>> likeness(pairs("党员"), pairs("预备党员"))
    50
    """
    both = one.total() + other.total()
    return PERCENT * 2 * (one & other).total() // both if both else 0


@dataclass(frozen=True, slots=True)
class Known:
    """Something on record, or asked already: `where` it is kept ('kept', 'fact', 'item' or 'form'), its code there,
    what it is called on the page, all words by which it is known, the name of the page to read it ('' for none).
    """

    where: str
    code: str
    name: str
    words: tuple[str, ...]
    read: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """What a box is like, and how much in per cent."""

    known: Known
    percent: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything that is known, made ready to be compared: the pairs of each of its words."""

    known: tuple[Known, ...]
    pairs: tuple[tuple[Counter[str], ...], ...]
    fillers: tuple[str, ...]


def shelf(known: Iterable[Known], fillers: Sequence[str]) -> Shelf:
    """What is known, ready to be compared."""
    listed, left_out = tuple(known), tuple(fillers)
    return Shelf(listed, tuple(tuple(pairs(plain(words, left_out)) for words in one.words) for one in listed), left_out)


def matches(asks: str, on: Shelf, least: int, most: int = 3) -> tuple[Match, ...]:
    """What is like a box, the most alike first: of `least` per cent at least, `most` of them."""
    mine = pairs(plain(asks, on.fillers))
    found = [Match(one, max((likeness(mine, words) for words in said), default=0))
             for one, said in zip(on.known, on.pairs, strict=True)]  # fmt: skip
    alike = sorted((one for one in found if one.percent >= least), key=lambda one: -one.percent)
    return tuple(alike[:most])


@dataclass(frozen=True, slots=True)
class Limit:
    """What no form may ask: the words that tell of it, words in which one of them says something else, the rule."""

    code: str
    words: tuple[str, ...]
    but: tuple[str, ...]
    zh: str
    en: str


def beyond(said: str, limits: Mapping[str, Limit]) -> tuple[tuple[Limit, str], ...]:
    """The limits that some words break, each with the word that breaks it."""
    spelt = unicodedata.normalize("NFKC", said).casefold()
    found = []
    for one in limits.values():
        left = spelt
        for other in one.but:
            left = left.replace(other, " ")
        word = next((word for word in one.words if word in left), None)
        if word is not None:
            found.append((one, word))
    return tuple(found)
