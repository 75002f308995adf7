"""The tally of a poll is checked by one file alone: whatever is changed in a bundle is found, and named."""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from baolei.programme.ballot import ballot as bytes_of
from baolei.programme.ballot import tally
from baolei.programme.ballot.suppression import BANDS, banded
from baolei.programme.ballot.tally import TallyRefused
from baolei.programme.proof import canonical, root_of
from baolei.warehouse import tally_bundle, verify_tally
from tally_stage import (
    ANSWERS,
    FORM,
    HOUSE,
    POLL,
    STRANGER,
    by_slip,
    by_token,
    der,
    packed,
    reheaded,
    relisted,
    resealed,
    rows,
    run,
    secret,
    slip,
    stage,
    with_rows,
    written,
)

Files = dict[str, bytes]


def found(tmp_path: Path, files: Files, *given: object) -> str:
    """What the verifier says of a forged bundle, run alone; it must not be content."""
    done = run(written(tmp_path, files), *given)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stderr == ""
    assert re.search(r"^\d+处不符 / \d+ things are not right$", done.stdout, re.M)
    return done.stdout


def pem(folder: Path, key: Any) -> Path:
    path = folder / "house.pem"
    path.write_bytes(key.public_key().public_bytes(serialization.Encoding.PEM,
                                                   serialization.PublicFormat.SubjectPublicKeyInfo))  # fmt: skip
    return path


def place_of(files: Files, answers: str) -> int:
    """The line (from 0) of the ballot with these answers."""
    return next(n for n, row in enumerate(rows(files)) if row["answers"] == answers)


# ---- what is right ----


@pytest.mark.parametrize("kind", ["public", "auditors"])
def test_a_right_bundle_is_found_right_by_the_file_alone(kind: str, tmp_path: Path) -> None:
    alone = tmp_path / "elsewhere" / "verify_tally.py"
    alone.parent.mkdir()
    alone.write_bytes(tally_bundle.script())
    done = run(written(tmp_path, getattr(stage(), kind)()), "--key", pem(tmp_path, HOUSE), script=alone)
    assert (done.returncode, done.stderr) == (0, "")
    assert "无一不符 / all is right" in done.stdout
    assert "发出 / issued: 20  投票 / cast: 15  未用 / unused: 4  作废 / spoiled: 1" in done.stdout
    assert stage().sealed.head["root"] in done.stdout
    assert "compare this key" not in done.stdout


def test_it_uses_nothing_but_the_standard_library_and_cryptography() -> None:
    script = tally_bundle.script().decode()
    modules = set(re.findall(r"^\s*(?:import|from) (\w+)", script, re.M))
    assert modules - {"cryptography"} <= sys.stdlib_module_names


def test_without_a_key_it_says_what_to_compare(tmp_path: Path) -> None:
    done = run(written(tmp_path, stage().public()))
    assert done.returncode == 0
    assert "compare this key with the one on the notice" in done.stdout
    assert verify_tally.fingerprint(HOUSE.public_key()) in done.stdout


@pytest.mark.parametrize("kind", ["public", "auditors"])
def test_the_same_poll_is_the_same_file_to_the_byte(kind: str) -> None:
    assert packed(getattr(stage(), kind)()) == packed(getattr(stage(), kind)())


def test_no_words_and_no_ballot_are_in_everybodys_bundle() -> None:
    public, auditors = packed(stage().public()), packed(stage().auditors())
    assert "ballots.jsonl" not in stage().public()
    for n in range(len(ANSWERS)):
        assert secret(n).hex().encode() not in public
    for words in ("牧场的路要修", "多开会"):
        assert words.encode() not in public + auditors
        assert hashlib.sha256(words.encode()).hexdigest().encode() not in public


def test_a_poll_without_tokens_or_without_ballots_is_found_right(tmp_path: Path) -> None:
    for cast in ([], [by_slip(n, answers) for n, answers in enumerate(ANSWERS)]):
        sealed = tally.seal(POLL, FORM, cast, key=HOUSE, slips=[slip(n) for n in range(13)], spoiled=1)
        for files in (tally_bundle.auditors(sealed, HOUSE), tally_bundle.everybodys(sealed, HOUSE)):
            done = run(written(tmp_path, files))
            assert done.returncode == 0, done.stdout


# ---- totals that are shown ----


