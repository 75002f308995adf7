"""The page's own blind signatures in real browsers, an old one among them: the bytes of RFC 9474, and those of Python.

The script is served as it will be, under a policy that allows it and nothing else; whatever the browser complains of
fails the test.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import gmpy2
import old_browsers
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicNumbers

import baolei.urn
from baolei.programme.ballot import blind
from baolei.programme.ballot.ballot import (
    TOKEN,
    Ballot,
    BallotRefused,
    leaf,
    receipt,
    slip_hash,
    token_hash,
    token_message,
)
from baolei.programme.ballot.credentials import holds
from conftest import chromium
from old_browser import OldBrowser, Tab, running
from test_ballot_blind import POLL, RFC, VECTORS, flipped, rfc_key
from tokens import drawn, elector

pytestmark = pytest.mark.browser

SCRIPT = Path(baolei.urn.__file__).parent / "page/blind.js"
POLICY = "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'"
PAGE = (
    '<!doctype html><html lang="zh"><title>选票</title><link rel="icon" href="data:,"><script src="/blind.js"></script>'
)
TODAY = "today"
COMMENTS = ["", "路太远", "𠮷🐎 “ok”\n\x00"]


class Served(BaseHTTPRequestHandler):
    """A page with the script, and nothing else."""

    def do_GET(self) -> None:
        """Answer with the script or the page."""
        script = self.path == "/blind.js"
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript; charset=utf-8" if script else "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY + "; img-src data:")
        self.end_headers()
        self.wfile.write(SCRIPT.read_bytes() if script else PAGE.encode())

    def log_message(self, *_said: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the page is served: a browser offers its cryptography there as over HTTPS."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Served)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(
    scope="module",
    params=[TODAY, *(pytest.param(one, marks=pytest.mark.long) for one in sorted(old_browsers.PACKAGES))],
)
def browser(request: pytest.FixtureRequest) -> Iterator[OldBrowser]:
    """Today's browser, and those of old office machines."""
    try:
        program = chromium() if request.param == TODAY else str(old_browsers.program(request.param))
    except old_browsers.NotHere as missing:
        pytest.fail(str(missing), pytrace=False)
    with running(program) as found:
        yield found


@pytest.fixture
def tab(browser: OldBrowser, address: str) -> Iterator[Tab]:
    """A tab in which the script has run."""
    with browser.tab(address) as tab:
        tab.goto("/")
        yield tab
        assert tab.complaints == []


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    """The key of a poll."""
    return rsa.generate_private_key(blind.EXPONENT, blind.KEY_BITS)


def asked(tab: Tab, steps: str, **given: Any) -> Any:
    """What the steps return on the page. They are the body of a function; bytes go there and back as hex."""
    values = {name: value.hex() if isinstance(value, bytes) else value for name, value in given.items()}
    names = ", ".join(values)
    return tab.ask(
        f"(async ({{{names}}}) => {{ const {{hex, fromHex}} = Blind; {steps} }})({json.dumps(values)})"
        ".catch((error) => 'threw: ' + error.message)"
    )


def in_script(ballot: Ballot) -> str:
    """The same ballot for the page."""
    fields = f"kind: {ballot.kind}, poll: fromHex('{ballot.poll.hex()}'), cred: fromHex('{ballot.cred.hex()}')"
    return f"({{{fields}, rev: {ballot.rev}, answers: '{ballot.answers}', comment: {json.dumps(ballot.comment)}}})"


# ---- RFC 9474, appendix A ----


@pytest.mark.parametrize("variant", ["Randomized", "Deterministic"])
def test_every_step_of_the_page_gives_the_bytes_of_the_rfc(tab: Tab, variant: str) -> None:
    vector = VECTORS[variant]
    r = int(gmpy2.invert(int(vector["inv"], 16), int(RFC["key"]["n"], 16)))
    found = asked(
        tab,
        """
        const key = await Blind.publicKey(fromHex(spki));
        const message = fromHex(vector.msg), prefix = fromHex(vector.msg_prefix);
        const prepared = prefix.length ? Blind.prepare(message, prefix) : message;
        const sent = await Blind.blind(key, prepared, fromHex(vector.salt), Blind.toNumber(fromHex(r)));
        const signature = await Blind.finalize(key, prepared, fromHex(vector.blind_sig), sent.inverse);
        return {
            blinded_msg: hex(sent.blinded), inv: hex(sent.inverse), sig: hex(signature),
            good: await Blind.verify(key, prepared, signature),
            encoded_msg: hex(await Blind.encode(prepared, fromHex(vector.salt), key.bits)),
        };
        """,
        vector=vector,
        spki=blind.public_bytes(rfc_key().public_key()),
        r=r.to_bytes(512, "big"),
    )
    prepared = bytes.fromhex(vector["msg_prefix"] + vector["msg"])
    assert found == {
        "good": True,
        "encoded_msg": blind.encode(prepared, bytes.fromhex(vector["salt"]), 4096).hex(),
        **{part: vector[part] for part in ("blinded_msg", "inv", "sig")},
    }


