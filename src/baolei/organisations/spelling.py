"""How names are looked for: full-width letters folded, and 碧流台镇 found by blt as well."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_INITIALS = re.compile(r"(?=.*[a-z])[a-z0-9]{2,}", re.IGNORECASE)


def folded(words: str) -> str:
    """What was typed, without surrounding space and with full-width letters and digits made plain."""
    return unicodedata.normalize("NFKC", words).strip()


def is_initials(words: str) -> bool:
    """Whether this may be the initials of a name: Latin letters, and digits among them, two or more."""
    return bool(_INITIALS.fullmatch(words))


def initials(name: str) -> str:
    """The first letter of each character in pinyin, other characters as they are: 碧流台镇 -> bltz.

    Character by character: fast over a whole region, at the price of one reading for characters that have several.
    """
    return "".join(map(_initial, name))


@cache
def _initial(character: str) -> str:
    from pypinyin import Style, pinyin  # its dictionaries take most of a second to read; most commands look for no name

    return pinyin(character, style=Style.FIRST_LETTER)[0][0][:1].lower()
