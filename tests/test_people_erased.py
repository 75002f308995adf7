"""Whoever has left may be erased: no column of any table tells the name, and no figure changes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

import sheets_stage
import stage
from baolei.front.keeping import erasing
from baolei.ledger.actions import record
from baolei.ledger.models import Entry
from baolei.ledger.verify import verify
from baolei.life.models import Appraisal, Gathering, Grade
from baolei.organisations import members
from baolei.organisations.acts import Act
from baolei.organisations.models import Member, Membership
from baolei.organisations.units import NotPossible
from baolei.people import accounts, second_factor
from baolei.people.accounts import NotAllowed
from baolei.people.models import Account
from baolei.sheets.models import Batch, Change, Row
from baolei.warehouse.rulebook import setup_rules

pytestmark = pytest.mark.django_db
CANARY = "金丝雀其木格"
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
WHY = "本人申请（2026）7号"


def told(word: str) -> list[str]:
    """Every table and column that holds a word."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = connection.ops.quote_name(model._meta.db_table)
            for field in model._meta.concrete_fields:
                column = connection.ops.quote_name(field.column)
                cursor.execute(f"SELECT count(*) FROM {table} WHERE CAST({column} AS text) LIKE %s", [f"%{word}%"])
                if cursor.fetchone()[0]:
                    found.append(f"{model._meta.db_table}.{field.column}")
    return found


def act(day: date) -> Act:
    return Act(actor=None, now=NOW, on=day, why=f"关于{CANARY}", rules=setup_rules(day))


@pytest.fixture
def canary() -> Member:
    """Somebody who was admitted, named in a spreadsheet, searched for, whose page left as a file, and who left."""
    branch = sheets_stage.town()["B1"]
    made = members.admit(act=act(date(2024, 3, 1)), organisation=branch, name=CANARY)
    clerk = Account.objects.create(username="clerk", name="白雪松")
    batch = Batch.objects.create(
        kind="members", unit=stage.unit("150422").unit, day=date(2024, 1, 1), why="名册", name="名册.xlsx", digest="1",
        size=1, sender=clerk, at=NOW, state=Batch.APPLIED,
    )  # fmt: skip
    Row.objects.create(batch=batch, number=2, place=0, state="new", cells=[CANARY], values={"name": CANARY})
    Change.objects.create(batch=batch, chunk=0, table="member", row=made.member_id,
                          before={"name": CANARY}, after={"name": CANARY, "joined": "2024-03-01"})  # fmt: skip
    asked = {"asked": "q=%E9%87%91%E4%B8%9D%E9%9B%80%E5%85%B6%E6%9C%A8%E6%A0%BC"}
    record(actor=clerk, act="house.export", subject="page:/find/", now=NOW, after=asked)
    record(actor=clerk, act="house.export", subject=f"page:/member/{made.member_id}/", now=NOW,
           after={"file": f"{CANARY}.xlsx"})  # fmt: skip
    held: Gathering = Gathering.objects.create(
        organisation=branch, key="1" * 32, on=date(2025, 1, 5), entered=date(2025, 1, 6), by=clerk, should_attend=9,
        minutes=f"{CANARY}发言", decisions=[f"由{CANARY}办理"], agenda=[{"topic": "study", "words": f"{CANARY}领学"}],
    )  # fmt: skip
    said: Appraisal = Appraisal.objects.create(
        organisation=branch, year=2025, gathering=held, decided=date(2025, 1, 6), by=clerk, due=9,
        counts={"excellent": 4}, beyond=f"{CANARY}等受表彰",
    )  # fmt: skip
    Grade.objects.create(appraisal=said, member=made.member, grade="excellent", took_part=True)
    return made.member


def test_nothing_tells_the_name_of_somebody_erased(canary: Member) -> None:
    with pytest.raises(NotPossible):
        erasing.erase_member(actor=None, now=NOW, member=canary, why=WHY)
    members.leave(act=act(date(2025, 6, 1)), member=canary, how=Membership.LEFT)
    assert told(CANARY), "or this test would see nothing"
    spans = list(Membership.objects.filter(member=canary).values_list("organisation", "kind", "since", "until", "how"))
    erasing.erase_member(actor=None, now=NOW, member=canary, why=WHY)
    assert told(CANARY) == []
    assert told("%E9%87%91%E4%B8%9D%E9%9B%80") == []
    assert spans == list(
        Membership.objects.filter(member=canary).values_list("organisation", "kind", "since", "until", "how")
    )
    assert not verify().faults
    last = Entry.objects.order_by("-number").first()
    assert last is not None
    assert (last.act, last.subject) == ("organisations.erase_member", f"member:{canary.pk}")
    with pytest.raises(NotPossible):
        erasing.erase_member(actor=None, now=NOW, member=canary, why=WHY)


def test_nothing_tells_the_name_of_an_account_erased(settings: Any) -> None:
    account, _word = accounts.open_account(actor=None, now=NOW, username="jinsique", name=CANARY, why="试用")
    second_factor.offer(account=account)
    with pytest.raises(NotAllowed):
        accounts.erase_account(actor=None, now=NOW, account=account, why=WHY)
    accounts.disable_account(actor=None, now=NOW, account=account, why="离任")
    accounts.erase_account(actor=None, now=NOW, account=account, why=WHY)
    assert told(CANARY) == told("jinsique") == []
    assert not verify().faults
    account.refresh_from_db()
    assert not account.has_usable_password()


def test_nobody_there_is_said_in_words() -> None:
    for wrong in ("99", "x"):
        with pytest.raises(erasing.NobodyThere, match="the number in the address"):
            erasing.member(wrong)
    with pytest.raises(erasing.NobodyThere, match="no account"):
        erasing.account("nobody")
