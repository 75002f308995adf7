"""The pages of rectification: a case is seen in its line and nowhere else; figures agree with a count of their own."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

import rectification_stage as cases
import stage
from baolei.front.today import tasks
from baolei.organisations.doors import writing_scope
from baolei.organisations.models import Finding, Organisation, OrganisationState
from baolei.people.models import Account
from baolei.programme.rectification import turned_round
from baolei.rectification import actions, lists, turned
from baolei.rectification.models import Case, Passage, Problem
from baolei.rectification.walk import walked
from rectification_stage import OPENED, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.stores]
SECRET = "绝密事由"  # a word that stands nowhere but in the case


@pytest.fixture
def of() -> Cast:
    return cases.cast()


def logged_in(account: Account | None) -> Client:
    client = Client()
    if account is not None:
        client.force_login(account)
    client.cookies["django_language"] = "en"
    return client


def text_of(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("utf-8", "replace")


def case_of(of: Cast) -> Case:
    case = cases.opened(of, reason=SECRET)
    lists.list_problem(actor=of.township, now=OPENED, case=case, listed=cases.problem(words=SECRET))
    passed = cases.problem(found="inspection", document="巡察反馈", words=SECRET)
    lists.pass_on(actor=of.township, now=OPENED, organisation=of.branch.organisation, listed=passed)
    actions.answer(actor=of.secretary, now=OPENED, case=case, words=SECRET)
    return case


def every_address(of: Cast, case: Case) -> list[str]:
    """Every address of the room, and those of other rooms that might tell of a case."""
    one, alone = Problem.objects.order_by("pk")
    own, unit = of.branch.organisation_id, stage.unit("150422103216").unit_id
    found = [
        reverse("rectification_ledger"), f"{reverse('rectification_ledger')}?unit={unit}",
        f"{reverse('rectification_ledger')}?format=csv", reverse("turned_round"),
        f"{reverse('turned_round')}?unit={unit}&format=csv&table=units", reverse("rectification", args=[own]),
        f"{reverse('rectification', args=[own])}?format=csv", reverse("open_case", args=[own]),
        reverse("pass_on_problem", args=[own]), reverse("case", args=[case.pk]),
        *(f"{reverse('case', args=[case.pk])}?format=csv&table={name}" for name in ("problems", "acts", "case")),
        f"{reverse('case', args=[case.pk])}?format=xlsx",
        *(reverse("on_case", args=[case.pk, act]) for act in ("plan", "problem", "link", "answer", "dismiss")),
        *(reverse("on_problem", args=[pk, act]) for pk in (one.pk, alone.pk) for act in ("settle", "take_off")),
        reverse("today"), reverse("organisation", args=[own]), reverse("ledger"), f"{reverse('ledger')}?format=csv",
        reverse("tree_search") + "?q=东方红", "/",
    ]  # fmt: skip
    return found


def test_nobody_outside_the_line_sees_a_case_anywhere(of: Cast) -> None:
    case = case_of(of)
    outside: dict[str, Account | None] = {
        "another branch of the village": stage.mandated(cases.SIBLING, "branch_secretary"),
        "another township": stage.mandated("150422105", "township_clerk"),
        "another county": stage.mandated("150521", "banner_clerk"),
        "another league": stage.mandated("1505", "league_clerk"),
        "a viewer of the county": stage.mandated("150422", "viewer"),
        "a grid worker": stage.mandated("150422103216", "grid_worker"),
        "nobody's mandate": Account.objects.create(username="plain", name="无职"),
        "a resident": None,
    }  # fmt: skip
    for who, account in outside.items():
        client = logged_in(account)
        for address in every_address(of, case):
            for answer in (client.get(address), client.post(address, {"why": "x", "words": "x", "proof": "x"})):
                assert answer.status_code in (200, 302, 404, 405), (who, address, answer.status_code)
                said = text_of(answer)
                assert SECRET not in said, (who, address)
                if "rectification" in address and account is not None:
                    assert "东方红村党支部" not in said, (who, address)
    assert Case.objects.get().state == "opened"
    assert Problem.objects.filter(settled=None).count() == 2


def test_everybody_in_the_line_sees_it(of: Cast) -> None:
    case = case_of(of)
    inside = [of.secretary, of.township, of.county, stage.mandated("1504", "league_clerk"),
              stage.mandated("15", "region_clerk"), stage.mandated("150422", "leader")]  # fmt: skip
    for account in inside:
        client = logged_in(account)
        assert SECRET in text_of(client.get(reverse("case", args=[case.pk]))), account.username
        assert SECRET in text_of(client.get(reverse("rectification", args=[of.branch.organisation_id])))
        assert "东方红村党支部" in text_of(client.get(reverse("rectification_ledger")))
        assert client.get(f"{reverse('case', args=[case.pk])}?format=csv&table=problems").status_code == 200


def test_no_address_of_programs_or_of_the_public_knows_a_case() -> None:
    names = {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert not {name for name in names if name.startswith("api") and "case" in name}


def test_of_an_organisation_that_has_ended_those_see_it_who_saw_it_then(of: Cast) -> None:
    case = case_of(of)
    OrganisationState.objects.filter(organisation=of.branch.organisation).update(until=date(2026, 3, 3))
    actions.run_clock(now=timezone.now())
    for account, seen in ((of.township, 200), (of.county, 200), (of.secretary, 404),
                          (stage.mandated("150521", "banner_clerk"), 404)):  # fmt: skip
        assert logged_in(account).get(reverse("case", args=[case.pk])).status_code == seen, account.username


def test_each_is_offered_the_acts_that_the_table_gives_and_no_others(of: Cast) -> None:
    case = cases.opened(of)
    cases.listed(of, case)
    offered = {who: _offered(getattr(of, who), case) for who in ("secretary", "township", "county")}
    assert offered == {"secretary": {"answer"}, "township": {"plan", "problem", "link"}, "county": {"dismiss"}}
    case = actions.plan(actor=of.township, now=OPENED, case=case)
    offered = {who: _offered(getattr(of, who), case) for who in ("secretary", "township", "county")}
    assert offered == {"secretary": {"answer", "report"}, "township": {"problem", "link"},
                       "county": {"extend", "dismiss"}}  # fmt: skip
    assert logged_in(of.secretary).post(reverse("on_case", args=[case.pk, "dismiss"]), {"why": "x"}).status_code == 404
    assert _offered(stage.mandated("150422", "leader"), case) == set()
    assert "apply" in _offered(of.secretary, cases.settled(of, case))


def _offered(account: Account, case: Case) -> set[str]:
    page = text_of(logged_in(account).get(reverse("case", args=[case.pk])))
    return set(re.findall(rf"/rectification/case/{case.pk}/do/(\w+)/", page))


def test_a_case_walks_through_its_forms(of: Cast) -> None:
    own = of.branch.organisation_id
    finding = Finding.objects.create(organisation_id=own, flag="empty_shell", since=date(2026, 1, 1),
                                     due=date(2026, 2, 1))  # fmt: skip
    opens = {"origin": f"finding:{finding.pk}", "campaign": "weak", "situations": ["W01"], "why": "无一名党员"}
    answer = logged_in(of.county).post(reverse("open_case", args=[own]), opens)
    assert answer.status_code == 302, text_of(answer)
    case = Case.objects.get()
    assert (case.origin, case.number, case.situations) == ("finding", finding.pk, ["W01"])

    def sent(account: Account, act: str, said: dict[str, Any], status: int = 302) -> None:
        told = logged_in(account).post(reverse("on_case", args=[case.pk, act]), said)
        assert told.status_code == status, text_of(told)

    end = case.ends.isoformat()
    sent(
        of.township,
        "problem",
        {"found": "figures", "words": "没有党员", "measure": "合并", "answers": "书记", "by": end},
    )
    sent(of.township, "plan", {}, 422)
    linked = {"county_leader": "甲", "township_leader": "乙", "first_secretary": "丙", "paired_unit": "丁"}
    sent(of.township, "link", linked)
    sent(of.township, "plan", {})
    sent(of.secretary, "report", {"month": timezone.localdate().replace(day=1).isoformat(), "line": ""})
    problem = reverse("on_problem", args=[Problem.objects.get().pk, "settle"])
    assert logged_in(of.township).post(problem, {"proof": ""}).status_code == 422
    assert logged_in(of.township).post(problem, {"proof": "已合并，批复在案"}).status_code == 302
    sent(of.county, "extend", {"months": 1, "why": "换届"})
    sent(of.secretary, "apply", {})
    sent(of.township, "check", {}, 422)
    sent(of.township, "check", {"chosen": [str(Problem.objects.get().pk)]})
    sent(of.second, "accept", {})
    assert Case.objects.get().state == "accepted"
    assert list(Passage.objects.values_list("act", flat=True)) == [
        "plan", "report", "settle", "extend", "apply", "check", "accept",
    ]  # fmt: skip
    sent(of.county, "close", {}, 404)


def test_what_waits_is_reminded_of_to_whoever_does_it(of: Cast) -> None:
    case = cases.opened(of)
    assert _titles(of.township, date(2026, 3, 2)) == {"Lists of cases to be drawn up"}
    assert _titles(of.secretary, date(2026, 3, 2)) == set()
    cases.listed(of, case)
    case = actions.plan(actor=of.township, now=OPENED, case=case)
    assert _titles(of.secretary, date(2026, 5, 12)) == {"Monthly reports of your case of rectification"}
    case = cases.checked(of, case)
    assert _titles(of.second, date(2026, 3, 2)) == {"Cases to be accepted"}
    actions.accept(actor=of.second, now=OPENED, case=case)
    assert _titles(of.county, date(2027, 3, 1)) == set()
    assert _titles(of.county, date(2027, 3, 2)) == {"Cases to be looked back on"}


def _titles(account: Account, day: date) -> set[str]:
    words = ("Cases", "Lists of cases", "Monthly reports")
    client_account: Account = Account.objects.get(pk=account.pk)
    from django.utils.translation import override

    with override("en"):
        found = tasks(client_account, writing_scope(client_account, day), day)
    return {one.title for one in found if one.title.startswith(words)}


# ---- figures ----


@pytest.fixture
def many(of: Cast) -> Cast:
    """Ninety cases of three branches in two counties, four campaigns and three years, walked by lot but for ever the
    same way.
    """
    places = [stage.branch(code) for code in (cases.OWN, cases.SIBLING, cases.FAR)]
    for number in range(90):
        place = places[number % 3]
        path = stage.unit("150521100200" if place.code == cases.FAR else "150422103216").path
        campaign = ("members", "weak", "schools", "agencies")[number * 7 % 4]
        made: Case = Case.objects.create(
            organisation=place.organisation, campaign=campaign, origin="decision", document="3", reason="x", path=path,
            field="village", opened_on=date(2023, 1, 1), by=of.county, begun=date(2023, 1, 1), ends=date(2023, 7, 1),
            state="closed",
        )  # fmt: skip
        for step in range(number % 5):
            act, before, after = (("accept", "checked", "accepted"), ("reopen", "accepted", "under_way"))[step % 2]
            day = date(2024 + (number + step) % 3, 1 + step * 2, 1 + number % 28)
            Passage.objects.create(case=made, act=act, before=before, after=after, on=day, reason="x", by=of.county)
    return of


COUNTED = """
    SELECT c.campaign, COUNT(DISTINCT c.id),
           COUNT(DISTINCT CASE WHEN (SELECT p.act FROM rectification_passage p
               WHERE p.case_id = c.id AND p.act IN ('accept', 'reopen') AND p.on BETWEEN %s AND %s
               ORDER BY p.on DESC, p.id DESC LIMIT 1) = 'reopen' THEN c.id END)
    FROM rectification_case c JOIN rectification_passage a ON a.case_id = c.id
    WHERE a.act = 'accept' AND a.on BETWEEN %s AND %s AND c.path LIKE %s
    GROUP BY c.campaign ORDER BY c.campaign
