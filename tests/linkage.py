"""Attackers who may read everything after the event and want to know whose a ballot is.

What they all may read is what `Found` holds: the house's list of who was issued a credential, in the order in which
its rows lie (that is the order of issue), the ballots as the urn's tables show them now, with whatever the database
keeps of a row beside its columns, and every file of both databases, of the backups and of the casting host's log. Each
attacker says below which part it uses. A guess names for each person one ballot.
"""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import factorial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

Guess = Mapping[str, bytes]


@dataclass
class Found:
    """What there is. `people` and `rows` have, beside the person or the ballot, the transaction that wrote the row
    (None where the database keeps none) and where the row lies; `rows` by table. A ballot is known by the first of its
    `marks`, and may be found in a file by any of them. `files` by their names behind those of their kind: `store/`
    (tables and indexes as they lie on the disk), `log/` (write-ahead logs), `backup/`, `host/`; each with the time at
    which it was last written.
    """

    people: list[tuple[str, int | None, Any]]
    rows: dict[str, list[tuple[bytes, int | None, Any]]]
    marks: dict[bytes, list[bytes]]
    files: dict[str, tuple[float, bytes]] = field(default_factory=dict)
    waldump: Path | None = None

    def add(self, kind: str, folder: Path, *, since: float = 0.0) -> None:
        """Add the files at or below a folder, or one file, that were written since then."""
        for file in [folder] if folder.is_file() else sorted(folder.rglob("*")):
            try:
                if file.is_file() and file.stat().st_mtime >= since:
                    self.files[f"{kind}/{file}"] = file.stat().st_mtime, file.read_bytes()
            except FileNotFoundError:  # the server deletes what it no longer needs
                continue

    @property
    def in_order_of_issue(self) -> list[str]:
        """The people as their rows lie."""
        return [person for person, _, _ in sorted(self.people, key=lambda row: row[2])]


# ---- attackers ----


def by_transactions(found: Found) -> Iterator[Guess]:
    """Reads the number of the transaction (xmin) that PostgreSQL keeps of each row; joins person and ballot by it."""
    for rows in found.rows.values():
        written = defaultdict(list)
        for ballot, transaction, _ in rows:
            written[transaction].append(ballot)
        yield {
            person: written[mine][0] for person, mine, _ in found.people if mine is not None and len(written[mine]) == 1
        }


def by_rows(found: Found) -> Iterator[Guess]:
    """Reads where rows lie (ctid, rowid, else the order in which a table gives them) and which transaction wrote them:
    the first person has the first ballot.
    """
    for rows in found.rows.values():
        yield ranked(found, [ballot for ballot, _, _ in rows])
        if rows and rows[0][2] is not None:
            yield ranked(found, [row[0] for row in sorted(rows, key=lambda row: row[2])])
            yield ranked(found, [row[0] for row in sorted(rows, key=lambda row: (row[1] or 0, row[2]))])


def by_files(found: Found) -> Iterator[Guess]:
    """Reads the raw files of both databases, what is free in them included, and when each was written last: the order
    in which ballots stand there, forwards, and backwards within pages of 4 and 8 kB, which are filled from their end.
    """
    yield from in_files(found, "store/")


def by_write_ahead_log(found: Found) -> Iterator[Guess]:
    """Reads the bytes of all files of the write-ahead logs that are still there, used or waiting to be used again."""
    yield from in_files(found, "log/")
    segments = [body for name, (_, body) in sorted(found.files.items()) if name.startswith("log/")]
    yield from in_one(found, b"".join(records(one.rstrip(b"\0")) for one in segments))


def by_transactions_in_the_log(found: Found) -> Iterator[Guess]:
    """Reads PostgreSQL's write-ahead log by its own pg_waldump: which transaction wrote which ballot, and the order of
    the commits; then joins with the transactions of the people's rows, or ranks both.
    """
    wrote = in_the_log(found)
    yield ranked(found, list(dict.fromkeys(wrote.values())))
    yield {person: wrote[mine] for person, mine, _ in found.people if mine in wrote}


def by_backups(found: Found) -> Iterator[Guess]:
    """Reads all backups: the order in which ballots stand there, and which of them were in by the time of each."""
    yield from in_files(found, "backup/")


def by_the_log_of_the_host(found: Found) -> Iterator[Guess]:
    """Reads everything that the casting host wrote."""
    yield from in_files(found, "host/")


ATTACKERS: tuple[Callable[[Found], Iterator[Guess]], ...] = (
    by_transactions, by_rows, by_files, by_write_ahead_log, by_transactions_in_the_log, by_backups,
    by_the_log_of_the_host,
)  # fmt: skip


# ---- how they guess ----


def ranked(found: Found, ballots: Sequence[bytes]) -> Guess:
    """The first person, by the order of issue, has the first of these ballots, and so on."""
    return dict(zip(found.in_order_of_issue, ballots, strict=False))


