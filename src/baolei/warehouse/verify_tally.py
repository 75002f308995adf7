"""Check the tally of a poll 验票 with nothing but Python 3.11 and its library `cryptography`: no Baolei, no network.

    python verify_tally.py BUNDLE [--key FILE] [--receipt CODE] [--beside BUNDLE]

The bundle for everybody: every byte; the signatures of the house; the root over the leaves (one for each ballot, in
their order); what became of the credentials; the totals, where they may be shown. The bundle for auditors also: every
ballot gives its leaf, its credential is one that was given out and was cast once, and the totals are counted again.

--key      the house's public key (PEM) from a place you trust: the notice of the poll, the superior unit
--receipt  what a voter kept: says whether that ballot is in
--beside   the other bundle of the same poll: says whether both tell the same

Ends with 0 where all is right, 1 where something is not (a sentence for each names what and where), 2 where nothing
could be checked. Take this script from a place you trust too: it does not lie in the bundle.
"""

from __future__ import annotations

import argparse
import base64
import functools
import hashlib
import io
import json
import re
import struct
import sys
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

try:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
except ImportError:
    print("缺少 cryptography：pip install cryptography / cryptography is not installed: pip install cryptography")
    raise SystemExit(2) from None

FORMAT = "baolei tally 1"
PUBLIC, AUDITOR = "public", "auditor"
MANIFEST, MANIFEST_SIG, HEAD, HEAD_SIG = "manifest.json", "manifest.sig", "head.json", "head.sig"
FORM, LEAVES, SLIPS, KEY, TOKEN_KEY = "form.json", "leaves.txt", "slips.txt", "key.pem", "token_key.pem"
TOTALS, BALLOTS = "totals.json", "ballots.jsonl"
ALWAYS = frozenset({MANIFEST, MANIFEST_SIG, HEAD, HEAD_SIG, FORM, LEAVES, SLIPS, KEY})
SHOWN = 50
"""So many findings are printed."""

SLIP, TOKEN = 1, 2
UNKNOWN, BLANK = "0", "-"
SMALLEST, BAND_BELOW = 5, 10
BANDS = ("better", "worse", "unknown", "blank")
MOST_REVISIONS = 99
SECRET, RANDOMISER, SIGNATURE = 20, 32, 64
SPKI_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
"""How the SubjectPublicKeyInfo of a P-256 key begins; its point (65 bytes) follows."""
SPKI = len(SPKI_HEAD) + 65
PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA384()), salt_length=48)
HEAD_SAYS = {
    "poll": 32, "form": 64, "root": 64, "slips": 64, "token_key": 64,
    "issued": 0, "cast": 0, "unused": 0, "spoiled": 0,
}  # fmt: skip
"""What a head says: texts of so many hex digits, and numbers (0)."""


@dataclass(frozen=True)
class Finding:
    """One thing that is not right: where (a file and its line, counted from 1), and what, in Chinese and English."""

    where: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.where}: {self.zh} / {self.en}"


class Unreadable(Exception):
    """What cannot be read at all; carries the finding."""

    def __init__(self, where: str, zh: str, en: str) -> None:
        self.finding = Finding(where, zh, en)
        super().__init__(str(self.finding))


# ---- the container ----

Files = Mapping[str, bytes]


def write(files: Files, out: IO[bytes]) -> None:
    """The files as one ZIP, stored as they are, in the order of their names, at one time: the same files, the same
    bytes, on any machine.
    """
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, files[name])


