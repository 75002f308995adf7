"""A write is done once, however often its request arrives: a line breaks after the act, and the program asks again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from baolei.api.models import Kept, Token
from baolei.api.problems import Problem

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(days=7)
_KEY = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and whether it was given before."""

    body: str
    before: bool


def key_of(request: HttpRequest) -> str:
    """The key that a write must have. Raises Problem without one."""
    key = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(key):
        raise Problem(
            "no-key",
            _("Give each act a key of its own in the header %(header)s, up to 200 letters, digits and signs, such as a "
              "UUID; and the same key when you send the same act again.") % {"header": HEADER},
        )  # fmt: skip
    return key


def digest_of(request: HttpRequest) -> str:
    """What a request asks for: method, address and body."""
    head = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()


def once(*, token: Token, key: str, digest: str, now: datetime, do: Callable[[], str]) -> Answered:
    """What `do` answers, done at most once for each key of a token; the answer is kept in the act's own transaction.

    Whoever sends the same at the same moment waits for the first, and gets its answer. What `do` refuses by raising
    leaves nothing behind, not even the key. Raises Problem where the key was given to another request.
    """
    forget_old(now)
    with transaction.atomic():
        kept = Kept.objects.filter(token=token, key=key).first() or _claim(token, key, digest, now)
        if isinstance(kept, Kept):
            return _again(kept, digest)
        body = do()
        Kept.objects.filter(token=token, key=key).update(status=200, body=body)
    return Answered(body, before=False)


def forget_old(now: datetime) -> None:
    """Forget the answers that nobody will ask for again."""
    old = Kept.objects.filter(at__lt=now - KEPT_FOR)
    if old.exists():
        old.delete()


def _claim(token: Token, key: str, digest: str, now: datetime) -> Kept | None:
    """Take the key. On PostgreSQL this waits for another transaction that took it; its answer where it kept one."""
    try:
        with transaction.atomic():
            Kept.objects.create(token=token, key=key, digest=digest, at=now)
    except IntegrityError:
        found: Kept = Kept.objects.get(token=token, key=key)
        return found
    return None


def _again(kept: Kept, digest: str) -> Answered:
    if kept.digest != digest:
        raise Problem(
            "key-taken", _("Give this request a key of its own; a key stands for one request, to the letter.")
        )
    return Answered(kept.body, before=True)