"""


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_figures_equal_a_separate_count(many: Cast, year: int) -> None:
    days = [date(year, 1, 1), date(year, 12, 31)]
    sql = COUNTED.replace("p.on", 'p."on"').replace("a.on", 'a."on"')
    for account, top in ((stage.mandated("15", "region_clerk"), "15"), (many.county, "150422"),
                         (many.secretary, "150422103216")):  # fmt: skip
        where = stage.unit(top).path + "%"
        with connection.cursor() as cursor:
            cursor.execute(sql, [*days, *days, where])
            expected = {code: (accepted, again) for code, accepted, again in cursor.fetchall()}
        if account == many.secretary:
            continue  # her own branch alone: one of two in that village
        client = logged_in(account)
        rows = _csv(client, f"{reverse('turned_round')}?year={year}&format=csv&table=campaigns")
        named = dict(zip(("members", "weak", "schools", "agencies"), rows, strict=True))
        found = {code: (int(row[1]), int(row[2])) for code, row in named.items() if row[1] != "0"}
        assert found == expected
        assert all(int(row[3]) == int(row[1]) - int(row[2]) for row in rows)
        for code, (accepted, again) in expected.items():
            for part, number in (("accepted", accepted), ("again", again), ("turned", accepted - again)):
                asked = f"?year={year}&part={part}&campaign={code}&format=csv"
                behind = _csv(client, reverse("rectification_ledger") + asked)
                assert len(behind) == number, (code, part)
        units = _csv(client, f"{reverse('turned_round')}?year={year}&format=csv&table=units")
        for column in (1, 2, 3):
            assert sum(int(row[column]) for row in units) == sum(int(row[column]) for row in rows)


def test_the_figures_are_those_of_the_programme(many: Cast) -> None:
    every = turned.told(Case.objects.all(), date(2026, 3, 2))
    for year in (2024, 2025, 2026):
        counted = turned.counted((one for one in every if one.year == year), lambda _one: "")[""]
        listed = walked(Passage.objects.order_by("on", "pk"))
        assert counted == turned_round(listed, date(year, 1, 1), date(year, 12, 31))
        assert counted.reopened > 0


def _csv(client: Client, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return list(csv.reader(io.StringIO(text_of(answer).removeprefix("\ufeff"))))[1:]


def test_the_ledger_takes_as_many_questions_for_fifty_cases_as_for_one(
    of: Cast, django_assert_max_num_queries: Any
) -> None:
    client = logged_in(of.county)
    cases.opened(of)
    client.get(reverse("rectification_ledger"))
    with django_assert_max_num_queries(40) as few:
        client.get(reverse("rectification_ledger"))
    for number in range(30):
        made = Organisation.objects.create()
        OrganisationState.objects.create(
            organisation=made, code=f"X{number}", name=f"支部{number}", kind="branch", field="village",
            unit=stage.unit("150422103216").unit, path=stage.segment_of(made.pk), since=stage.LONG_AGO,
        )  # fmt: skip
        actions.open_case(actor=of.county, now=datetime(2026, 3, 2, tzinfo=UTC), organisation=made, campaign="weak",
                          situations=["W01"], origin=actions.Origin("decision", None, "3"), reason="x")  # fmt: skip
    with django_assert_max_num_queries(len(few)):
        assert text_of(client.get(reverse("rectification_ledger"))).count("/rectification/case/") == 31