def in_files(found: Found, kind: str) -> Iterator[Guess]:
    """The order of the ballots in each file of a kind, and in all of them by when they were written."""
    first: dict[bytes, None] = {}
    for _, name in sorted((at, name) for name, (at, _) in found.files.items() if name.startswith(kind)):
        body = found.files[name][1]
        yield from in_one(found, body)
        stands = places(found, body)
        first |= dict.fromkeys(sorted(stands, key=stands.__getitem__))
    yield ranked(found, list(first))


def in_one(found: Found, body: bytes) -> Iterator[Guess]:
    """The order of the ballots in a piece of bytes: by where each stands first and last, and backwards within pages."""
    for last in (False, True):
        stands = places(found, body, last=last)
        if not stands:
            return
        yield ranked(found, sorted(stands, key=stands.__getitem__))
        for page in (4096, 8192):
            backwards = {ballot: (at // page, -at) for ballot, at in stands.items()}
            yield ranked(found, sorted(backwards, key=backwards.__getitem__))


def places(found: Found, body: bytes, *, last: bool = False) -> dict[bytes, int]:
    """Where each ballot stands that is there, as bytes or as hex digits."""
    written = body.rstrip(b"\0")  # new files of a log are zeros to their end
    looked = written.rfind if last else written.find
    text = written.isascii()
    stands = {}
    for ballot, marks in found.marks.items():
        for mark in [one.hex().encode() for one in marks] + marks if text else marks:
            if (at := looked(mark)) >= 0:
                stands[ballot] = at
                break
    return stands


SEGMENT, PAGE, HEAD, FIRST_HEAD = 16 << 20, 8192, 24, 40
"""A file of PostgreSQL's write-ahead log, a page of it, and what stands at the head of each page, of the first one."""


def records(segment: bytes) -> bytes:
    """A file of the log without what stands between its pages, so that nothing is cut in two."""
    rest = [segment[at + HEAD : at + PAGE] for at in range(PAGE, len(segment), PAGE)]
    return b"".join([segment[FIRST_HEAD:PAGE], *rest])


RECORD = re.compile(r"len \(rec/tot\): +\d+/ *(\d+), tx: +(\d+), lsn: ([0-9A-F]+)/([0-9A-F]+), .* desc: INSERT")


def in_the_log(found: Found) -> dict[int, bytes]:
    """Which ballot each transaction wrote, in the order of writing."""
    log = {
        Path(name).name: body for name, (_, body) in found.files.items() if re.fullmatch(r"log/.*/[0-9A-F]{24}", name)
    }
    if not found.waldump or not log:
        return {}
    first, last = min(log), max(log)
    with TemporaryDirectory() as folder:  # the server may have deleted its own meanwhile
        for name, body in log.items():
            (Path(folder) / name).write_bytes(body)
        call = [str(found.waldump), f"--path={folder}", first, last]
        said = subprocess.run(call, capture_output=True, text=True, check=False).stdout
    joined = b"".join(records(log[name]) for name in sorted(log))
    begins = (int(first[8:16], 16) << 32) + int(first[16:], 16) * SEGMENT
    long_one = len(records(log[first]))
    wrote: dict[int, bytes] = {}
    for long, transaction, high, low in RECORD.findall(said):
        segment, inside = divmod((int(high, 16) << 32) + int(low, 16) - begins, SEGMENT)
        start = segment * long_one + inside - FIRST_HEAD - inside // PAGE * HEAD
        record = joined[start : start + int(long)]
        held = [ballot for ballot in found.marks if ballot in record]  # by its leaf: its slip was written before
        if len(held) == 1:
            wrote.setdefault(int(transaction), held[0])
    return wrote


# ---- how well ----


def scores(found: Found, truth: Guess) -> tuple[dict[str, int], int]:
    """Of each attacker the people of whom its best guess is right, and how many guesses were made in all."""
    best, number = {}, 0
    for attack in ATTACKERS:
        guesses = list(attack(found))
        number += len(guesses)
        best[attack.__name__] = max((right(guess, truth) for guess in guesses), default=0)
    return best, number


def right(guess: Guess, truth: Guess) -> int:
    """Of how many people a guess is right."""
    return sum(truth[person] == ballot for person, ballot in guess.items())


def more_than_chance(guesses: int) -> int:
    """So many right ones are no chance any more, in one of so many guesses.

    Whoever knows nothing guesses a fixed pairing, and the true one is any permutation: it agrees with the guess in k
    given places with probability (n - k)! / n!, in some k places with C(n, k) (n - k)! / n! = 1 / k! at most. Over all
    guesses of a run that is guesses / k!, which is held below 1 in 10 million: so ten runs raise less than one false
    alarm in a million.
    """
    return next(k for k in range(1, 40) if guesses / factorial(k) < 1e-7)
