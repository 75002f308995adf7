"""What the reader of editions finds wrong, in the language of the page, and at which value of a page it is said.

The reader is pure and speaks English. Each of its sentences about meaning stands here once; a sentence is known again
by its shape, and its words are put into the translation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as noop

from baolei.programme.located import Path
from baolei.programme.refusals import Fault
from baolei.standards.book import Book, Part

SENTENCES = (
    noop("the cells of %(field)s add up to %(sum)s"),
    noop("they must add up to %(total)s"),
    noop("the items of %(strength)s by %(source)s in %(field)s add up to %(sum)s"),
    noop("the cell holds %(points)s"),
    noop("items of %(strength)s by %(source)s earn %(points)s outside any cell"),
    noop("give cells.%(cell)s these points"),
    noop("the strength %(strength)s earns no points"),
    noop("cover every strength"),
    noop("%(source)s earns %(points)s on %(strength)s but is never asked about it"),
    noop("a question on %(strength)s under ballot.questions.%(source)s, or 0 points"),
    noop("the line stands at %(line)s, above the total"),
    noop("write at most %(most)s"),
    noop("write at least %(least)s"),
    noop("write more than %(least)s"),
    noop("write less than %(most)s"),
    noop("%(value)s has more than two decimals"),
    noop("points have at most two decimals"),
    noop("no item %(item)s"),
    noop("define it in a list of items"),
    noop("the %(kind)s %(code)s is defined twice"),
    noop("the first is at %(where)s"),
    noop("the code %(code)s is defined twice"),
    noop("the first is on line %(line)s; give one another code"),
    noop("%(item)s: both goalposts stand at %(post)s"),
    noop("low where nothing is earned, high where all is"),
    noop("%(item)s is a ratio, which never reaches %(post)s"),
    noop("write a share from 0 to 1, as 0.5 for 50 %%"),
    noop("goalposts for %(item)s, which this field does not use"),
    noop("one of its items"),
    noop("goalposts mean nothing to the %(kind)s item %(item)s"),
    noop("leave them out, or define an item of kind ratio or count"),
    noop("goalposts mean nothing to a %(kind)s item"),
    noop("leave %(what)s out"),
    noop("the %(kind)s %(item)s does not say of what"),
    noop("write numerator: and denominator: in words"),
    noop("two rows have the same bound"),
    noop("keep one"),
    noop("the lower row earns %(lower)s, the better one %(better)s"),
    noop("who does better earns more"),
    noop("the rows mix at_least and at_most"),
    noop("one of the two in every row"),
    noop("ends %(end)s, before it begins %(begin)s"),
    noop("write a later date"),
    noop("no %(what)s %(word)s"),
    noop("one of %(words)s"),
    noop("no source assesses %(item)s"),
    noop("define a source of kind items"),
    noop("asks %(asked)s of %(total)s points"),
    noop("asks %(asked)s, not less than the tier above"),
    noop("less than %(above)s: tiers stand from best to last"),
    noop("no tier is named"),
    noop("mark the tier that carries the title with named: true"),
    noop("the source %(source)s has no questions"),
    noop("the edition has no fields"),
    noop("write at least one table under fields:"),
    noop("unknown key %(key)s"),
    noop("allowed here: %(keys)s"),
    noop("did you mean %(key)s?"),
    noop("%(what)s lacks %(keys)s"),
    noop("%(what)s is empty"),
    noop("write some text"),
    noop("%(what)s has too few entries"),
    noop("%(what)s has too many entries"),
    noop("a code: a letter, then letters, digits, - or _"),
    noop("the key %(key)s stands twice"),
    noop("keep one; the first is on line %(line)s"),
    noop("the file is empty"),
    noop("write a mapping of keys to values"),
    noop("the file does not say what it is"),
    noop("begin with baolei: edition, items or fields"),
    noop("%(number)s files begin with 'baolei: edition'"),
    noop("exactly one does; the others begin with items or fields"),
    noop("no such edition"),
)  # fmt: skip
"""The reader's sentences, the narrower before the wider."""


Names = Mapping[str, str]
NONE: Names = {}


@dataclass(frozen=True, slots=True)
class Said:
    """A fault in words: where (file and line), what is wrong, what would be right."""

    fault: Fault
    where: str
    wrong: str
    right: str

    def __str__(self) -> str:
        return f"{self.wrong} — {self.right}" if self.right else self.wrong


def said(fault: Fault, names: Names = NONE) -> Said:
    """A fault in the language of the page; a sentence that is not known stands as the reader has it.

    `names`: what the codes in it are called.
    """
    where = f"{fault.place}:{fault.line}" if fault.line else fault.place
    return Said(fault, where, _told(fault.wrong, names), _told(fault.right, names))


def said_of(book: Book, faults: Iterable[Fault] | None = None) -> list[Said]:
    """The faults of an edition, or some of them, with the names it has for its parts."""
    names = _names(book)
    return [said(fault, names) for fault in (book.faults if faults is None else faults)]


def _names(book: Book) -> Names:
    return {} if book.misshapen else book.names(get_language() or "")


def summary(faults: tuple[Fault, ...]) -> str:
    """Faults as one sentence, for a form: how many, and the first ones."""
    first = "; ".join(f"{one.where}: {one}" for one in map(said, faults[:3]))
    number = len(faults)
    return ngettext("%(number)s fault: %(first)s", "%(number)s faults: %(first)s", number) % {
        "number": number, "first": first
    }  # fmt: skip


def within(book: Book, part: Part) -> list[Fault]:
    """The faults of a part."""
    depth = len(part.path)
    return [one for one in book.faults if one.place == part.place and one.path[:depth] == part.path]


def of_part(book: Book, part: Part) -> dict[Path, list[Said]]:
    """The faults of a part by the path inside it; () for what concerns the whole of it."""
    found: dict[Path, list[Said]] = {}
    for one in said_of(book, within(book, part)):
        found.setdefault(one.fault.path[len(part.path) :], []).append(one)
    return found


def _told(words: str, names: Names) -> str:
    for sentence, pattern in _patterns():
        if match := pattern.fullmatch(words):
            named = {key: names.get(value.strip("'"), value) for key, value in match.groupdict().items()}
            return translated(sentence) % named
    return words


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((sentence, re.compile(_pattern(sentence))) for sentence in SENTENCES)


def _pattern(sentence: str) -> str:
    pieces = re.split(r"%\((\w+)\)s", sentence.replace("%%", "%"))
    return "".join(f"(?P<{piece}>.+)" if number % 2 else re.escape(piece) for number, piece in enumerate(pieces))