def test_totals_are_shown_where_they_may_be_and_as_bands_where_few_agree(tmp_path: Path) -> None:
    cast = [by_slip(n, answers) for n, answers in enumerate(["111", "121", "132", "243", "144", "1-1"])]
    sealed = tally.seal(POLL, FORM, cast, key=HOUSE, slips=[slip(n) for n in range(6)])
    files = tally_bundle.everybodys(sealed, HOUSE, exact={0, 2})
    assert json.loads(files["totals.json"]) == {"cast": 6, "valid": 6, "questions": [
        {"band": "better"}, {"band": ""}, {"grades": [3, 1, 1, 1], "unknown": 0, "blank": 0}]}  # fmt: skip
    assert run(written(tmp_path, files)).returncode == 0
    assert "totals.json" not in tally_bundle.everybodys(sealed, HOUSE)
    naked = {**files, "totals.json": canonical({"cast": 6, "valid": 6, "questions": [
        {"grades": [5, 1, 0, 0], "unknown": 0, "blank": 0}] * 3})}  # fmt: skip
    assert "totals.json: 第1题几乎一致" in found(tmp_path, relisted(naked, HOUSE))


def test_totals_of_too_few_valid_ballots_are_not_written_and_not_let_pass(tmp_path: Path) -> None:
    cast = [by_slip(n, answers) for n, answers in enumerate(["123", "231", "312", "142", "0-1", "--2"])]
    sealed = tally.seal(POLL, FORM, cast, key=HOUSE, slips=[slip(n) for n in range(6)])
    with pytest.raises(TallyRefused, match="there are 4 valid ballots"):
        tally_bundle.everybodys(sealed, HOUSE, exact={0})
    files = tally_bundle.everybodys(sealed, HOUSE)
    files["totals.json"] = canonical({"cast": 6, "valid": 4, "questions": [{"band": ""}] * 3})
    assert "4 valid ballots: totals of so many are not shown" in found(tmp_path, relisted(files, HOUSE))


@pytest.mark.parametrize(("changed", "says"), [
    ({"cast": 14}, "it does not fit the form or the head"), ({"questions": []}, "it does not fit the form"),
    ({"valid": "15"}, "it does not fit the form"),
    ({"questions": [{"grades": [9, 9, 9, 9], "unknown": 0, "blank": 0}] * 3}, "question 1 does not add up"),
    ({"questions": [{"grades": [-1, 4, 4, 4], "unknown": 0, "blank": 0}] * 3}, "question 1 does not add up"),
    ({"questions": [{"band": "splendid"}] * 3}, "it is not as Baolei writes it"),
    ({"questions": [{"grades": [15], "unknown": 0, "blank": 0}] * 3}, "question 1 is not written as it should be"),
])  # fmt: skip
def test_totals_that_cannot_be_are_found(changed: dict[str, Any], says: str, tmp_path: Path) -> None:
    files = stage().public()
    files["totals.json"] = canonical({**json.loads(files["totals.json"]), **changed})
    assert says in found(tmp_path, relisted(files, HOUSE))


def test_the_verifier_bands_as_the_house_does() -> None:
    chance = random.Random(5)
    for _ in range(3000):
        numbers = [chance.choice((0, 0, 1, 4, 6)) for _ in range(chance.randint(1, 5) + 2)]
        assert verify_tally.banded(numbers[:-2], *numbers[-2:]) == (banded(numbers) or "")
    assert tuple(BANDS) == verify_tally.BANDS


# ---- a changed bit ----


@pytest.mark.parametrize("kind", ["public", "auditors"])
def test_a_flipped_bit_anywhere_is_found(kind: str, tmp_path: Path) -> None:
    data, chance = packed(getattr(stage(), kind)()), random.Random(1)
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        heads = [entry.header_offset + at for entry in archive.infolist() for at in (0, 7, 14, 20, 27, 30)]
    for at in {*heads, *range(len(data) - 700, len(data)), *chance.sample(range(len(data)), 300)}:
        forged = bytearray(data)
        forged[at] ^= 1 << chance.randrange(8)
        path.write_bytes(forged)
        assert verify_tally.check(path)[1] != [], at


@pytest.mark.parametrize("name", sorted(stage().auditors()))
def test_a_flipped_bit_names_the_file_it_is_in(name: str, tmp_path: Path) -> None:
    files = stage().auditors()
    data = bytearray(packed(files))
    at = data.index(files[name]) + len(files[name]) // 2
    data[at] ^= 4
    path = tmp_path / "bundle.zip"
    path.write_bytes(data)
    done = run(path)
    assert done.returncode == 1
    assert re.search(rf"^{re.escape(name)}(:\d+)?: ", done.stdout, re.M), done.stdout


