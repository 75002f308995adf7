"""A client of Open311, for the tests: form-encoded posts, a key as a parameter, answers read as JSON or XML."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from django.test import Client

import matters_stage
from api_stage import token_of
from baolei.people.models import Account
from matters_stage import Cast

ROOT = "/api/open311/"
HERE = f"{ROOT}v2/"


@dataclass
class Open311:
    """Speaks one of the two forms; both are read into the same lists and dicts of texts."""

    key: str = ""
    form: str = "json"
    language: str = "en"
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, name: str, **asked: str) -> Any:
        """The answer to a read, with the key where there is one."""
        given = {**({"api_key": self.key} if self.key else {}), **asked}
        return self.client.get(_at(name, self.form), given, headers={"Accept-Language": self.language})

    def read(self, name: str, **asked: str) -> Any:
        """What it says; it must be there."""
        answer = self.get(name, **asked)
        assert answer.status_code == 200, answer.text
        return understood(answer)

    def post(self, headers: dict[str, str] | None = None, **fields: str) -> Any:
        """Report a matter."""
        body = urlencode({**({"api_key": self.key} if self.key else {}), **fields})
        return self.client.post(_at("requests", self.form), body, content_type="application/x-www-form-urlencoded",
                                headers={"Accept-Language": self.language, **(headers or {})})  # fmt: skip

    def report(self, **fields: str) -> str:
        """A matter of the third grid; its token."""
        answer = self.post(**{**REPORT, **fields})
        assert answer.status_code == 200, answer.text
        return str(understood(answer)[0]["token"])


REPORT = {"service_code": "request", "address_id": "W03", "description": matters_stage.LAMP}


def understood(answer: Any) -> Any:
    """JSON as it is, with texts for what is no list or dict; XML as the same."""
    if answer["Content-Type"] == "application/json; charset=utf-8":
        return _texts(answer.json())
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    return _element(ET.fromstring(answer.content))


def _texts(what: Any) -> Any:
    if isinstance(what, dict):
        return {name: _texts(value) for name, value in what.items()}
    if isinstance(what, list):
        return [_texts(one) for one in what]
    return {None: "", True: "true", False: "false"}.get(what, str(what)) if not isinstance(what, str) else what


LISTS = {"services", "service_requests", "attributes", "values", "endpoints", "formats", "errors"}


def _element(node: ET.Element) -> Any:
    if node.tag in LISTS:
        return [_element(one) for one in node]
    return {one.tag: _element(one) for one in node} if len(node) else node.text or ""


def _at(name: str, form: str) -> str:
    return f"{ROOT if name == 'discovery' else HERE}{name}.{form}"


def client_of(account: Account, form: str = "json", **more: Any) -> Open311:
    """A client with a key of an account's mandate."""
    return Open311(token_of(account, **more)[1], form)


def cast() -> Cast:
    """The community with its grid, and everybody around it."""
    return matters_stage.cast()
