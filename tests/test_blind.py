"""What one person has said is nobody's to know before the other has: whatever the first opinion (or the first count of
a pile) says, every page, file and program is answered the same to everybody else, and no other row differs.
"""

from __future__ import annotations

import io
import os
import re
import secrets
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

import stage
from api_stage import token_of
from baolei.ballots.actions import enter_pile
from baolei.ballots.models import Pile
from baolei.people.mandates import WHOLE_HOUSE
from baolei.people.models import Account, InTree
from baolei.people.roles import roles
from baolei.reviews.models import Opinion
from baolei.rounds.models import Round
from contents import contents, differing
from review_stage import BANNER, NOW, OWN, TOWNSHIP, cast, opine, person, step_of, under_review
from round_stage import begun, declaration_of, filled, passed
from test_access_matrix import NUMBERS, PROGRAMS, QUERIES, WORDS, addresses, in_few_words, said

pytestmark = [pytest.mark.django_db, pytest.mark.one_store, pytest.mark.usefixtures("english")]

MARKER = "唯独他说的话"
PILE, OTHER_PILE = "41-03\n41-03\n11111", "22222"
FORMATS = ("", "format=csv", "format=xlsx")
FEW = ("second",)
"""Who is asked in the check; `make matrix` asks from every place, with every question that pages know."""
PLACED = (*FEW, "clerk", "secretary", "banner", "league", "region", "elsewhere", "nobody")
EVERYBODY = (*PLACED, *roles())
ALL = os.environ.get("BAOLEI_MATRIX") == "all"
NEAREST = ("banner", "secretary")
"""Who is asked in the long tests: above it, and of whom it speaks."""

Act = Callable[[], object]


@pytest.fixture(autouse=True)
def plainly_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages as the matrix asks for them; and every salt the same, so that only what is said can make a difference."""
    in_few_words(monkeypatch)
    monkeypatch.setattr(secrets, "token_hex", lambda length=32: "5" * 2 * length)


def reader(who: str, people: dict[str, list[Account]]) -> Account | None:
    """Somebody who looks: of the step itself, of a level above it, of another league, or of any role at the banner."""
    if who in people:
        return people[who][0]
    if who in ("clerk", "second"):
        return people["township"][0 if who == "clerk" else 2]
    if who == "nobody":
        return None
    if who in ("secretary", "elsewhere"):
        return stage.mandated(OWN, "branch_secretary") if who == "secretary" else stage.mandated("1502")
    tree = roles()[who].tree
    if tree == InTree.PARTY:
        return person(who, who, "", InTree.PARTY, stage.branch(OWN).path)
    return person(who, who, "" if tree == InTree.NONE else BANNER, InTree(tree), WHOLE_HOUSE.path)


def numbers_of(this: Round, code: str = OWN) -> dict[str, int]:
    """The number of each record of the round about a branch, 1 for those that it has none of."""
    mine = declaration_of(this, code)
    step = mine.steps.first()
    found = {"round": this.pk, "declaration": mine.pk, "organisation": mine.organisation_id, "unit": mine.unit_id}
    return dict.fromkeys(NUMBERS, 1) | found | ({"step": step.pk} if step else {})


def asked(numbers: dict[str, int]) -> Iterator[tuple[str, bool]]:
    """Every address of the house about the round, with every question that pages know; whether it is a program's."""
    words = {**WORDS, "branch": [OWN], "unit": [TOWNSHIP], "branches": [TOWNSHIP]}
    every = slice(None) if ALL else slice(1)
    for name, route in addresses():
        for word in words.get(name, ["x"])[every if name not in ("on_review", "pile") else slice(None)]:
            address = route
            for one in re.findall(r"<(?:\w+:)?(\w+)>", route):
                value = str(numbers[one]) if f"<int:{one}>" in route else word
                address = re.sub(rf"<(?:\w+:)?{one}>", value, address)
            for query in QUERIES.get(name, [""])[every]:
                yield address + query, route.startswith(PROGRAMS)


def told(
    account: Account | None, numbers: dict[str, int], table: str, only: set[str] | None = None
) -> tuple[dict[str, str], set[str]]:
    """What somebody is answered at every address (or at some), as a page and as each file; and those of them for which
    rows of a table were read. Nothing is kept of what a request did.
    """
    client = Client(raise_request_exception=False)
    if account:
        client.force_login(account)
    secret = token_of(account)[1] if account and account.mandates.exists() else ""
    found, touched = dict[str, str](), set[str]()
    for address, program in asked(numbers):
        for form in FORMATS[: 1 if program or "format=" in address else 3]:
            whole = address + (("&" if "?" in address else "?") + form if form else "")
            if only is not None and whole not in only:
                continue

            def note(execute: Any, sql: str, *rest: Any, here: str = whole) -> Any:
                if table in sql:
                    touched.add(here)
                return execute(sql, *rest)

            with transaction.atomic(), connection.execute_wrapper(note):
                answer = client.get(whole, headers={"Authorization": f"Bearer {secret}"} if program else {})
                found[whole] = unpacked(answer) if form == "format=xlsx" else said(answer)
                transaction.set_rollback(True)
            if not form and (answer.status_code != 200 or b" download" not in answer.content):
                break  # what a page does not offer as a file there is not: tests/test_exports.py
    return found, touched