def read(data: bytes, name: str) -> dict[str, bytes]:
    """The files of a bundle as they lie in it, whatever their checksums say. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = {entry.filename: _stored(data, entry) for entry in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error) as error:
        raise Unreadable(
            name, f"文件损坏，读不出来（{error}）", f"it is damaged and cannot be read ({error})"
        ) from None
    if missing := sorted(ALWAYS - set(found)):
        raise Unreadable(name, f"缺少{'、'.join(missing)}", f"{', '.join(missing)} is missing from the bundle")
    return found


def _stored(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    names = data[entry.header_offset + 26 : entry.header_offset + 30]
    start = entry.header_offset + 30 + int.from_bytes(names[:2], "little") + int.from_bytes(names[2:], "little")
    if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 or start + entry.file_size > len(data):
        raise ValueError(f"{entry.filename!r} was packed by another program")
    return data[start : start + entry.file_size]


def container(data: bytes, files: Files, name: str) -> Iterator[Finding]:
    """Files that no longer have their checksum; else the first byte that differs from the bundle written again."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        damaged = [entry.filename for entry in archive.infolist() if zlib.crc32(files[entry.filename]) != entry.CRC]
    yield from (Finding(one, "被改动：与校验和不符", "it was changed: its checksum is another") for one in damaged)
    again = io.BytesIO()
    write(files, again)
    right = again.getvalue()
    if damaged or right == data:
        return
    low, high = 0, min(len(right), len(data))
    while low < high:  # so many bytes are equal at least, so many at most
        half = (low + high + 1) // 2
        low, high = (half, high) if right[low:half] == data[low:half] else (low, half - 1)
    yield Finding(name, f"第{low}个字节被改动", f"byte {low} was changed")


def digests(files: Files) -> Iterator[Finding]:
    """Each file against the manifest."""
    manifest = record(files, MANIFEST)
    said = manifest.get("files")
    if manifest.get("format") != FORMAT or manifest.get("kind") not in (PUBLIC, AUDITOR) or not isinstance(said, dict):
        raise Unreadable(MANIFEST, f"不是“{FORMAT}”格式", f"this is not the format {FORMAT!r}")
    own = {name: sha256(data) for name, data in files.items() if name not in (MANIFEST, MANIFEST_SIG)}
    for name in sorted({*said, *own}):
        if name not in own:
            yield Finding(name, "清单里有，包里没有", "it is in the manifest and not in the bundle")
        elif name not in said:
            yield Finding(name, "包里有，清单里没有", "it is in the bundle and not in the manifest")
        elif said[name] != own[name]:
            yield Finding(
                name, "被改动：与清单上的 SHA-256 不符", "it was changed: its SHA-256 is not that in the manifest"
            )


def record(files: Files, name: str) -> dict[str, Any]:
    """A JSON object in its one canonical spelling. Raises Unreadable."""
    try:
        found = json.loads(files[name])
        if isinstance(found, dict) and canonical(found) == files[name]:
            return found
    except (ValueError, RecursionError, KeyError):
        pass
    raise Unreadable(name, "读不出来，或者不是规范写法", "it cannot be read, or is not written in the canonical way")