def test_a_flipped_bit_in_a_ballot_names_the_ballot(tmp_path: Path) -> None:
    files = stage().auditors()
    data = bytearray(packed(files))
    line = files["ballots.jsonl"].splitlines()[6]
    at = data.index(line) + line.index(b'"proof":"') + 12
    data[at] ^= 1
    path = tmp_path / "bundle.zip"
    path.write_bytes(data)
    said = run(path).stdout
    assert "ballots.jsonl:7: 这张票被改动" in said
    assert "leaves.txt:7: " in said


# ---- a forger without the house's key, who makes everything else fit ----


def test_an_altered_ballot_is_found_and_named(tmp_path: Path) -> None:
    files = stage().auditors()
    ballots, at = rows(files), place_of(files, "234")
    ballots[at]["answers"] = "111"
    said = found(tmp_path, relisted(with_rows(files, ballots)))
    assert f"ballots.jsonl:{at + 1}: 这张票被改动" in said
    assert f"leaves.txt:{at + 1}: " in said
    assert "manifest.sig: 签名与manifest.json不符" in said


def test_a_dropped_ballot_is_found_and_named(tmp_path: Path) -> None:
    files = stage().auditors()
    ballots = rows(files)
    del ballots[4]
    said = found(tmp_path, relisted(with_rows(files, ballots)))
    assert "leaves.txt:5: " in said
    assert "it was dropped or altered" in said
    gone = [line for n, line in enumerate(files["leaves.txt"].splitlines(keepends=True)) if n != 4]
    said = found(tmp_path, relisted({**with_rows(files, ballots), "leaves.txt": b"".join(gone)}))
    assert "leaves.txt: 有14张票，票根说15张" in said
    assert "the signed head says another root" in said


def test_an_added_ballot_is_found_and_named(tmp_path: Path) -> None:
    files = stage().auditors()
    ballot, proof = by_slip(13, "111")
    added = {"kind": 1, "cred": ballot.cred.hex(), "rev": 0, "answers": "111", "said": "", "proof": proof.hex()}
    said = found(tmp_path, relisted(with_rows(files, [*rows(files), added])))
    assert "ballots.jsonl:16: 这张票被改动，或者是添进来的" in said
    leaves = sorted([*files["leaves.txt"].split(), bytes_of.leaf(ballot, proof).hex().encode()])
    everything = {**files, "leaves.txt": b"".join(leaf + b"\n" for leaf in leaves)}
    said = found(tmp_path, relisted(with_rows(everything, [*rows(files), added])))
    assert "the signed head says another root" in said


def test_another_head_needs_the_houses_key(tmp_path: Path) -> None:
    files = stage().public()
    said = found(tmp_path, relisted({**files, "head.json": canonical({**json.loads(files["head.json"]), "unused": 3,
                                                                     "spoiled": 2})}))  # fmt: skip
    assert "head.sig: 签名与head.json不符 / this is no signature of head.json by the house's key" in said
    assert "manifest.sig: " in said


def test_everything_signed_by_a_stranger_is_found_with_the_houses_key_only(tmp_path: Path) -> None:
    sealed = stage().sealed
    own = tally_bundle.auditors(replace(sealed, signature=tally.signed(sealed.head, STRANGER)), STRANGER)
    assert run(written(tmp_path, own)).returncode == 0  # why it asks to compare the key
    said = found(tmp_path, own, "--key", pem(tmp_path, HOUSE))
    assert "key.pem: 不是所给的公钥" in said
    assert "head.sig" in said


@pytest.mark.parametrize(
    ("name", "says"), [("form.json", "form"), ("slips.txt", "slips"), ("token_key.pem", "token_key")]
)
def test_what_was_asked_and_who_might_vote_are_bound_by_the_head(name: str, says: str, tmp_path: Path) -> None:
    files = stage().public()
    other = {
        "form.json": canonical({**FORM, "questions": [{"zh": "别的"}, *FORM["questions"][1:]]}),
        "slips.txt": b"".join(sorted(slip(n).hex().encode() + b"\n" for n in range(1, 17))),
        "token_key.pem": tally_bundle._pem(rsa.generate_private_key(65537, 2048).public_key()),
    }[name]
    said = found(tmp_path, relisted({**files, name: other}, HOUSE))
    assert f"{name}: 与签名的票根不符" in said
    assert f"the signed head says another {says}" in said