def unpacked(answer: Any) -> str:
    """The words and numbers of a workbook."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] != b"PK":
        return f"{answer.status_code}"
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "".join(book.read(one).decode() for one in sorted(book.namelist()) if one.startswith("xl/"))


def leaks(
    one: Act, other: Act, marker: str, account: Account | None, numbers: dict[str, int], table: str
) -> tuple[list[str], set[str]]:
    """The addresses at which somebody can tell which of two acts was done, by a word of it or by any difference; and
    those at which rows of the table are read at all.
    """
    with transaction.atomic():
        one()
        before, touched = told(account, numbers, table)
        transaction.set_rollback(True)
    with transaction.atomic():
        other()
        after, _ = told(account, numbers, table, touched)
        transaction.set_rollback(True)
    told_apart = [at for at, text in before.items() if marker in text or (at in touched and after.get(at) != text)]
    return told_apart, touched


def left(act: Act, *but: str) -> dict[str, Any]:
    """What stands in the store after an act that is then undone."""
    with transaction.atomic():
        act()
        found = contents(*but)
        transaction.set_rollback(True)
    return found


# ---- opinions ----


@pytest.fixture
def people(db: None) -> dict[str, list[Account]]:
    return cast()


@pytest.fixture
def this(people: Any) -> Round:
    return under_review()


def first_opinion(this: Round, people: Any, verdict: str) -> Act:
    reasons = {} if verdict == "pass" else {"first_agenda": MARKER}
    return lambda: opine(step_of(this), people["township"][1], verdict, **reasons)


def test_no_other_row_of_the_store_knows_what_an_opinion_says(this: Round, people: Any) -> None:
    acts = [first_opinion(this, people, verdict) for verdict in ("pass", "reject", "return")]
    one, *others = (left(act, "reviews.Opinion") for act in acts)
    assert all(differing(one, other) == [] for other in others)
    assert differing(left(acts[0]), left(acts[1])) == ["reviews.Opinion"]  # where it must differ


@pytest.mark.parametrize("who", [
    one if one in FEW else pytest.param(one, marks=pytest.mark.long) for one in (PLACED if ALL else (*FEW, *NEAREST))
])  # fmt: skip
def test_nobody_anywhere_can_tell_what_the_first_opinion_says(this: Round, people: Any, who: str) -> None:
    acts = [first_opinion(this, people, verdict) for verdict in ("reject", "pass")]
    found, read = leaks(*acts, MARKER, reader(who, people), numbers_of(this), Opinion._meta.db_table)
    assert found == []
    if who in ("second", "clerk"):  # else the test shows nothing
        assert {"/reviews/", reverse("review", args=[step_of(this).pk])} <= read


def test_once_both_are_in_those_read_it_who_judge_it_or_answer_from_above(this: Round, people: Any) -> None:
    first_opinion(this, people, "reject")()
    opine(step_of(this), people["township"][2], "reject")
    read = set()
    for who in EVERYBODY:
        client, account = Client(), reader(who, people)
        if account:
            client.force_login(account)
        if MARKER in client.get(reverse("review", args=[step_of(this).pk])).content.decode():
            read.add(who)
    assert read == {"clerk", "second", "banner", "league", "region", *at_the_banner()}


def at_the_banner() -> set[str]:
    """The roles that open the records of a unit: held at the banner, above the body whose opinions they are."""
    return {code for code, role in roles().items() if role.tree == InTree.UNIT and "records" in role.reads}


# ---- piles of paper ballots ----


@pytest.fixture
def collecting(people: Any) -> Round:
    """A round whose ballots are collected, with one branch that has handed in."""
    made = begun()
    filled(declaration_of(made, OWN))
    return passed(made)


def first_look(this: Round, people: Any, text: str, spoiled: int = 0) -> Act:
    return lambda: enter_pile(actor=people["township"][0], now=NOW, declaration=declaration_of(this, OWN), source="mem",
                              text=text, issued=9, spoiled=spoiled)  # fmt: skip


def test_no_other_row_of_the_store_knows_what_the_first_look_found(collecting: Round, people: Any) -> None:
    acts = [first_look(collecting, people, PILE), first_look(collecting, people, OTHER_PILE, 2)]
    one, other = (left(act, "ballots.Pile") for act in acts)
    digests = [found["ledger.Entry"][-1]["particulars"]["after"].pop("sha256") for found in (one, other)]
    assert digests[0] != digests[1]  # they are of what was found; nobody knows the salt, which is another each time
    for found in (one, other):
        del found["ledger.Head"]
        for row in found["ledger.Entry"]:
            del row["sealed"], row["hash"], row["previous"]
    assert differing(one, other) == []


@pytest.mark.parametrize("who", [
    one if one in ("banner",) else pytest.param(one, marks=pytest.mark.long) for one in (PLACED if ALL else NEAREST)
])  # fmt: skip
def test_nobody_anywhere_can_tell_what_the_first_look_found(
    collecting: Round, people: Any, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("baolei.ballots.actions.digest", lambda pile: "of a salt that nobody knows")
    acts = [first_look(collecting, people, PILE), first_look(collecting, people, OTHER_PILE, 2)]
    found, read = leaks(*acts, "41-03", reader(who, people), numbers_of(collecting), Pile._meta.db_table)
    assert found == []
    if who == "banner":  # else the test shows nothing
        assert reverse("piles", args=[collecting.pk]) in read