def canonical(record: Any) -> bytes:
    """A record as bytes, always the same: JSON with sorted keys, no spaces, UTF-8."""
    return json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def sha256(data: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(data).hexdigest()


def lines(files: Files, name: str) -> list[str]:
    """The lines of a file of hashes: 64 hex digits each, ascending, none twice. Raises Unreadable naming the line."""
    text = files[name].decode("latin-1")
    found = text.split("\n")[:-1]
    if text and not text.endswith("\n"):
        raise Unreadable(f"{name}:{len(found) + 1}", "最后一行不完整", "the last line is cut off")
    for number, line in enumerate(found, 1):
        if not re.fullmatch(r"[0-9a-f]{64}", line):
            raise Unreadable(f"{name}:{number}", "不是六十四位十六进制数", "this is not a hash of 64 hex digits")
        if number > 1 and line <= found[number - 2]:
            raise Unreadable(f"{name}:{number}", "次序不对，或者重复", "it is out of order, or there twice")
    return found


# ---- bytes of a ballot (docs/decisions/0009-one-urn.md) ----


def body(kind: int, poll: bytes, cred: bytes, rev: int, answers: str, said: bytes) -> bytes:
    """The bytes that are signed and proved; `said` is the hash of the comment, or nothing."""
    head = b"baolei ballot 1" + bytes([kind]) + poll + cred + rev.to_bytes(2, "big")
    return head + len(answers).to_bytes(2, "big") + answers.encode("ascii") + (said or bytes(32))


def slip_hash(poll: bytes, secret: bytes) -> bytes:
    """The credential's hash of a slip."""
    return hashlib.sha256(b"baolei slip 1" + poll + secret).digest()


def token_hash(poll: bytes, spki: bytes) -> bytes:
    """The credential's hash of a token."""
    return hashlib.sha256(b"baolei cred 1" + poll + spki).digest()


def token_message(poll: bytes, spki: bytes) -> bytes:
    """What the key of the poll signed blindly, without the randomiser before it."""
    return b"baolei token 1" + poll + hashlib.sha256(spki).digest()


def leaf(body: bytes, proof: bytes) -> bytes:
    """The hash of a ballot with its proof."""
    return hashlib.sha256(b"\x00" + body + proof).digest()


def receipt(leaf: bytes) -> str:
    """What a voter keeps."""
    code = base64.b32encode(leaf).decode("ascii").lower()[:16]
    return "-".join(code[at : at + 4] for at in range(0, 16, 4))


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root of the tree over these leaves (RFC 6962, 2.1; the leaves are hashed already)."""
    peaks: list[tuple[int, bytes]] = []
    for leaf in leaves:
        height, found = 0, leaf
        while peaks and peaks[-1][0] == height:
            height, found = height + 1, hashlib.sha256(b"\x01" + peaks.pop()[1] + found).digest()
        peaks.append((height, found))
    if not peaks:
        return hashlib.sha256(b"").digest()
    found = peaks.pop()[1]
    while peaks:
        found = hashlib.sha256(b"\x01" + peaks.pop()[1] + found).digest()
    return found


# ---- the seal ----


@dataclass
class Poll:
    """What a bundle holds, read once."""

    files: Files
    kind: str
    head: dict[str, Any]
    questions: int
    grades: int
    least: int
    leaves: list[str]
    slips: list[str]
    key: Ed25519PublicKey
    token_key: RSAPublicKey | None = None
    counted: dict[str, Any] = field(default_factory=dict)
    """The totals as counted from the ballots, where there are any."""

    @property
    def number(self) -> bytes:
        """The poll's number."""
        return bytes.fromhex(self.head["poll"])


def opened(files: Files) -> Poll:
    """A bundle read. Raises Unreadable at the first thing without which nothing more can be checked."""
    head, form = record(files, HEAD), record(files, FORM)
    if set(head) != set(HEAD_SAYS) or not all(_fits(head[name], digits, name) for name, digits in HEAD_SAYS.items()):
        raise Unreadable(HEAD, "票根的项目不对", "the head does not say what a head says")
    questions, grades = form.get("questions"), form.get("grades")
    if not isinstance(questions, list) or not isinstance(grades, list) or not questions or not 1 <= len(grades) <= 9:
        raise Unreadable(FORM, "题目或者等次不对", "there are no questions in it, or no grades")
    least = form.get("least", -(-len(questions) // 2))
    if type(least) is not int or not 1 <= least <= len(questions):
        raise Unreadable(FORM, "有效票的最少答题数不对", "the answers that make a ballot valid cannot be so many")
    token_key = public_key(files, TOKEN_KEY, RSAPublicKey) if TOKEN_KEY in files else None
    key = public_key(files, KEY, Ed25519PublicKey)
    kind = record(files, MANIFEST)["kind"]
    return Poll(
        files, kind, head, len(questions), len(grades), least, lines(files, LEAVES), lines(files, SLIPS), key, token_key
    )


def _fits(value: Any, digits: int, name: str) -> bool:
    if not digits:
        return type(value) is int and value >= 0
    if name == "token_key" and value == "":
        return True
    return isinstance(value, str) and bool(re.fullmatch(f"[0-9a-f]{{{digits}}}", value))


def public_key(files: Files, name: str, kind: type[Any]) -> Any:
    """A public key of a kind. Raises Unreadable."""
    try:
        found = serialization.load_pem_public_key(files[name])
    except (ValueError, UnsupportedAlgorithm):
        found = None
    if not isinstance(found, kind):
        raise Unreadable(name, "不是所需的公钥", "this is not the public key that belongs here")
    return found


def fingerprint(key: Any) -> str:
    """SHA-256 (hex) of a public key's SubjectPublicKeyInfo."""
    return sha256(spki_of(key))


def spki_of(key: Any) -> bytes:
    """A public key as bytes."""
    found: bytes = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return found


def signatures(poll: Poll, trusted: Ed25519PublicKey | None) -> Iterator[Finding]:
    """The house's signatures of manifest and head, by the key that the reader trusts or else by that in the bundle."""
    key = trusted or poll.key
    if fingerprint(key) != fingerprint(poll.key):
        yield Finding(KEY, "不是所给的公钥：此包由别人签名", "this is not the key you gave: somebody else signed it")
    for name, signature in ((MANIFEST, MANIFEST_SIG), (HEAD, HEAD_SIG)):
        try:
            key.verify(bytes.fromhex(poll.files[signature].decode("ascii")), poll.files[name])
        except (InvalidSignature, ValueError):
            yield Finding(signature, f"签名与{name}不符", f"this is no signature of {name} by the house's key")


def sealed(poll: Poll) -> Iterator[Finding]:
    """The head against form, leaves, slips and key, and its own counts."""
    head = poll.head
    slips = hashlib.sha256(b"baolei slips 1" + bytes.fromhex("".join(poll.slips))).hexdigest()
    own = {
        "form": (sha256(poll.files[FORM]), FORM),
        "root": (root_of(map(bytes.fromhex, poll.leaves)).hex(), LEAVES),
        "slips": (slips, SLIPS),
        "token_key": (fingerprint(poll.token_key) if poll.token_key else "", TOKEN_KEY),
    }
    for name, (found, where) in own.items():
        if head[name] != found:
            yield Finding(where, f"与签名的票根不符（{name}）", f"it was changed: the signed head says another {name}")
    if head["cast"] != len(poll.leaves):
        yield Finding(
            LEAVES, f"有{len(poll.leaves)}张票，票根说{head['cast']}张",
            f"there are {len(poll.leaves)} leaves, the head says that {head['cast']} ballots were cast",
        )  # fmt: skip
    if head["issued"] != head["cast"] + head["unused"] + head["spoiled"]:
        yield Finding(HEAD, "发出≠投票＋未用＋作废", "issued is not cast, unused and spoiled together")
    if head["issued"] < len(poll.slips) or (not poll.token_key and head["issued"] > len(poll.slips)):
        yield Finding(
            SLIPS, f"有{len(poll.slips)}张票签，票根说发出{head['issued']}份",
            f"there are {len(poll.slips)} slips, the head says that {head['issued']} credentials were issued",
        )  # fmt: skip


# ---- totals ----


def banded(grades: Sequence[int], unknown: int, blank: int) -> str:
    """The band that numbers of few ballots are told as, where all but one at most are on one side; else ''."""
    better = -(-len(grades) // 2)
    sides = (sum(grades[:better]), sum(grades[better:]), unknown, blank)
    if not 0 < sum(sides) < BAND_BELOW or max(sides) < sum(sides) - 1:
        return ""
    return BANDS[sides.index(max(sides))]


def shown(poll: Poll) -> Iterator[Finding]:
    """The totals of the bundle for everybody: they add up, and none tells of few."""
    if TOTALS not in poll.files:
        return
    said = record(poll.files, TOTALS)
    valid, questions, cast = said.get("valid"), said.get("questions"), poll.head["cast"]
    if type(valid) is not int or not isinstance(questions, list) or (len(questions), said.get("cast")) != (
        poll.questions, cast,
    ):  # fmt: skip
        yield Finding(TOTALS, "与选票样式或者票根不符", "it does not fit the form or the head")
        return
    if not SMALLEST <= valid <= cast:
        yield Finding(TOTALS, f"有效票{valid}张，不应公开", f"{valid} valid ballots: totals of so many are not shown")
    for number, question in enumerate(questions, 1):
        wrong = _wrong_question(question, poll.grades, valid)
        if wrong:
            yield Finding(TOTALS, f"第{number}题{wrong[0]}", f"question {number} {wrong[1]}")


def _wrong_question(question: Any, grades: int, valid: int) -> tuple[str, str] | None:
    if question == {"band": ""} or question in [{"band": band} for band in BANDS]:
        return None
    numbers = [*question["grades"], question["unknown"], question["blank"]]
    if len(question) != 3 or len(numbers) != grades + 2:
        return "写法不对", "is not written as it should be"
    if any(type(number) is not int or number < 0 for number in numbers) or sum(numbers) != valid:
        return f"各项之和不是有效票数{valid}", f"does not add up to the {valid} valid ballots"
    if banded(**question):
        return "几乎一致，只应给出大致范围", "is nearly unanimous among few: it should be told as a band"
    return None


def count(answers: Sequence[str], poll: Poll) -> dict[str, Any]:
    """The totals of these ballots. A valid one has at least so many answers with a grade."""
    valid = [line for line in answers if len(line) - line.count(UNKNOWN) - line.count(BLANK) >= poll.least]
    columns = [Counter(line[place] for line in valid) for place in range(poll.questions)]
    grades = [str(grade) for grade in range(1, poll.grades + 1)]
    return {
        "cast": len(answers),
        "valid": len(valid),
        "questions": [
            {"grades": [column[grade] for grade in grades], "unknown": column[UNKNOWN], "blank": column[BLANK]}
            for column in columns
        ],
    }


# ---- ballots ----


def ballots(poll: Poll) -> Iterator[Finding]:
    """The bundle for auditors: every ballot and its credential, each leaf once, and the totals counted again."""
    wanted = {line: place for place, line in enumerate(poll.leaves, 1)}
    slips, spent, previous = set(poll.slips), dict[str, int](), 0
    kinds, answers = Counter[int](), list[str]()
    rows = poll.files[BALLOTS].split(b"\n")
    for number, line in enumerate(rows if rows[-1] else rows[:-1], 1):
        where = f"{BALLOTS}:{number}"
        try:
            ballot = parsed(line, poll)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            yield Finding(where, "这张票读不出来，或者不合样式", "this ballot cannot be read, or does not fit the form")
            continue
        kinds[ballot["kind"]] += 1
        answers.append(ballot["answers"])
        first = spent.setdefault(ballot["cred"], number)
        place = wanted.pop(leaf(ballot["body"], ballot["proof"]).hex(), 0)
        wrong = [*credential(ballot, poll, slips), *_placed(place, previous)]
        if first != number:
            wrong.append(
                (f"凭证与第{first}行相同：投了两次", f"its credential is that of line {first}: it was cast twice")
            )
        yield from (Finding(where, *sentences) for sentences in wrong)
        previous = place or previous
    for one, place in wanted.items():
        yield Finding(
            f"{LEAVES}:{place}", f"叶值{one[:12]}没有选票：被抽走或者改动",
            f"no ballot has the leaf {one[:12]}: it was dropped or altered",
        )  # fmt: skip
    yield from _sums(poll, kinds, answers)


def _placed(place: int, previous: int) -> Iterator[tuple[str, str]]:
    if not place:
        yield "这张票被改动，或者是添进来的：没有它的叶值", "this ballot was altered or added: no leaf is its own"
    elif place < previous:
        yield f"次序不对：它是第{place}个叶值", f"it is out of order: its leaf is number {place}"


def _sums(poll: Poll, kinds: Mapping[int, int], answers: Sequence[str]) -> Iterator[Finding]:
    if kinds[TOKEN] > poll.head["issued"] - len(poll.slips):
        yield Finding(BALLOTS, "网上凭证的选票多于签发的", "more tokens were cast than were signed")
    poll.counted = count(answers, poll)
    said = record(poll.files, TOTALS)
    for name in ("cast", "valid"):
        right = poll.counted[name]
        if said.get(name) != right:
            yield Finding(TOTALS, f"{name}应为{right}", f"{name} is {right} by the ballots, not {said.get(name)}")
    if len(said["questions"]) != poll.questions:
        yield Finding(TOTALS, "题数不对", "it has not as many questions as the form")
    for number, (right, stands) in enumerate(zip(poll.counted["questions"], said["questions"], strict=False), 1):
        if right != stands:
            yield Finding(TOTALS, f"第{number}题与选票不符", f"question {number} is not what the ballots give: {right}")


def parsed(line: bytes, poll: Poll) -> dict[str, Any]:
    """A ballot of a line, with its bytes. Raises one of many errors where it is none of this form."""
    said = json.loads(line)
    if set(said) != {"kind", "cred", "rev", "answers", "said", "proof"}:
        raise ValueError("not a ballot")
    signs = {UNKNOWN, BLANK, *map(str, range(1, poll.grades + 1))}
    answers, rev = said["answers"], said["rev"]
    fits = len(answers) == poll.questions and signs.issuperset(answers) and set(answers) != {BLANK}
    if not fits or said["kind"] not in (SLIP, TOKEN) or type(rev) is not int or not 0 <= rev <= MOST_REVISIONS:
        raise ValueError("not a ballot of this form")
    cred, words, proof = bytes.fromhex(said["cred"]), bytes.fromhex(said["said"]), bytes.fromhex(said["proof"])
    if len(cred) != 32 or len(words) not in (0, 32) or cred.hex() != said["cred"]:
        raise ValueError("not a hash")
    return {**said, "proof": proof, "body": body(said["kind"], poll.number, cred, rev, answers, words)}


def credential(ballot: Mapping[str, Any], poll: Poll, slips: set[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the credential of a ballot."""
    if ballot["kind"] == SLIP:
        if len(ballot["proof"]) != SECRET or slip_hash(poll.number, ballot["proof"]).hex() != ballot["cred"]:
            yield "票签的密码与凭证不符", "the secret of its slip does not give its credential"
        if ballot["cred"] not in slips:
            yield "凭证不在印发的票签之列", "its credential is none of the slips that were printed"
    elif poll.token_key is None:
        yield "本次投票没有网上凭证", "it was cast with a token, and this poll has none"
    else:
        yield from token(ballot, poll, poll.token_key)


def token(ballot: Mapping[str, Any], poll: Poll, key: RSAPublicKey) -> Iterator[tuple[str, str]]:
    """What is wrong with a token: its key, the blind signature of the poll, the signature of the ballot."""
    proof, blind = ballot["proof"], key.key_size // 8
    if len(proof) != SPKI + RANDOMISER + blind + SIGNATURE or not proof.startswith(SPKI_HEAD):
        yield "网上凭证的长度或者写法不对", "its token is not as long as a token, or none of a P-256 key"
        return
    spki, rest = proof[:SPKI], proof[SPKI:]
    randomiser, signature, own = rest[:RANDOMISER], rest[RANDOMISER:-SIGNATURE], rest[-SIGNATURE:]
    if token_hash(poll.number, spki).hex() != ballot["cred"]:
        yield "网上凭证与凭证值不符", "its token does not give its credential"
    message = randomiser + token_message(poll.number, spki)
    if not _verified(lambda: key.verify(signature, message, PSS, hashes.SHA384())):
        yield "凭证上没有本次投票的盲签名", "its token was not signed by the key of this poll"
    if not _verified(lambda: _check_own(spki, own, ballot["body"])):
        yield "选票的签名不对：投票后被改动", "it was not signed with its token: it was altered after it was cast"


def _check_own(spki: bytes, own: bytes, body: bytes) -> None:
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), spki[len(SPKI_HEAD) :])
    halves = int.from_bytes(own[:32], "big"), int.from_bytes(own[32:], "big")
    key.verify(utils.encode_dss_signature(*halves), body, ec.ECDSA(hashes.SHA256()))


def _verified(check: Callable[[], None]) -> bool:
    try:
        check()
    except (InvalidSignature, ValueError):
        return False
    return True


# ---- all of it ----


def check(path: Path, trusted: Ed25519PublicKey | None = None) -> tuple[Poll | None, list[Finding]]:
    """A bundle (None where it cannot be read) and everything that is not right in it. Raises OSError."""
    data, found = path.read_bytes(), list[Finding]()
    try:
        files = read(data, path.name)
        found += container(data, files, path.name)
        found += digests(files)
        poll = opened(files)
        parts: list[Callable[[Poll], Iterable[Finding]]] = [functools.partial(signatures, trusted=trusted), sealed]
        for part in [*parts, ballots if poll.kind == AUDITOR else shown]:
            found += part(poll)
    except Unreadable as error:
        return None, [*found, error.finding]
    except (KeyError, TypeError, AttributeError) as error:
        strange = Finding(path.name, f"内容不合样式（{error!r}）", f"it is not as Baolei writes it ({error!r})")
        return None, [*found, strange]
    return poll, found


def beside(one: Poll, other: Poll) -> Iterator[Finding]:
    """Where the two bundles of a poll do not tell the same."""
    for name in (HEAD, FORM, LEAVES, SLIPS):
        if one.files[name] != other.files[name]:
            yield Finding(name, "两个包不同", "the two bundles differ in it")
    public, auditor = (one, other) if one.kind == PUBLIC else (other, one)
    if TOTALS not in public.files or not auditor.counted:
        return
    said = record(public.files, TOTALS)
    pairs = zip(said["questions"], auditor.counted["questions"], strict=False)
    if said["valid"] != auditor.counted["valid"]:
        yield Finding(TOTALS, "有效票数与选票不符", f"the ballots give {auditor.counted['valid']} valid ones")
    for number, (stands, right) in enumerate(pairs, 1):
        if stands not in (right, {"band": ""}, {"band": banded(**right)}):
            yield Finding(TOTALS, f"第{number}题与选票不符", f"question {number} is not what the ballots give: {right}")


def leaf_of(code: str, leaves: Sequence[str]) -> int | None:
    """The place (from 1) of the leaf that a receipt is of, None where there is none. ValueError for what is none."""
    plain = re.sub(r"[\s\-—–_.·]", "", unicodedata.normalize("NFKC", code).lower())
    plain = plain.translate(str.maketrans("0189", "olbg"))
    if not re.fullmatch(r"[a-z2-7]{16}", plain):
        raise ValueError("回执是四组、每组四位 / a receipt has four groups of four")
    start = base64.b32decode(plain.upper()).hex()
    return next((place for place, line in enumerate(leaves, 1) if line.startswith(start)), None)


def _asked(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument("--key", type=Path, metavar="FILE")
    parser.add_argument("--receipt", metavar="CODE")
    parser.add_argument("--beside", type=Path, metavar="BUNDLE")
    return parser.parse_args(given)


def _trusted(path: Path | None) -> Ed25519PublicKey | None:
    if path is None:
        return None
    found: Ed25519PublicKey = public_key({KEY: path.read_bytes()}, KEY, Ed25519PublicKey)
    return found


def main(given: Sequence[str] | None = None) -> int:
    """Check the bundle that is named; 0 where all is right, 1 where something is not, 2 where nothing was checked."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    asked = _asked(given)
    try:
        if asked.receipt:
            leaf_of(asked.receipt, ())
        trusted = _trusted(asked.key)
        poll, found = check(asked.bundle, trusted)
        other, more = check(asked.beside, trusted) if asked.beside else (None, [])
    except (OSError, ValueError, Unreadable) as error:
        print(error)
        return 2
    found += more
    if poll and other:
        found += beside(poll, other)
    place = leaf_of(asked.receipt, poll.leaves) if poll and asked.receipt else None
    if poll and asked.receipt and place is None:
        found.append(Finding(LEAVES, "没有这张回执的选票", f"there is no ballot with the receipt {asked.receipt}"))
    for finding in found[:SHOWN]:
        print(finding)
    if found or poll is None:
        print(f"{len(found)}处不符 / {len(found)} things are not right")
        return 1
    _print(poll, place, trusted=trusted is not None)
    return 0


def _print(poll: Poll, place: int | None, *, trusted: bool) -> None:
    head = poll.head
    print("无一不符 / all is right")
    print(f"投票 / poll: {head['poll']} ({poll.kind})")
    names = {"issued": "发出", "cast": "投票", "unused": "未用", "spoiled": "作废"}
    print("  ".join(f"{chinese} / {name}: {head[name]}" for name, chinese in names.items()))
    print(f"根 / root: {head['root']}")
    print(f"公钥 / key: {fingerprint(poll.key)}")
    if not trusted:
        print("请与公告上的公钥核对 / compare this key with the one on the notice, or give it with --key")
    if place is not None:
        print(f"这张票在票箱里：第{place}个叶值 / this ballot is in: leaf {place}")


if __name__ == "__main__":
    raise SystemExit(main())
