"""A program that shows a token, for the tests of the API."""

from __future__ import annotations

import json
import uuid
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from baolei.api import tokens
from baolei.api.models import Token
from baolei.people.models import Account, Mandate

API = "/api/v1"


def token_of(account: Account, *, writes: bool = True, **more: Any) -> tuple[Token, str]:
    """A token of an account's first mandate, of whatever role, and its secret."""
    secret = tokens.PREFIX + uuid.uuid4().hex
    mandate = Mandate.objects.filter(account=account).order_by("pk")[0]
    fields: dict[str, Any] = {"expires": timezone.localdate() + timedelta(days=30), "made_at": timezone.now(), **more}
    made = Token.objects.create(mandate=mandate, label="考勤之外的程序", writes=writes,
                                digest=tokens._digest(secret), **fields)  # fmt: skip
    return made, secret


class Program:
    """Asks as a program does: a token, JSON, a language, and for writes a key."""

    def __init__(self, secret: str = "", language: str = "en") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Accept-Language": language, **({"Authorization": f"Bearer {secret}"} if secret else {})}

    def get(self, address: str, **asked: Any) -> Any:
        """Read an address below the root of the API, or one that it gave itself."""
        return self.client.get(_whole(address), asked, headers=self.headers)

    def read(self, address: str, **asked: Any) -> Any:
        """What it says; it must be there."""
        answer = self.get(address, **asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def walk(self, address: str, **asked: Any) -> list[Any]:
        """Every row of a list, page by page."""
        rows: list[Any] = []
        page = self.read(address, **asked)
        while True:
            rows += page["items"]
            if page["next"] is None:
                return rows
            page = self.read(page["next"])

    def post(self, address: str, said: Any, key: str | None = None, **headers: str) -> Any:
        """Write, with a key of its own unless one is given ('' for none)."""
        given = uuid.uuid4().hex if key is None else key
        keyed = {"Idempotency-Key": given} if given else {}
        body = said if isinstance(said, str | bytes) else json.dumps(said)
        return self.client.post(_whole(address), body, content_type="application/json",
                                headers={**self.headers, **keyed, **headers})  # fmt: skip


def _whole(address: str) -> str:
    return address if address.startswith(API) else API + address


def program(account: Account, language: str = "en", **more: Any) -> Program:
    """A program with a token of an account's mandate."""
    return Program(token_of(account, **more)[1], language)


def act(**said: Any) -> dict[str, Any]:
    """What every act is told, and what else this one is."""
    return {"on": timezone.localdate().isoformat(), "why": "上级批复", **said}


def day_of(text: str) -> date:
    return date.fromisoformat(text)