def test_a_file_too_many_or_too_few_is_found(tmp_path: Path) -> None:
    files = stage().auditors()
    assert "names.csv: 包里有，清单里没有" in found(tmp_path, {**files, "names.csv": b"x"})
    assert "totals.json: 清单里有，包里没有" in found(tmp_path, {n: d for n, d in files.items() if n != "totals.json"})
    assert "缺少leaves.txt" in found(tmp_path, {n: d for n, d in files.items() if n != "leaves.txt"})


# ---- a dishonest house, which signs whatever it likes ----


def test_a_ballot_of_a_slip_that_was_not_printed_is_found(tmp_path: Path) -> None:
    said = found(tmp_path, resealed([*stage().sealed.cast, by_slip(16, "111")], unused=3))
    assert "its credential is none of the slips that were printed" in said


def test_a_slip_whose_secret_the_house_does_not_know_cannot_be_cast(tmp_path: Path) -> None:
    ballot, _secret = by_slip(13, "111")
    said = found(tmp_path, resealed([*stage().sealed.cast, (ballot, bytes(20))], unused=3))
    assert "the secret of its slip does not give its credential" in said


def test_a_credential_that_was_cast_twice_is_found(tmp_path: Path) -> None:
    said = found(tmp_path, resealed([*stage().sealed.cast, by_slip(0, "444")], unused=3))
    assert re.search(r"ballots\.jsonl:\d+: 凭证与第\d+行相同：投了两次", said)


def test_a_token_that_the_polls_key_did_not_sign_is_found(tmp_path: Path) -> None:
    other = rsa.generate_private_key(65537, 2048)
    said = found(tmp_path, resealed([*stage().sealed.cast, by_token("111", key=other)], unused=3))
    assert "its token was not signed by the key of this poll" in said


def test_a_token_ballot_altered_by_the_house_is_found(tmp_path: Path) -> None:
    cast = list(stage().sealed.cast)
    at = next(n for n, (ballot, _proof) in enumerate(cast) if ballot.answers == "333")
    cast[at] = replace(cast[at][0], answers="111"), cast[at][1]
    said = found(tmp_path, resealed(cast))
    assert "it was altered after it was cast" in said
    assert said.count("ballots.jsonl:") == 1


def test_a_token_of_another_poll_or_none_is_found(tmp_path: Path) -> None:
    ballot, proof = by_token("111")
    for forged, says in (
        ((replace(ballot, cred=bytes(32)), proof), "its token does not give its credential"),
        ((ballot, proof[:-1]), "its token is not as long as a token"),
        ((ballot, bytes(91) + proof[91:]), "its token is not as long as a token"),
        ((ballot, proof[:26] + b"\x04" + bytes(64) + proof[91:]), "it was not signed with its token"),
    ):
        assert says in found(tmp_path, resealed([*stage().sealed.cast, forged], unused=3))


def test_more_tokens_than_were_signed_are_found(tmp_path: Path) -> None:
    more = [by_token("111"), by_token("222")]
    said = found(tmp_path, resealed([*stage().sealed.cast, *more], unused=2))
    assert "ballots.jsonl: 网上凭证的选票多于签发的" in said


def test_a_token_in_a_poll_of_slips_is_found(tmp_path: Path) -> None:
    sealed = tally.seal(POLL, FORM, [by_slip(0, "111")], key=HOUSE, slips=[slip(n) for n in range(3)])
    ballot, proof = by_token("222")
    pairs = sorted([*sealed.cast, (ballot, proof)], key=lambda pair: bytes_of.leaf(*pair))
    leaves = tuple(bytes_of.leaf(*pair) for pair in pairs)
    head = tally.head_of(POLL, FORM, tally.counts(3, 2, 0), leaves, sealed.slips, b"")
    own = replace(sealed, cast=tuple(pairs), leaves=leaves, head=head, signature=tally.signed(head, HOUSE))
    assert "this poll has none" in found(tmp_path, tally_bundle.auditors(own, HOUSE))


