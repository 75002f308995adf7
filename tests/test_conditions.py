"""The page of conditions: gates said at once; vetoes, bonuses, deductions entered and taken back, by the superior."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.declarations import actions, conditions
from baolei.declarations.models import Declaration
from baolei.ledger.models import Entry
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from round_stage import BRANCHES, NOW, begun, declaration_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
OWN = BRANCHES[0]
DOCUMENT = {"document": "纪检意见〔2026〕3号", "why": "核实"}


@pytest.fixture
def mine() -> Declaration:
    return declaration_of(begun(), OWN)


@pytest.fixture
def clerk() -> Account:
    return stage.mandated("150422", "banner_clerk")


def asked(account: Account, mine: Declaration, query: str = "", **said: Any) -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    address = reverse("conditions", args=[mine.pk]) + query
    return client.post(address, said, follow=True) if said else client.get(address)


def marks(mine: Declaration) -> dict[str, int]:
    return dict(mine.marks.values_list("code", "value"))


def event(condition: str, matter: str = "", **other: str) -> dict[str, str]:
    said = {"condition": condition, "matter": matter, **DOCUMENT, **other}
    return {f"event-{name}": value for name, value in said.items()}


def test_gates_are_saved_at_once_and_only_what_was_changed(mine: Declaration, clerk: Account) -> None:
    said = {"gate-political_discipline": "1", "gate-yearly_plan": "0", "gate-living_branch": "", **DOCUMENT}
    assert "Saved" in asked(clerk, mine, **said).text
    assert marks(mine) == {"political_discipline": 1, "yearly_plan": 0}
    assert Entry.objects.filter(act="declarations.mark").count() == 2
    again = {**said, "was-political_discipline": "1", "was-yearly_plan": "0", "gate-yearly_plan": "1"}
    assert asked(clerk, mine, **again).status_code == 200
    assert marks(mine) == {"political_discipline": 1, "yearly_plan": 1}
    assert Entry.objects.filter(act="declarations.mark").count() == 3
    told = asked(clerk, mine, **{**again, "was-yearly_plan": "1"})
    assert told.status_code == 422
    assert "no gate is changed" in told.text


def test_gates_are_saved_all_or_none(mine: Declaration, clerk: Account) -> None:
    given = {"actor": clerk, "now": NOW, "declaration": mine, "document": "x", "why": "y"}
    with pytest.raises(NotPossible, match="moon is no gate"):
        actions.mark_gates(**given, said={"yearly_plan": True, "moon": True})
    with pytest.raises(NotPossible, match="is no gate"):
        actions.mark_gates(**given, said={"serious_breach": True})
    answer = asked(clerk, mine, **{"gate-yearly_plan": "1", "gate-living_branch": "7", **DOCUMENT})
    assert answer.status_code == 422
    answer = asked(clerk, mine, **{"gate-yearly_plan": "1", "why": "x", "document": ""})
    assert answer.status_code == 422
    assert marks(mine) == {}


def test_what_somebody_else_has_said_since_is_not_overwritten_unseen(mine: Declaration, clerk: Account) -> None:
    actions.mark(actor=None, now=NOW, declaration=mine, code="yearly_plan", met=False, document="x", why="y")
    answer = asked(clerk, mine, **{"gate-yearly_plan": "1", "was-yearly_plan": "", **DOCUMENT})
    assert answer.status_code == 422
    assert "somebody else has entered" in answer.text
    assert marks(mine) == {"yearly_plan": 0}


def test_a_bonus_a_veto_and_a_deduction_are_entered_and_taken_back(mine: Declaration, clerk: Account) -> None:
    assert "It is entered" in asked(clerk, mine, **event("honour:banner", "2026年先进党组织")).text
    asked(clerk, mine, **event("serious_breach", "2026年处分"))
    asked(clerk, mine, **event("reminder", "3月提醒"))
    assert marks(mine) == {"honour": 1, "serious_breach": 1, "reminder": 1}
    page = asked(clerk, mine).text
    assert "2026年先进党组织 · banner" in page
    honour = mine.marks.get(code="honour")
    assert honour.level == "banner"
    assert "It is taken back" in asked(clerk, mine, **event(f"mark:{honour.pk}")).text
    honour.refresh_from_db()
    assert (honour.value, honour.level) == (0, "banner")
    assert "taken back" in asked(clerk, mine).text
    rows = {row.name: row.standing for row in conditions.rows(mine)}
    assert rows["The branch was commended"] == "taken back"
    assert list(rows.values())[:6] == ["not stated"] * 6


@pytest.mark.parametrize(("said", "wrong"), [
    (event("honour:banner"), "Say which one"), (event("honour:moon", "x"), "Select a valid choice"),
    (event("mark:1"), "Select a valid choice"), (event("reminder", "x", document=""), "This field is required"),
    (event("", "x"), "This field is required"),
])  # fmt: skip
def test_an_event_that_cannot_be_says_what_is_missing(
    mine: Declaration, clerk: Account, said: dict[str, str], wrong: str
) -> None:
    answer = asked(clerk, mine, **said)
    assert answer.status_code == 422
    assert wrong in answer.text
    assert marks(mine) == {}


def test_the_superior_enters_the_branch_sees_and_nobody_else_does_either(mine: Declaration, clerk: Account) -> None:
    asked(clerk, mine, **{"gate-yearly_plan": "1", **DOCUMENT})
    secretary, far = stage.mandated(OWN, "branch_secretary"), stage.mandated("1505")
    seen = asked(secretary, mine)
    assert DOCUMENT["document"] in seen.text
    assert "gate-yearly_plan" not in seen.text
    assert asked(secretary, mine, **{"gate-living_branch": "1", **DOCUMENT}).status_code == 404
    assert asked(far, mine).status_code == 404
    assert DOCUMENT["document"] in asked(secretary, mine, "?format=csv").content.decode()
    for who in (secretary, clerk):
        client = Client()
        client.force_login(who)
        assert reverse("conditions", args=[mine.pk]) in client.get(reverse("declaration", args=[mine.pk])).text


def test_nothing_is_entered_once_a_declaration_is_closed(mine: Declaration, clerk: Account) -> None:
    actions.withdraw(actor=None, now=NOW, declaration=mine, why="不参加")
    assert "gate-yearly_plan" not in asked(clerk, mine).text
    assert asked(clerk, mine, **{"gate-yearly_plan": "1", **DOCUMENT}).status_code == 404
