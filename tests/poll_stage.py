"""Polls for the tests: a round whose ballots are collected, slips printed and taken, ballots cast as the host does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.test import Client

import stage
from baolei.ballots import polling, printing
from baolei.ballots.models import Poll, Printing
from baolei.ballots.urns import opened
from baolei.declarations.models import Declaration
from baolei.organisations.models import Member, Membership
from baolei.people.models import Account
from baolei.programme.ballot.ballot import slip_hash
from baolei.rounds.models import Round, Span
from round_stage import BRANCHES, NOW, begun, declaration_of, filled, passed

OWN, NEXT, FAR = BRANCHES
TOWNSHIP, BANNER, MEMBERS, SERVED = "150422103", "150422", 6, 40
ORIGIN = "https://ballots.example.cn"
FIRST, LAST = date(2026, 3, 30), date(2026, 4, 10)
"""The days on which ballots are cast."""


def on(day: date) -> datetime:
    """Nine in the morning of a day, in China."""
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def collected() -> Round:
    """A round in which ballots are collected, six full members in each of two branches of one township."""
    made = begun()
    for code in (OWN, NEXT):
        mine = declaration_of(made, code)
        for number in range(MEMBERS):
            one = Member.objects.create(name=f"党员{number}")
            Membership.objects.create(member=one, organisation=mine.organisation, kind="full", since=date(2026, 1, 2))
        filled(mine)
    Declaration.objects.filter(round=made).update(served=SERVED)
    this = passed(made)
    Span.objects.filter(round=this, phase="ballots").update(begins=FIRST, ends=LAST)
    return this


def told(**more: Any) -> dict[str, Any]:
    """What every act is told."""
    return {"actor": None, "now": NOW, "why": "年度评议", **more}


def set_up(this: Round, *sources: str, **more: Any) -> int:
    """The polls of a round set up."""
    return polling.set_up(**told(round=this, sources=sources or ("mem",), revote=True, **more))


def asked_to_print(this: Round, capture: Any, code: str = TOWNSHIP) -> list[Printing]:
    """The printings of a unit, worked off."""
    before = set(Printing.objects.values_list("pk", flat=True))
    with capture(execute=True):
        printing.ask_to_print(**told(round=this, unit=stage.unit(code), origin=ORIGIN))
    return list(Printing.objects.exclude(pk__in=before).order_by("path"))


def poll_of(this: Round, code: str = OWN, source: str = "mem") -> Poll:
    """The poll of a source about a branch."""
    found: Poll = Poll.objects.get(declaration=declaration_of(this, code), source=source)
    return found


def own(poll: Poll, secrets: list[bytes]) -> list[bytes]:
    """Those of some secrets that are slips of a poll."""
    with opened() as urn:
        there = set(urn._slips_of(poll.key))
    return [one for one in secrets if slip_hash(poll.key, one) in there]


def asked(account: Account, address: str, **said: Any) -> Any:
    """What somebody is answered: to a form, where something is said."""
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.post(address, said) if said else client.get(address)
