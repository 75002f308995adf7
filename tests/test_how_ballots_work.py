"""The page in plain words shows the digests of just what the casting host serves."""

from __future__ import annotations

import asyncio
import hashlib
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from baolei.urn.host import Host
from baolei.warehouse import tally_bundle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> Path:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")
    return tmp_path


def served(address: str) -> bytes:
    """What the host answers, asked as a server asks it."""

    async def ask() -> bytes:
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": address, "headers": []}
        await Host(lambda: None)(scope, receive, send)  # type: ignore[arg-type,return-value]  # no poll is asked for
        assert sent[0]["status"] == 200
        body: bytes = sent[1]["body"]
        return body

    found: list[bytes] = []
    thread = threading.Thread(target=lambda: found.append(asyncio.run(ask())))
    thread.start()
    thread.join()
    return found[0]


def test_the_digests_shown_are_those_of_what_is_served(client: Client, own_home: Path) -> None:
    client.cookies["django_language"] = "en"
    page = client.get(reverse("how_ballots_work")).text
    shown = dict(
        re.findall(r'<th scope="row">(/b/[^<]*)</th>.*?<code class="digest">([0-9a-f]{64})</code>', page, re.S)
    )
    assert {"/b/", "/b/ballot.js", "/b/blind.js", "/b/receipt.html"} <= shown.keys()
    for address, digest in shown.items():
        assert digest == hashlib.sha256(served(address)).hexdigest(), address
    assert not (own_home / "sealing.key").exists(), "looking at a page makes no key"


def test_the_script_handed_out_is_the_one_whose_digest_is_shown(client: Client) -> None:
    body = client.get(reverse("verify_tally")).content
    assert body == tally_bundle.script()
    assert hashlib.sha256(body).hexdigest() in client.get(reverse("how_ballots_work")).text
