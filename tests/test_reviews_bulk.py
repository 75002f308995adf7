"""Many passed together: only what a run confirms, only with the drawn sample opened, and still by two people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.declarations.models import Declaration
from baolei.ledger.models import Entry
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.reviews import actions, bulk
from baolei.reviews.models import Decision, Opinion, Step
from baolei.rounds.models import Round
from baolei.scores.models import Run
from review_stage import NOW, cast, on, opine
from round_stage import begun, declaration_of, filled, passed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
CODES = tuple(f"150422103216-{number:03d}" for number in range(10, 16))
UNSURE = CODES[-1]


@pytest.fixture
def people(db: None) -> dict[str, list[Account]]:
    return cast()


@pytest.fixture
def this(people: Any, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Round:
    """Six branches under review; a run has confirmed all but the last."""
    settings.BAOLEI_HOME = str(tmp_path)
    for code in CODES:
        stage.branch(code, home=code[:12])
    made = begun()
    for code in CODES:
        filled(declaration_of(made, code))
    made = passed(made, 4, NOW)
    run = Run.objects.create(round=made, why="计分", seed="26051", state=Run.DONE, snapshot="0" * 64, results="1" * 64,
                             asked_at=on(1))  # fmt: skip
    run.results_folder.mkdir(parents=True)
    rows = [{"code": code, "named": True, "held": False, "confirmation": 1 if code == UNSURE else 2} for code in CODES]
    pq.write_table(pa.Table.from_pylist(rows), run.results_folder / "branches.parquet")
    monkeypatch.setattr(bulk, "is_whole", lambda _run: True)
    return made


def looked(account: Account, this: Round) -> bulk.Bulk:
    """The sample opened by somebody."""
    found = bulk.bulk_of(account, this, NOW.date())
    for code in found.sample:
        actions.look(actor=account, now=NOW, step=found.steps[code])
    return bulk.bulk_of(account, this, NOW.date())


def test_only_the_confirmed_are_offered_and_the_sample_is_opened_first(this: Round, people: Any) -> None:
    first = people["township"][1]
    found = bulk.bulk_of(first, this, NOW.date())
    assert set(found.steps) == set(CODES) - {UNSURE}
    assert len(found.sample) == 3
    with pytest.raises(NotPossible, match="3 of the sample"):
        bulk.pass_in_bulk(actor=first, now=NOW, round=this, why="已核")
    assert not Opinion.objects.exists()
    found = looked(first, this)
    assert found.looked == set(found.sample)
    assert bulk.pass_in_bulk(actor=first, now=NOW, round=this, why="已核") == 5
    given = Entry.objects.filter(act="reviews.opine").values_list("particulars__after", flat=True)
    assert [set(after) for after in given] == [{"step", "sha256"}] * 5


def test_given_together_an_opinion_is_as_blind_as_any_other(this: Round, people: Any) -> None:
    """What is given together can only be that they pass: a word of it in the ledger would tell the other reviewer."""
    looked(people["township"][1], this)
    bulk.pass_in_bulk(actor=people["township"][1], now=NOW, round=this, why="已核")
    assert {one.act for one in Entry.objects.filter(act__startswith="reviews.")} == {
        "reviews.begin", "reviews.look", "reviews.opine"
    }  # fmt: skip
    assert "已核" not in str(list(Entry.objects.values_list("particulars", flat=True)))


def test_it_takes_two_and_the_conclusion_of_a_third(this: Round, people: Any) -> None:
    clerk, first, second = people["township"]
    looked(first, this)
    bulk.pass_in_bulk(actor=first, now=NOW, round=this, why="已核")
    assert not Decision.objects.exists()
    assert bulk.bulk_of(first, this, NOW.date()).steps == {}
    looked(second, this)
    bulk.pass_in_bulk(actor=second, now=NOW, round=this, why="已核")
    sample = looked(clerk, this).sample
    assert bulk.pass_in_bulk(actor=clerk, now=NOW, round=this, why="同意") == 5
    told = Entry.objects.get(act="reviews.pass_in_bulk").particulars["after"]
    assert (told["organisations"], told["looked"], told["seed"]) == (5, list(sample), "26051")
    assert Step.objects.filter(code="banner").count() == 5


def test_what_somebody_would_return_is_concluded_by_itself(this: Round, people: Any) -> None:
    clerk, first, second = people["township"]
    step = Step.objects.get(declaration=declaration_of(this, CODES[0]))
    for one in (first, second):
        opine(step, one, "return")
    assert CODES[0] not in bulk.bulk_of(clerk, this, NOW.date()).steps


def test_what_was_mended_after_the_run_is_not_confirmed_by_it(this: Round, people: Any) -> None:
    Declaration.objects.filter(pk=declaration_of(this, CODES[0]).pk).update(submitted_at=on(2))
    assert CODES[0] not in bulk.bulk_of(people["township"][1], this, NOW.date()).steps


def test_it_goes_through_its_page(this: Round, people: Any) -> None:
    client, address = Client(), reverse("bulk_review", args=[this.pk])
    client.force_login(people["township"][1])
    client.cookies["django_language"] = "en"
    assert "not opened yet" in client.get(address).text
    assert client.post(address, {"why": "已核"}).status_code == 422
    looked(people["township"][1], this)
    assert client.get(address + "?format=csv").has_header("Content-Disposition")
    assert client.post(address, {"why": "已核"}).status_code == 302
    assert Opinion.objects.count() == 5
