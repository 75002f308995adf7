"""Receipts: a code that only whoever handed something in gets; the house keeps what it can be recognised by."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from django.conf import settings

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, WIDTH = 4, 5


def signs(number: int) -> str:
    """So many signs drawn by lot, none taken for another when read aloud."""
    return "".join(secrets.choice(LETTERS) for _place in range(number))


def draw() -> str:
    """A code nobody guesses, in groups that can be written down."""
    return "-".join(signs(WIDTH) for _group in range(GROUPS))


def of_key(key: str, purpose: str) -> str:
    """The code that belongs to a key drawn by a page: sent again it is the same one. Nothing kept leads to it."""
    made = hmac.new(str(settings.SECRET_KEY).encode(), f"{purpose}:{key}".encode(), hashlib.sha256).digest()
    number, drawn = int.from_bytes(made, "big"), []
    for _place in range(GROUPS * WIDTH):
        number, one = divmod(number, len(LETTERS))
        drawn.append(LETTERS[one])
    return "-".join("".join(drawn[place : place + WIDTH]) for place in range(0, GROUPS * WIDTH, WIDTH))


def digest(receipt: str) -> str:
    """By what a receipt is found, however it was typed."""
    plain = "".join(sign for sign in receipt.lower() if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
