"""The demo holds three rounds, and whoever logs in finds something waiting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rich.console import Console

from baolei.cli import demo
from baolei.cli.demo_rounds import hold_rounds
from baolei.declarations.models import Declaration, Paper
from baolei.ledger.models import Entry
from baolei.ledger.verify import verify
from baolei.naming.models import NamingList, Title
from baolei.notices.models import Objection, Posting
from baolei.organisations import doors, records
from baolei.people.models import Account
from baolei.programme import declaration as rules
from baolei.reviews.models import Step
from baolei.rounds.models import Round
from baolei.scores.models import Run, Visit
from baolei.standards.models import OwnEdition

pytestmark = [pytest.mark.django_db, pytest.mark.one_store, pytest.mark.long, pytest.mark.usefixtures("english")]
SEED = 2023


@pytest.fixture
def held(tmp_path: Path, settings: Any) -> Path:
    """The demo of one banner: its people, and its rounds held."""
    home = tmp_path / "demo"
    settings.BAOLEI_HOME, settings.BAOLEI_PAPERS = str(home), str(home / "papers")
    quiet = Console(quiet=True)
    demo.build(home, scope="150402", scale=1, seed=SEED, fresh=False, console=quiet)
    demo.settle(home, SEED, quiet)
    assert len(list(demo._accounts(home / demo.RESULTS))) == 21
    demo.hold(SEED, quiet)
    return home


def test_the_demo_holds_a_finished_a_living_and_a_begun_round(held: Path) -> None:
    finished, living, begun = Round.objects.order_by("pk")
    assert (finished.phase, living.phase, begun.phase) == ("closed", "review", "self_assessment")
    standing = {this.pk: set(this.declarations.values_list("state", flat=True)) for this in (living, begun)}
    assert set.union(*standing.values()) == {state.code for state in rules.STATES.states}
    assert {"opinions", "third", "decision", "returned", "passed"} <= set(Step.objects.values_list("state", flat=True))
    assert OwnEdition.objects.get().state == OwnEdition.PUBLISHED
    assert {run.state for run in Run.objects.all()} == {Run.DONE}
    assert Visit.objects.filter(on=None).exclude(wave=Visit.DOUBLE).count() == 2
    twice = Visit.objects.filter(wave=Visit.DOUBLE, declaration__round=finished)
    assert set(twice.values_list("by__username", flat=True)) == {"fucha"}
    assert NamingList.objects.get().adopted_on is not None
    assert Title.objects.filter(state="in_force").exists()
    assert set(Objection.objects.values_list("outcome", flat=True)) == {"upheld", "not_upheld"}
    assert not finished.sorting.branches.filter(decided="").exists()
    assert all((held / "papers" / one.kept_as).exists() for one in Paper.objects.exclude(kept_as=""))
    assert verify().faults == ()
    _the_ledger_is_in_words(finished)
    _everybody_finds_something()
    _the_notice_is_open_to_everybody(finished)
    assert hold_rounds(timezone.localdate(), SEED) == 0, "they are held once"


def _the_ledger_is_in_words(finished: Round) -> None:
    entries = list(Entry.objects.all())
    assert {one.act for one in entries} <= records.acts().keys()
    about = {row.about for row in records.rows(one for one in entries if one.subject == f"round:{finished.pk}")}
    assert about == {finished.name}


def _everybody_finds_something() -> None:
    for account in Account.objects.exclude(password__startswith="!"):
        client = Client()
        client.force_login(account)
        page = client.get(reverse("today"))
        assert page.status_code == 200
        text, day = page.content.decode(), timezone.localdate()
        reached = doors.notices(doors.nodes_of(account, day), day).in_force(day).exists()
        assert reached or "Nothing waits" not in text, account.username
    branch = Account.objects.get(username="zhibu")
    client = Client()
    client.force_login(branch)
    for mine in Declaration.objects.filter(organisation__states__path=branch.mandates.get().path):
        assert client.get(reverse("declaration", args=[mine.pk])).status_code == 200


def _the_notice_is_open_to_everybody(finished: Round) -> None:
    posting = Posting.objects.get()
    page = Client().get(reverse("public_notice", args=[finished.pk])).content.decode()
    assert posting.list.lines.filter(listed=True).count() >= 3
    assert "布和" not in page, "who objected is known to nobody"
    assert Entry.objects.filter(act="notices.answer").count() == 2