@pytest.mark.parametrize(("changed", "says"), [
    ({"unused": 5}, "issued is not cast, unused and spoiled together"),
    ({"cast": 14, "unused": 5}, "the head says that 14 ballots were cast"),
    ({"issued": 15, "unused": 0, "spoiled": 0}, "there are 16 slips, the head says that 15 credentials were issued"),
    ({"unused": -1}, "the head does not say what a head says"), ({"poll": "12"}, "the head does not say"),
    ({"root": "0" * 64}, "the signed head says another root"), ({"voters": 3}, "the head does not say"),
])  # fmt: skip
def test_a_head_that_cannot_be_is_found(changed: dict[str, Any], says: str, tmp_path: Path) -> None:
    assert says in found(tmp_path, reheaded(stage().public(), **changed))


def test_leaves_out_of_order_or_twice_are_found(tmp_path: Path) -> None:
    files = stage().public()
    leaves = files["leaves.txt"].splitlines(keepends=True)
    for order in ([1, 0, *range(2, 15)], [0, 0, *range(2, 15)]):
        moved = [leaves[n] for n in order]
        root = root_of(leaf.strip().decode() for leaf in moved)
        said = found(tmp_path, reheaded({**files, "leaves.txt": b"".join(moved)}, root=root))
        assert "leaves.txt:2: 次序不对，或者重复" in said
    assert "leaves.txt:15: 最后一行不完整" in found(tmp_path, relisted({**files, "leaves.txt": b"".join(leaves)[:-1]}))
    assert "leaves.txt:1: 不是六十四位" in found(tmp_path, relisted({**files, "leaves.txt": b"\xff\n"}))


def test_ballots_out_of_the_order_of_their_leaves_are_found(tmp_path: Path) -> None:
    files = stage().auditors()
    ballots = rows(files)
    ballots[2], ballots[3] = ballots[3], ballots[2]
    said = found(tmp_path, relisted(with_rows(files, ballots), HOUSE))
    assert "ballots.jsonl:4: 次序不对：它是第3个叶值" in said


@pytest.mark.parametrize("changed", [
    {"answers": "11"}, {"answers": "115"}, {"answers": "---"}, {"answers": 111}, {"kind": 3}, {"rev": 100},
    {"rev": "0"}, {"cred": "AB" * 32}, {"cred": "ab"}, {"said": "ab"}, {"proof": "xy"}, {"name": "somebody"},
])  # fmt: skip
def test_a_ballot_that_cannot_be_is_found_and_named(changed: dict[str, Any], tmp_path: Path) -> None:
    files = stage().auditors()
    ballots = rows(files)
    ballots[8] |= changed
    said = found(tmp_path, relisted(with_rows(files, ballots), HOUSE))
    assert "ballots.jsonl:9: 这张票读不出来，或者不合样式" in said


def test_totals_that_are_not_those_of_the_ballots_are_found(tmp_path: Path) -> None:
    files = stage().auditors()
    said = json.loads(files["totals.json"])
    said["questions"][1]["grades"][0] += 1
    forged = relisted({**files, "totals.json": canonical({**said, "valid": said["valid"] + 1})}, HOUSE)
    told = found(tmp_path, forged)
    assert f"valid is {said['valid']} by the ballots, not {said['valid'] + 1}" in told
    assert "totals.json: 第2题与选票不符" in told
    forged = relisted({**files, "totals.json": canonical({**said, "questions": said["questions"][:2]})}, HOUSE)
    assert "it has not as many questions as the form" in found(tmp_path, forged)


# ---- receipts, two bundles, misuse ----


def test_a_voter_finds_the_ballot_of_a_receipt(tmp_path: Path) -> None:
    bundle = written(tmp_path, stage().public())
    for place in (0, 7, 14):
        code = bytes_of.receipt(stage().sealed.leaves[place])
        for typed in (code, code.upper().replace("-", " "), code.translate(str.maketrans("olbg", "0189"))):
            done = run(bundle, "--receipt", typed)
            assert done.returncode == 0
            assert f"this ballot is in: leaf {place + 1}" in done.stdout


def test_a_receipt_that_is_not_in_is_told(tmp_path: Path) -> None:
    said = found(tmp_path, stage().public(), "--receipt", "aaaa-aaaa-aaaa-aaaa")
    assert "leaves.txt: 没有这张回执的选票 / there is no ballot with the receipt aaaa-aaaa-aaaa-aaaa" in said


