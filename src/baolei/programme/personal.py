"""What is never written into an answer: somebody's identity number 身份证号 or mobile number 手机号码.

Nothing in the house asks for either. Here both are found where somebody writes them all the same.
"""

from __future__ import annotations

import re
import unicodedata

from baolei.programme.standard.edition import Text

_IDENTITY = re.compile(r"(?<!\d)\d{6}[ -]?\d{8}[ -]?\d{3}[\dX](?![\dX])")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
"""Weights and check signs of an identity number, as GB 11643-1999 has them (ISO 7064, MOD 11-2)."""

IDENTITY = Text("身份证号", "an identity number")
MOBILE = Text("手机号码", "a mobile number")


def personal(words: str) -> Text | None:
    """What of this kind stands in some words, None for nothing; digits may be full-width, or in the usual groups.

    An identity number counts only where its last sign is right, so that numbers of documents are left alone.
    """
    plain = unicodedata.normalize("NFKC", words).upper()
    if any(_is_identity(re.sub("[ -]", "", found)) for found in _IDENTITY.findall(plain)):
        return IDENTITY
    return MOBILE if _MOBILE.search(plain) else None


def _is_identity(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == number[-1]
