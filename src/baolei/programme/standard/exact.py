"""Numbers as they are written, and a fingerprint of plain values."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from baolei.programme.standard.edition import SCALE


def digest(plain: Any) -> str:
    """SHA-256 (hex) of plain data in one canonical spelling: sorted keys, no spaces, UTF-8, 4.0 as 4."""
    text = json.dumps(_whole(plain), sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _whole(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {key: _whole(value) for key, value in plain.items()}
    if isinstance(plain, list):
        return [_whole(value) for value in plain]
    return int(plain) if isinstance(plain, float) and plain.is_integer() else plain


def cents(value: float | int | str) -> int:
    """Points as whole hundredths. Raises ValueError when a finer part would be lost."""
    exact = Decimal(str(value)) * SCALE
    if exact != exact.to_integral_value():
        raise ValueError(f"{value} has more than two decimals")
    return int(exact)


def fraction(value: float | int | str) -> Fraction:
    """The decimal number as it is written, exactly."""
    return Fraction(Decimal(str(value)))
