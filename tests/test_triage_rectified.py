"""From a confirmed candidate to a case, what the case says of its branch, and what may be claimed for rectification."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

import sheets_stage
import stage
import worlds
from baolei.declarations.models import Declaration
from baolei.ledger.models import Entry
from baolei.organisations.models import Organisation, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.rectification import actions as case_actions
from baolei.rectification.models import Case
from baolei.triage import actions, rectified
from baolei.triage.models import Candidate, Sorted, Sorting
from baolei.triage.rectified import figures

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


@pytest.fixture
def candidate() -> Candidate:
    """A branch without a secretary, in the world with one of everything; it is in no case yet."""
    number = worlds.here()["candidate"]
    Case.objects.update(state="closed", due=None)
    return Candidate.objects.get(pk=number)


@pytest.fixture
def county() -> Account:
    return stage.mandated(worlds.HERE, "banner_clerk")


def confirmed(one: Candidate, county: Account) -> Candidate:
    return actions.decide_candidate(actor=county, now=NOW, candidate=one, confirm=True, reason="属实")


def page(account: Account, address: str) -> str:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_a_case_is_opened_for_a_confirmed_candidate_and_shown_beside_it(candidate: Candidate, county: Account) -> None:
    given = {"actor": county, "now": NOW, "campaign": "weak", "reason": "书记空缺"}
    with pytest.raises(NotPossible, match="decide it first"):
        actions.open_case(candidate=candidate, **given)
    one = confirmed(candidate, county)
    mine = Sorted.objects.get(sorting=one.sorting, declaration=one.declaration)
    address, act = reverse("sorted", args=[mine.pk]), reverse("on_candidate", args=[one.pk, "open_case"])
    assert act in page(county, address)
    client = Client()
    client.force_login(county)
    assert client.post(act, {"campaign": "weak", "why": "书记空缺五个月"}).status_code == 302
    case = Case.objects.get(state="opened")
    assert (case.origin, case.number, case.situations) == ("candidate", one.pk, ["W01"])
    assert Entry.objects.filter(act="rectification.open").count() == 1
    shown = page(county, address)
    assert reverse("case", args=[case.pk]) in shown
    assert "opened, its lists are drawn up" in shown
    assert act not in shown, "it has led to a case"
    assert reverse("case", args=[case.pk]) in page(county, reverse("triage", args=[mine.declaration.round_id]))
    with pytest.raises(NotPossible, match="in a case of this campaign already"):
        actions.open_case(candidate=one, **given)


def test_nobody_below_the_county_opens_one(candidate: Candidate, county: Account) -> None:
    one = confirmed(candidate, county)
    township = stage.mandated(sheets_stage.TOWNSHIP, "township_clerk")
    client = Client()
    client.force_login(township)
    act = reverse("on_candidate", args=[one.pk, "open_case"])
    assert client.post(act, {"campaign": "weak", "why": "x"}).status_code == 404
    with pytest.raises(NotPossible, match="organisation department of the county"):
        actions.open_case(actor=township, now=NOW, candidate=one, campaign="weak", reason="x")


def test_the_criteria_read_from_cases_who_is_on_the_list(candidate: Candidate, county: Account) -> None:
    own = candidate.declaration.organisation_id
    assert figures(NOW.date()) == {}
    one = confirmed(candidate, county)
    case = actions.open_case(actor=county, now=NOW, candidate=one, campaign="weak", reason="书记空缺")
    assert figures(NOW.date()) == {own: {"on_the_list": True}}
    assert figures(date(2026, 11, 23)) == {}
    Case.objects.exclude(pk=case.pk).update(state="under_way", campaign="members", due=NOW.date())
    assert figures(NOW.date()) == {own: {"on_the_list": True}}, "another campaign makes no list"
    case_actions.dismiss(actor=county, now=NOW, case=case, reason="查无此事")
    assert figures(NOW.date()) == {}
    Case.objects.exclude(pk=case.pk).update(campaign="weak")
    assert figures(NOW.date()) == {own: {"on_the_list": True, "case_reopened": True}}


def test_what_would_have_come_of_itself_is_taken_off(candidate: Candidate, county: Account) -> None:
    """Six branches rise from 50 to 60; of the mean 80 and the reliability 0.8 six points come by chance alone."""
    sorting: Sorting = candidate.sorting
    Sorted.objects.filter(sorting=sorting).delete()
    Case.objects.update(state="dismissed")
    mine = candidate.declaration
    for number in range(6):
        made = Organisation.objects.create()
        state = OrganisationState.objects.create(
            organisation=made, code=f"X{number}", name=f"支部{number}", kind="branch", field="village",
            unit=stage.unit(sheets_stage.VILLAGE).unit, path=stage.segment_of(made.pk), since=stage.LONG_AGO,
        )  # fmt: skip
        one = Declaration.objects.create(round=mine.round, organisation=made, field="village", unit=state.unit,
                                         path=stage.unit(sheets_stage.VILLAGE).path)  # fmt: skip
        Sorted.objects.create(sorting=sorting, declaration=one, proposed="middle", score=6000, was="lagging",
                              was_score=5000, why={"criteria": [], "figures": {}})  # fmt: skip
        if number < 5:
            case_actions.open_case(
                actor=county, now=datetime(2026, 3, 2, tzinfo=UTC), organisation=made, campaign="weak",
                situations=["W01"], origin=case_actions.Origin("decision", None, "3"), reason="x",
            )  # fmt: skip
    address = reverse("rectified", args=[mine.round_id])
    rows = _table(county, f"{address}?format=csv&table=effects")
    assert rows == [["weak and lax organisations", "5", "'+10.00", "'+6.00", "'+4.00"]]
    behind = _table(county, f"{address}?format=csv&table=branches")
    assert len(behind) == 5
    assert behind[0][2:] == ["50.00", "60.00", "56.00"]
    assert "What may be claimed" in page(county, address)
    dismissed = Case.objects.filter(state="opened").first()
    case_actions.dismiss(actor=county, now=NOW, case=dismissed, reason="查无此事")
    rows = _table(county, f"{address}?format=csv&table=effects")
    assert rows == [["weak and lax organisations", "4", "—", "—", "—"]], "of four nothing can be said"
    assert rectified.effects([]) == []


def _table(account: Account, address: str) -> list[list[str]]:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return list(csv.reader(io.StringIO(client.get(address).content.decode("utf-8-sig"))))[1:]