def test_both_bundles_of_a_poll_tell_the_same(tmp_path: Path) -> None:
    public, auditors = (written(tmp_path, getattr(stage(), kind)(), f"{kind}.zip") for kind in ("public", "auditors"))
    assert run(public, "--beside", auditors).returncode == run(auditors, "--beside", public).returncode == 0
    files = stage().public()
    said = json.loads(files["totals.json"])
    said["questions"][0]["grades"][:2] = said["questions"][0]["grades"][1::-1]
    said["questions"][2] = {"band": "worse"}
    told = found(tmp_path, relisted({**files, "totals.json": canonical(said)}, HOUSE), "--beside", auditors)
    assert "totals.json: 第1题与选票不符" in told
    assert "totals.json: 第3题与选票不符" in told
    other = tally.seal(POLL, FORM, list(stage().sealed.cast)[1:], key=HOUSE, slips=stage().sealed.slips, tokens=4,
                       token_key=stage().sealed.token_key)  # fmt: skip
    told = found(tmp_path, tally_bundle.everybodys(other, HOUSE, exact={0, 1, 2}), "--beside", auditors)
    assert "head.json: 两个包不同" in told
    assert "leaves.txt: 两个包不同" in told


def test_what_cannot_be_checked_ends_with_2(tmp_path: Path) -> None:
    bundle = written(tmp_path, stage().public())
    strange = tmp_path / "strange.pem"
    strange.write_text("no key")
    for given in ((), (tmp_path / "none.zip",), (bundle, "--key", tmp_path / "none.pem"), (bundle, "--key", strange),
                  (bundle, "--receipt", "12345"), (bundle, "--all")):  # fmt: skip
        done = run(*given)
        assert done.returncode == 2, given
        assert done.stdout + done.stderr


def test_what_is_no_bundle_is_told_and_never_breaks_the_verifier(tmp_path: Path) -> None:
    files = stage().auditors()
    strange = [
        {**files, "head.json": b"[]"}, {**files, "form.json": canonical({"questions": [], "grades": []})},
        {**files, "form.json": canonical({**FORM, "least": 9})}, {**files, "form.json": b"\xff"},
        {**files, "manifest.json": canonical({"format": "another"})}, {**files, "key.pem": files["token_key.pem"]},
        {**files, "key.pem": b""}, {**files, "manifest.sig": b"zz"}, {**files, "totals.json": canonical({})},
        {**files, "manifest.json": b"[" * 100_000}, {**files, "ballots.jsonl": b"{}\n[]\n1\n" + b"[" * 100_000},
        {**files, "ballots.jsonl": b""}, {**files, "head.json": json.dumps(json.loads(files["head.json"])).encode()},
    ]  # fmt: skip
    for forged in strange:
        found(tmp_path, forged)
    for data in (b"", b"PK", packed(files)[:-30], packed(files) + b"x", b"x" + packed(files)):
        path = tmp_path / "broken.zip"
        path.write_bytes(data)
        assert run(path).returncode == 1
    with zipfile.ZipFile(tmp_path / "other.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    done = run(tmp_path / "other.zip")
    assert done.returncode == 1
    assert "was packed by another program" in done.stdout


def test_without_cryptography_it_says_what_to_install(tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    script = tmp_path / "verify_tally.py"
    shutil.copy(verify_tally.__file__, script)
    done = subprocess.run([bare / "bin" / "python", "-I", script, written(tmp_path, stage().public())],
                          capture_output=True, text=True, encoding="utf-8", check=False)  # fmt: skip
    assert done.returncode == 2
    assert "pip install cryptography" in done.stdout


def test_only_fifty_findings_are_printed_and_all_are_counted(tmp_path: Path) -> None:
    cast = [by_slip(n, "111") for n in range(80)]
    sealed = tally.seal(POLL, FORM, cast, key=HOUSE, slips=[slip(n) for n in range(80)])
    files = tally_bundle.auditors(sealed, HOUSE)
    said = found(tmp_path, relisted(with_rows(files, [{**row, "answers": "222"} for row in rows(files)]), HOUSE))
    assert len(said.splitlines()) == verify_tally.SHOWN + 1
    assert said.splitlines()[-1].startswith("163处不符")


def test_the_key_of_the_tokens_is_in_the_bundle_as_the_notice_has_it() -> None:
    key = serialization.load_pem_public_key(stage().public()["token_key.pem"])
    assert der(key) == stage().sealed.token_key