# ---- across: Python signs what the page blinded ----


def fetched(tab: Tab, key: RSAPrivateKey) -> bytes:
    """Let the page make a token and ask for its signature, sign blindly, and give the page the answer; the token."""
    asking = asked(
        tab,
        """
        const token = await Blind.newToken();
        const key = await Blind.publicKey(fromHex(spki));
        const asking = await Blind.ask(key, fromHex(poll), token.spki);
        window.kept = {token, key, asking};
        return {token: hex(token.spki), blinded: hex(asking.blinded)};
        """,
        spki=blind.public_bytes(key.public_key()),
        poll=POLL,
    )
    answer = blind.sign(key, bytes.fromhex(asking["blinded"]), drawn(key))
    said = asked(
        tab,
        """
        const {key, asking} = window.kept;
        window.kept.signature = await Blind.finalize(key, asking.prepared, fromHex(answer), asking.inverse);
        return 'good';
        """,
        answer=answer,
    )
    assert said == "good"
    return bytes.fromhex(asking["token"])


CAST = """
    const {token, asking, signature} = window.kept;
    const ballot = {kind: 2, poll: fromHex(poll), rev, answers, comment, cred: null};
    ballot.cred = await Blind.tokenHash(ballot.poll, token.spki);
    const body = await Blind.ballotBody(ballot);
    const hand = await Blind.signBallot(token.privateKey, body);
    const proof = Blind.tokenProof(token.spki, asking.randomiser, signature, hand);
    return {
        body: hex(body), cred: hex(ballot.cred), proof: hex(proof),
        receipt: Blind.receipt(await Blind.leaf(body, proof)),
        holds: await Blind.tokenHolds(window.kept.key, ballot, proof),
    };
"""


@pytest.mark.parametrize("comment", COMMENTS)
def test_a_ballot_made_in_the_page_holds_in_python(tab: Tab, key: RSAPrivateKey, comment: str) -> None:
    token = fetched(tab, key)
    made = asked(tab, CAST, poll=POLL, rev=7, answers="12340-", comment=comment)
    ballot = Ballot(TOKEN, POLL, token_hash(POLL, token), 7, "12340-", comment)
    proof = bytes.fromhex(made["proof"])
    assert made["holds"] is True
    assert (made["cred"], made["body"]) == (ballot.cred.hex(), ballot.body.hex())
    holds(ballot, proof, blind.public_bytes(key.public_key()))
    assert made["receipt"] == receipt(leaf(ballot, proof))
    with pytest.raises(BallotRefused):
        holds(Ballot(TOKEN, POLL, ballot.cred, 7, "02340-", comment), proof, blind.public_bytes(key.public_key()))


def test_the_signer_sees_nothing_of_the_token(tab: Tab, key: RSAPrivateKey) -> None:
    # The same token asks twice: what is sent has nothing in common, and neither holds the token or its hash.
    spki = blind.public_bytes(key.public_key())
    token, *sent = asked(
        tab,
        """
        const token = await Blind.newToken(), key = await Blind.publicKey(fromHex(spki));
        const asked = async () => hex((await Blind.ask(key, fromHex(poll), token.spki)).blinded);
        return [hex(token.spki), await asked(), await asked()];
        """,
        spki=spki,
        poll=POLL,
    )
    assert len(set(sent)) == 2
    assert all(len(one) == 512 and token_message(POLL, bytes.fromhex(token))[-32:].hex() not in one for one in sent)


def test_the_private_half_of_a_token_cannot_be_read_out(tab: Tab) -> None:
    found = asked(
        tab,
        """
        const {privateKey} = await Blind.newToken();
        const tried = ['pkcs8', 'jwk', 'raw'].map((form) => crypto.subtle.exportKey(form, privateKey)
            .then(() => 'read', (error) => error.name));
        return [privateKey.extractable, ...(await Promise.all(tried))];
        """,
    )
    assert found[0] is False
    assert "read" not in found


# ---- across: what Python made, the page takes and tells from a forgery ----


