"""The guide to Open311 shows what a client really sends and is answered."""

from __future__ import annotations

import base64
import json
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from baolei.api import open311_asked, open311_report
from baolei.matters.models import LONGEST_WORDS
from baolei.warehouse.rulebook import matters as matter_rules
from open311_stage import HERE, REPORT, ROOT, Open311, cast, client_of

GUIDE = (Path(__file__).resolve().parent.parent / "docs/how-to/open311.md").read_text(encoding="utf-8")
COMMANDS = [line.replace("\\\n", "") for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
            for line in re.findall(r"curl (?:[^\\\n]|\\\n)+", block)]  # fmt: skip
ANSWERS = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)]


def curl(command: str, known: dict[str, str]) -> Any:
    """What curl would be answered."""
    words, head, fields, address = shlex.split(re.sub(r"\$(\w+)", lambda name: known[name[1]], command)), {}, [], ""
    given = iter(words[1:])
    for word in given:
        if word == "-H":
            name, _colon, value = next(given).partition(": ")
            head[name] = value
        elif word in ("-d", "--data-urlencode"):
            name, _is, value = next(given).partition("=")
            fields.append(f"{name}={quote(value) if word != '-d' else value}")
        else:
            address = word
    client = Client(headers={"Accept-Language": "en", **head})
    if fields:
        return client.post(address, "&".join(fields), content_type="application/x-www-form-urlencoded")
    return client.get(address)


@pytest.mark.django_db
def test_every_command_of_the_guide_is_answered() -> None:
    of = cast()
    known = {"HOST": "", "KEY": client_of(of.township).key}
    assert len(COMMANDS) == 6
    for command in COMMANDS:
        answer = curl(command, known)
        assert answer.status_code == 200, command
        told = answer.json() if "json" in answer["Content-Type"] else []
        known |= {"TOKEN": told[0]["token"]} if told and "token" in told[0] else {}
        known |= {"REQUEST": told[0]["service_request_id"]} if told and "service_request_id" in told[0] else {}
    assert set(known) == {"HOST", "KEY", "TOKEN", "REQUEST"}


@pytest.mark.django_db
def test_the_answers_of_the_guide_are_those_of_the_program() -> None:
    mine = client_of(cast().township)
    (shown,), (fault,) = ANSWERS
    (told,) = mine.post(**REPORT).json()
    assert {**told, "token": ""} == {**shown, "token": ""}
    assert re.sub(r"[a-z0-9]", "x", told["token"]) == re.sub(r"[a-z0-9]", "x", shown["token"])
    assert mine.post(**{**REPORT, "address_id": ""}).json() == [fault]


def test_the_numbers_and_addresses_of_the_guide_are_right() -> None:
    assert f"{LONGEST_WORDS} characters" in GUIDE
    assert f"{matter_rules().number('remove_days')} days after closing" in GUIDE
    assert f"last {open311_asked.SPAN.days} days" in GUIDE
    assert f"most\n{open311_asked.MOST}," in GUIDE
    assert f"`{open311_report.KEY_FIELD}`" in GUIDE
    assert (f"`{ROOT}discovery.json`" in GUIDE, f"`{HERE[:-1]}`" in GUIDE) == (True, True)


@pytest.mark.django_db
def test_a_log_in_in_the_address_is_a_key() -> None:
    key = client_of(cast().township).key
    basic = base64.b64encode(f"open311:{key}".encode()).decode()
    assert Client().get(f"{HERE}requests.json", headers={"Authorization": f"Basic {basic}"}).status_code == 200
    assert Open311().get("requests").status_code == 403
