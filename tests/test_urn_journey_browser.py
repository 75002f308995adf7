"""From a printed slip to a checked tally: the real host, page and paper, and the file that checks alone."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from baolei.programme.ballot.slips import made, poll_number, short
from baolei.programme.ballot.suppression import published
from baolei.programme.proof import canonical
from baolei.programme.standard.edition import Text
from baolei.urn.sealing import signing, tallied
from baolei.urn.store import CAST, CLOSED, ISSUE, Poll
from baolei.warehouse import tally_bundle
from baolei.warehouse.papers.slips import BranchSlips, Sheaf, TownshipSlips, slips_pdf
from conftest import Visitor
from test_ballot_page_browser import answered, cast
from urns import Running, Urn, a_host, an_urn

pytestmark = pytest.mark.browser

BRANCH = "东方红村党支部"
WORDS = [{"zh": f"第{place}题", "en": f"Question {place}"} for place in range(1, 6)]
GRADES = [{"zh": zh, "en": en} for zh, en in (("好", "Good"), ("较好", "Fair"), ("一般", "Ordinary"), ("差", "Poor"))]
FORM = canonical({"questions": WORDS, "grades": GRADES, "comments": False})
SAID = ["11111", "12111", "21110", "11211", "4444-", "11112"]


@dataclass
class Held:
    """A poll that is being cast: the urn and its host, its number, the codes as they stand on paper."""

    urn: Urn
    host: Running
    poll: bytes
    codes: list[str]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    with an_urn(tmp_path / "urn") as urn, a_host(urn) as host:
        poll = poll_number(secrets.token_bytes(16))
        slips = made(poll, 8, secrets.token_bytes(160))
        (digest,) = urn.store.put_forms([FORM])
        shown = {"name": {"zh": "2026年度评定", "en": "The round of 2026"}, "branch": BRANCH,
                 "source": {"zh": "党员评议", "en": "Members"}}  # fmt: skip
        urn.store.put_polls([Poll(poll, digest, closes=date(2026, 12, 1), shown=shown)])
        urn.store.put_slips([(poll, one) for one in slips.hashes])
        urn.store.set_phase([poll], ISSUE)
        urn.store.set_phase([poll], CAST)
        yield Held(urn, host, poll, printed(host, poll, slips.codes))


def printed(host: Running, poll: bytes, codes: tuple[str, ...]) -> list[str]:
    """The codes as somebody reads them off the paper of a township."""
    sheaf = Sheaf(poll, Text("党员评议", "Members"), 6, codes)
    paper = slips_pdf(
        TownshipSlips("碧流台镇", "2026年度评定", f"http://localhost:{host.port}", date(2026, 12, 1),
                      [BranchSlips(BRANCH, [sheaf])]), date(2026, 11, 20),
    )  # fmt: skip
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)
    assert f"/b/{short(poll)}" in re.sub(r"\s", "", text)
    found = re.findall(r"\b(?:[a-z2-7]{4}\s+){7}[a-z2-7]{4}\b", text)
    assert {re.sub(r"\s", "", one) for one in found} == set(codes)
    return found


@pytest.fixture
def voter(page: Page, held: Held) -> Iterator[Visitor]:
    page.set_viewport_size({"width": 360, "height": 640})
    someone = Visitor(page, f"http://localhost:{held.host.port}")
    yield someone
    assert someone.complaints == []


def sealed(held: Held, key: Ed25519PrivateKey) -> Any:
    held.urn.store.set_phase([held.poll], CLOSED)
    held.urn.store.seal([held.poll], signing(key))
    held.urn.store.give_back()
    found = held.urn.store.sealed(held.poll)
    assert found is not None
    return tallied(found)


def verified(tmp_path: Path, files: dict[str, bytes], *given: str) -> subprocess.CompletedProcess[str]:
    """What the file that checks alone says of a bundle."""
    script, bundle = tmp_path / "verify_tally.py", tmp_path / "bundle.zip"
    script.write_bytes(tally_bundle.script())
    with bundle.open("wb") as out:
        tally_bundle.write(files, out)
    call = [sys.executable, "-I", str(script), str(bundle), *given]
    return subprocess.run(call, capture_output=True, text=True, check=False)


def test_a_slip_is_typed_cast_found_sealed_and_counted_by_anybody(held: Held, voter: Visitor, tmp_path: Path) -> None:
    receipts = []
    for code, answers in zip(held.codes, SAID, strict=False):
        page = voter.goto(f"/b/{short(held.poll)}")
        page.get_by_role("textbox", name="编码", exact=True).fill(code)
        page.get_by_role("button", name="打开选票").click()
        expect(page.locator("#branch")).to_contain_text(BRANCH)
        answered(page, answers)
        receipts.append(cast(page))
    page = voter.goto("/b/receipt.html")
    page.locator("#number").fill(short(held.poll))
    page.locator("#given").fill(receipts[0])
    page.get_by_role("button", name="查一查").click()
    expect(page.locator("#found")).to_contain_text("票箱里有这个回执号的选票")

    key = Ed25519PrivateKey.generate()
    tally = sealed(held, key)
    assert (tally.head["issued"], tally.head["cast"], tally.head["unused"]) == (8, 6, 2)
    assert sorted(ballot.answers for ballot, _proof in tally.cast) == sorted(SAID)
    assert tally.totals.answers[0][:4] == (4, 1, 0, 1)
    assert published({BRANCH: None}, {BRANCH: tally.totals.valid}) == {BRANCH}

    auditors = tally_bundle.auditors(tally, key)
    right = verified(tmp_path, auditors, "--receipt", receipts[3])
    assert right.returncode == 0, right.stdout + right.stderr
    everybodys = tally_bundle.everybodys(tally, key, range(5))
    assert verified(tmp_path, everybodys, "--receipt", receipts[0]).returncode == 0
    assert b"4444-" not in b"".join(everybodys.values())
    assert verified(tmp_path, everybodys, "--receipt", "aaaa-bbbb-cccc-dddd").returncode == 1
    while held.host.asked("GET", f"/b/poll/{short(held.poll)}")[1]["phase"] == CAST:
        time.sleep(0.2)  # what the host knows of a poll is some seconds old
    page = voter.goto(f"/b/{short(held.poll)}")
    page.get_by_role("textbox", name="编码", exact=True).fill(held.codes[6])
    page.get_by_role("button", name="打开选票").click()
    expect(page.locator("main")).to_contain_text("投票已经结束")
    there = held.host.asked("GET", f"/b/receipt/{held.poll.hex()}/{receipts[5]}")
    assert there[:2] == (200, {"in": True}), "a receipt is found in the sealed urn as well"