@pytest.mark.parametrize("comment", COMMENTS)
def test_a_ballot_made_in_python_holds_in_the_page(tab: Tab, key: RSAPrivateKey, comment: str) -> None:
    ballot, proof = elector(key, POLL).ballot("12340-", 99, comment)
    found = asked(
        tab,
        f"""
        const ballot = {in_script(ballot)}, key = await Blind.publicKey(fromHex(spki));
        const good = fromHex(proof), body = await Blind.ballotBody(ballot);
        const keyHash = hex(await Blind.keyHash(key.spki));
        const held = [await Blind.tokenHolds(key, ballot, good)];
        for (const one of forged) {{
            held.push(await Blind.tokenHolds(key, ballot, fromHex(one)).catch(() => false));
        }}
        held.push(await Blind.tokenHolds(key, Object.assign({{}}, ballot, {{answers: '22340-'}}), good));
        return {{held, keyHash, body: hex(body), receipt: Blind.receipt(await Blind.leaf(body, good))}};
        """,
        spki=blind.public_bytes(key.public_key()),
        proof=proof,
        # One bit of the token, the randomiser, the signature of the poll, the signature of the token.
        forged=[flipped(proof, 8 * at + 3).hex() for at in (60, 100, 200, 420)],
    )
    assert found == {
        "held": [True, False, False, False, False, False],
        "keyHash": blind.key_hash(blind.public_bytes(key.public_key())).hex(),
        "body": ballot.body.hex(),
        "receipt": receipt(leaf(ballot, proof)),
    }


def test_the_hash_of_a_slip_is_the_same(tab: Tab) -> None:
    secret = secrets.token_bytes(20)
    found = asked(tab, "return hex(await Blind.slipHash(fromHex(poll), fromHex(secret)));", poll=POLL, secret=secret)
    assert found == slip_hash(POLL, secret).hex()


# ---- what the page refuses ----


def test_an_answer_by_another_key_is_refused_in_the_page(tab: Tab, key: RSAPrivateKey) -> None:
    other = rsa.generate_private_key(blind.EXPONENT, blind.KEY_BITS)
    prepared = secrets.token_bytes(80)
    blinded, inverse = blind.blind(key.public_key(), prepared, secrets.token_bytes(48), drawn(key))
    right = blind.sign(key, blinded, drawn(key))
    steps = """
        const key = await Blind.publicKey(fromHex(spki));
        return hex(await Blind.finalize(key, fromHex(prepared), fromHex(answer), fromHex(inverse)));
    """
    given = {"spki": blind.public_bytes(key.public_key()), "prepared": prepared, "inverse": inverse}
    signature = blind.finalize(key.public_key(), prepared, right, inverse)
    assert asked(tab, steps, answer=right, **given) == signature.hex()
    # The other key has another modulus: what this one blinded may be out of its range.
    theirs = blind.sign(other, (int.from_bytes(blinded, "big") >> 1).to_bytes(256, "big"), drawn(other))
    for wrong in (theirs, blinded, bytes(256)):
        assert asked(tab, steps, answer=wrong, **given) == "threw: the answer is not signed by the key of this poll"
    assert asked(tab, steps, answer=right[1:], **given) == "threw: the answer has a wrong length"


def test_what_would_betray_the_voter_is_refused_in_the_page(tab: Tab, key: RSAPrivateKey) -> None:
    n = 3 * key.public_key().public_numbers().n
    crafted = blind.public_bytes(RSAPublicNumbers(blind.EXPONENT, n).public_key())
    told = next(
        salt
        for salt in (bytes([number]) * 48 for number in range(256))
        if int.from_bytes(blind.encode(b"message", salt, n.bit_length()), "big") % 3 == 0
    )
    steps = """
        const key = await Blind.publicKey(fromHex(spki));
        await Blind.blind(key, new TextEncoder().encode('message'), fromHex(salt), BigInt(r));
    """
    shares = "threw: nothing may share a factor with the modulus"
    assert asked(tab, steps, spki=crafted, salt=told, r=2) == shares
    assert asked(tab, steps, spki=blind.public_bytes(key.public_key()), salt=told, r=0) == shares
    assert asked(tab, "Blind.prepare(new Uint8Array(3), new Uint8Array(31));") == "threw: a randomiser has 32 bytes"


def test_half_a_character_has_no_bytes(tab: Tab) -> None:
    half = in_script(Ballot(TOKEN, POLL, bytes(32), 0, "1")).replace('comment: ""', r'comment: "\ud83d"')
    assert asked(tab, f"return hex(await Blind.ballotBody({half}));").startswith("threw: ")
