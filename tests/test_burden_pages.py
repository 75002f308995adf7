"""The pages of forms and burden: what exists comes before the button, the branch speaks in place, files agree."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.burden.models import Complaint, DuplicateRefused, RegisteredForm
from baolei.organisations.models import OrganisationState
from baolei.people.models import Account

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
BANNER, VILLAGE = "150422", "150422103216"


@pytest.fixture(autouse=True)
def in_english(client: Client) -> None:
    client.cookies["django_language"] = "en"


@pytest.fixture
def branch() -> OrganisationState:
    for place in range(1, 6):
        stage.branch(f"{VILLAGE}-00{place}", home=VILLAGE)
    return OrganisationState.objects.get(code=f"{VILLAGE}-001")


@pytest.fixture
def banner(branch: OrganisationState) -> Account:
    return stage.mandated(BANNER, "banner_clerk")


@pytest.fixture
def form(banner: Account) -> RegisteredForm:
    """A monthly form of the banner, in force."""
    unit = stage.unit(BANNER)
    made: RegisteredForm = RegisteredForm.objects.create(
        unit=unit.unit, path=unit.path, title="产业发展表", basis="旗组发〔2026〕9号", often="month", minutes=30,
        begins=date(2020, 1, 1), ends=date(2099, 12, 31), branches=5, state="agreed", proposed_by=banner,
        proposed_on=date(2020, 1, 1), decided_by=stage.mandated("1504", "league_clerk"), reason="同意",
        decided_on=date(2020, 1, 1),
    )  # fmt: skip
    made.boxes.create(place=1, asks="集体经济经营收益")
    return made


def sent(*asks: str, **said: Any) -> dict[str, Any]:
    return {"unit": stage.unit(BANNER).unit_id, "title": "村情表", "basis": "旗组发〔2026〕10号", "often": "month",
            "asks": "\n".join(asks), "minutes": 20, "why": "摸底", **said}  # fmt: skip


def days(client: Client) -> dict[str, str]:
    """The days that the page proposes."""
    form = client.get(reverse("propose_form")).context["form"]
    return {name: form.fields[name].initial.isoformat() for name in ("begins", "ends")}


def test_what_exists_and_what_it_costs_comes_before_the_button(client: Client, banner: Account) -> None:
    client.force_login(banner)
    page = client.get(reverse("propose_form"))
    assert "What these branches are asked already" in page.text
    assert 'value="propose"' not in page.text, "nothing is proposed unseen"
    page = client.post(
        reverse("propose_form"), {**sent("本支部党员总数", "特色产业带动户数"), **days(client), "step": "look"}
    )
    assert 'value="propose"' in page.text
    assert "the house keeps it" in page.text
    assert "1 box is on record already" in page.text
    costs = page.context["cost"]
    assert (costs.branches, costs.times) == (5, page.context["cost"].boxes // 10)
    assert not RegisteredForm.objects.exists()
    assert not DuplicateRefused.objects.exists()


def test_a_duplicate_refuses_the_form_and_the_page_says_so(client: Client, banner: Account) -> None:
    client.force_login(banner)
    asked = {**sent("党员总数", "特色产业带动户数"), **days(client), "step": "propose"}
    page = client.post(reverse("propose_form"), asked)
    assert page.status_code == 422
    assert "On record already: 党员总数" in page.text
    assert DuplicateRefused.objects.count() == 1
    assert not RegisteredForm.objects.exists()
    made = client.post(reverse("propose_form"), {**asked, "asks": "特色产业带动户数"})
    assert made.url == reverse("asked_form", args=[RegisteredForm.objects.get().pk])


def test_what_no_form_may_ask_comes_back_with_the_rule(client: Client, banner: Account) -> None:
    client.force_login(banner)
    page = client.post(reverse("propose_form"), {**sent("党员身份证号"), **days(client), "step": "look"})
    assert page.status_code == 422
    assert "may not be asked" in page.text
    assert "Personal Information Protection Law" in page.text


def test_only_whoever_proposes_finds_the_page(client: Client, banner: Account, branch: OrganisationState) -> None:
    for who in (stage.mandated(branch.code, "branch_secretary"), stage.mandated(BANNER, "leader")):
        client.force_login(who)
        assert client.get(reverse("propose_form")).status_code == 404


def test_a_second_person_agrees_on_the_page(client: Client, banner: Account, form: RegisteredForm) -> None:
    RegisteredForm.objects.filter(pk=form.pk).update(state="proposed", decided_by=None, decided_on=None, reason="")
    page = reverse("asked_form", args=[form.pk])
    client.force_login(banner)
    assert "Agree to the form" not in client.get(page).text
    assert client.get(reverse("on_form", args=[form.pk, "agree"])).status_code == 404
    client.force_login(Account.objects.get(username="league_clerk-1504"))
    assert "Agree to the form" in client.get(page).text
    assert client.post(reverse("on_form", args=[form.pk, "agree"]), {"why": "确需"}).url == page
    assert "确需" in client.get(page).text
    assert RegisteredForm.objects.get().state == "agreed"


def test_a_branch_says_it_in_place_and_the_owner_answers(
    client: Client, banner: Account, branch: OrganisationState, form: RegisteredForm
) -> None:
    secretary, address = stage.mandated(branch.code, "branch_secretary"), [branch.organisation_id, form.pk]
    client.force_login(secretary)
    own = reverse("branch_burden", args=[branch.organisation_id])
    assert reverse("complain", args=address) in client.get(own).text
    assert client.post(reverse("complain", args=address), {"kind": "twice", "why": "乡里也要"}).url == own
    made = Complaint.objects.get()
    client.force_login(banner)
    assert client.get(reverse("complain", args=address)).status_code == 404, "not for the branch"
    page = client.get(reverse("form_complaints"))
    assert "乡里也要" in page.text
    assert branch.name not in page.text, "nobody is shown which branch"
    taken = client.get(reverse("form_complaints"), {"format": "csv"}).content.decode("utf-8-sig")
    assert branch.code not in taken
    client.post(reverse("answer_complaint", args=[made.pk]), {"why": "下月不报"})
    assert client.get(reverse("answer_complaint", args=[made.pk])).status_code == 404
    client.force_login(secretary)
    page = client.get(reverse("asked_form", args=[form.pk]))
    assert "下月不报" in page.text
    assert "said by your branch" in page.text


def test_a_sister_branch_does_not_see_it(client: Client, branch: OrganisationState, form: RegisteredForm) -> None:
    today = date(2026, 11, 20)
    Complaint.objects.create(form=form, organisation=branch.organisation, owner=form.path, kind="twice",
                             words="乡里也要", on=today, due=today)  # fmt: skip
    client.force_login(stage.mandated(f"{VILLAGE}-002", "branch_secretary"))
    assert "乡里也要" not in client.get(reverse("form_complaints")).text
    assert "乡里也要" not in client.get(reverse("asked_form", args=[form.pk])).text


def test_the_report_and_its_files_say_the_same(client: Client, banner: Account, form: RegisteredForm) -> None:
    client.force_login(banner)
    page = client.get(reverse("burden"))
    found = page.context["found"]
    for table, number in (("lines", len(found.lines)), ("units", len(found.units)), ("by", len(found.by)),
                          ("months", 24)):  # fmt: skip
        rows = list(csv.reader(io.StringIO(
            client.get(reverse("burden"), {"format": "csv", "table": table}).content.decode("utf-8-sig")
        )))  # fmt: skip
        assert len(rows) == number + 1, table
    assert any("产业发展表" in line.listed.name for line in found.lines)
    assert "-001" not in page.text, "no branch is named"
    for month in ("2026-13", "2999-01", "x"):
        assert client.get(reverse("burden"), {"month": month}).status_code == 404


def test_a_secretary_is_led_to_the_own_branch(client: Client, branch: OrganisationState, form: RegisteredForm) -> None:
    client.force_login(stage.mandated(branch.code, "branch_secretary"))
    assert client.get(reverse("burden")).url == reverse("branch_burden", args=[branch.organisation_id])
    page = client.get(reverse("forms"))
    assert "产业发展表" in page.text
    assert "What my branch is asked" in page.text
    assert "Propose a form" not in page.text


def test_the_list_to_be_pruned(client: Client, banner: Account, form: RegisteredForm) -> None:
    client.force_login(banner)
    page = client.get(reverse("forms"), {"which": "prune"})
    assert "nobody has said what it is used for since 2020-01-01" in page.text
    client.post(reverse("on_form", args=[form.pk, "use"]), {"why": "定了产业村"})
    assert "产业发展表" not in client.get(reverse("forms"), {"which": "prune"}).text
    client.post(reverse("on_form", args=[form.pk, "withdraw"]), {"why": "合并"})
    assert "产业发展表" in client.get(reverse("forms"), {"which": "over"}).text


def test_a_list_asks_the_database_as_often_however_long(
    client: Client, banner: Account, form: RegisteredForm, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    client.force_login(banner)
    client.get(reverse("forms"))
    unit = stage.unit(BANNER)
    for number in range(20):
        form.pk = None
        form.title = f"表{number}"
        form._state.adding = True
        form.save()
        Complaint.objects.create(form=form, organisation=OrganisationState.objects.all()[0].organisation, kind="twice",
                                 owner=unit.path, on=date(2026, 1, 1), due=date(2026, 1, 8))  # fmt: skip
    for page in ("forms", "form_complaints"):
        with django_assert_max_num_queries(20):
            assert client.get(reverse(page)).status_code == 200
