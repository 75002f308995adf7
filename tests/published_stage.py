"""Sealed polls and settled piles for the tests, and what an attacker makes of everything that is shown of them."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import combinations, product

from django.test import Client
from django.urls import reverse

import stage
from baolei.ballots import polling, publishing, sealing
from baolei.ballots.models import Pile, Poll, Publication, Sealing
from baolei.ballots.urns import opened as opened_urn
from baolei.people.models import Account
from baolei.programme.ballot.ballot import SLIP, Ballot, slip_hash
from baolei.programme.ballot.suppression import banded
from baolei.rounds.models import Round
from baolei.urn.store import CAST, CLOSED, ISSUE, Cast
from round_stage import NOW, declaration_of, opened, passed

QUESTIONS = 5


def asked_about(branches: Mapping[str, str]) -> Round:
    """A round in which ballots are collected, about branches (code: the code of the unit they serve)."""
    for code, home in branches.items():
        stage.branch(code, home=home)
    return passed(opened("15"), 2)


def set_up(this: Round, *, words: bool = False, sources: Sequence[str] = ("mem",)) -> None:
    """Polls of members for all branches."""
    polling.set_up(actor=None, now=NOW, round=this, sources=sources, revote=False, why="评议", words=words)


def poll_of(this: Round, code: str, source: str = "mem") -> Poll:
    found: Poll = Poll.objects.select_related("declaration__round").get(
        declaration=declaration_of(this, code), source=source
    )
    return found


def cast(poll: Poll, said: Sequence[str], words: Sequence[str] = (), spare: int = 1) -> list[bytes]:
    """Slips printed, begun and cast: one for each of these answers, and some that nobody uses. Their secrets."""
    made = [secrets.token_bytes(20) for _ in range(len(said) + spare)]
    with opened_urn() as urn:
        urn.put_slips((poll.key, slip_hash(poll.key, one)) for one in made)
        urn.set_phase([poll.key], ISSUE)
        urn.set_phase([poll.key], CAST)
        urn.cast([
            Cast(Ballot(SLIP, poll.key, slip_hash(poll.key, secret), 0, answers, comment), secret)
            for secret, answers, comment in zip(made, said, [*words, *[""] * len(said)], strict=False)
        ])  # fmt: skip
        urn.set_phase([poll.key], CLOSED)
    Poll.objects.filter(pk=poll.pk).update(phase=CLOSED, slips=len(made))
    return made


def sealed(this: Round) -> None:
    """What is closed sealed, by the job itself; the round frozen."""
    made = Sealing.objects.create(round=this, total=1)
    sealing.SEALINGS.perform(made.pk)
    Round.objects.filter(pk=this.pk).update(phase="scoring")
    this.refresh_from_db()


def on_paper(this: Round, code: str, said: Sequence[str], source: str = "mem") -> None:
    """A settled pile: counted by two, alike."""
    for look in (1, 2):
        by = Account.objects.get_or_create(username=f"counter-{look}", defaults={"name": "录票人"})[0]
        Pile.objects.create(declaration=declaration_of(this, code), source=source, look=look, by=by,
                            day=date(2026, 3, 2), ballots=sorted(said), entered=len(said), issued=len(said),
                            agrees=look == 2, salt="0")  # fmt: skip


def published(this: Round, actor: Account | None = None) -> Publication:
    """Its totals published, by the job itself."""
    made = publishing.publish(actor=actor, now=NOW, round=this, why="公布")
    publishing.PUBLICATIONS.perform(made.pk)
    made.refresh_from_db()
    return made


# ---- what is shown ----

Line = dict[str, str]


def exported(account: Account, this: Round, units: Sequence[str], source: str = "mem") -> list[Line]:
    """Every line of every file of results that somebody can take, unit by unit."""
    client, address = Client(), reverse("poll_results", args=[this.pk])
    client.force_login(account)
    client.cookies["django_language"] = "en"
    found: dict[tuple[str, str, str], Line] = {}
    for code in units:
        for table in ("totals", "below"):
            asked = {"format": "csv", "source": source, "unit": stage.unit(code).unit_id, "table": table}
            answer = client.get(address, asked)
            text = b"".join(answer).decode("utf-8-sig") if answer.status_code == 200 else ""
            for line in csv.DictReader(io.StringIO(text)):
                found[line["Unit or branch"], line["Given"], line["Question"]] = line
    return list(found.values())


def numbers(line: Line) -> list[int] | None:
    """The numbers of a line, None where there are words."""
    cells = list(line.values())[5:-1]
    return [int(one) for one in cells] if all(cells) else None


# ---- the attacker ----

Cells = dict[tuple[str, str], list[str]]
"""By branch and way (slips, paper) the valid ballots."""


def rank(rows: Sequence[Sequence[int]]) -> int:
    """The rank of a matrix, in fractions."""
    left, found = [[Fraction(value) for value in row] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left = [row for row in left if row is not pivot]
        left = [[a - row[column] / pivot[column] * b for a, b in zip(row, pivot, strict=True)] for row in left]
        found += 1
    return found


def isolated(rows: Sequence[Sequence[int]], sizes: Sequence[int], k: int) -> Iterator[tuple[int, ...]]:
    """Every group of cells of fewer than k ballots of which some sum of the rows tells, and of nobody else."""
    full = rank(rows)
    for size in range(1, k):
        for group in combinations(range(len(sizes)), size):
            if sum(sizes[at] for at in group) < k:
                rest = [[value for at, value in enumerate(row) if at not in group] for row in rows]
                if rank(rest) < full:
                    yield group


def nearly_agreeing(rows: Sequence[Sequence[int]], told: Sequence[Sequence[int]]) -> Iterator[tuple[int, ...]]:
    """Sums and differences of rows that are a group of cells of which the numbers show that few nearly agree."""
    for factors in product((-1, 0, 1), repeat=len(rows)):
        parts = [sum(factor * row[at] for factor, row in zip(factors, rows, strict=True)) for at in range(len(rows[0]))]
        if set(parts) <= {0, 1} and any(parts):
            left = [sum(factor * one[at] for factor, one in zip(factors, told, strict=True)) for at in range(6)]
            if banded(left):
                yield factors
