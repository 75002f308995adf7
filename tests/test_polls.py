"""Polls of a round: set up for all, printed by township, cast without a name, sealed, counted in the score."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

import stage
from baolei.ballots import polling, sealing
from baolei.ballots.counted import settled_ballots, unsealed
from baolei.ballots.models import Poll, Printing, Sealing
from baolei.ballots.urns import opened
from baolei.declarations.models import Declaration
from baolei.front.passages import lacks
from baolei.ledger.models import Entry
from baolei.organisations import records
from baolei.organisations.models import Member, Membership
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.ballot.ballot import SLIP, Ballot, base32, secret_of, slip_hash
from baolei.programme.ballot.slips import printed
from baolei.rounds.models import Round
from baolei.urn.store import CAST, CLOSED, ISSUE, SEALED, SET_UP, Cast, Kept
from baolei.warehouse.rulebook import ballots as slip_rules
from round_stage import BRANCHES, NOW, begun, declaration_of, filled, passed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
OWN, NEXT, FAR = BRANCHES
TOWNSHIP, MEMBERS = "150422103", 6
SAID = ["11111", "40-23", "11121", "11111", "22222"]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> Path:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")
    return tmp_path


@pytest.fixture
def this() -> Round:
    """A round in which ballots are collected, and six full members in one of its branches."""
    made = begun()
    mine = declaration_of(made, OWN)
    for number in range(MEMBERS):
        member = Member.objects.create(name=f"党员{number}")
        Membership.objects.create(member=member, organisation=mine.organisation, kind="full", since=date(2026, 1, 2))
    filled(mine)
    return passed(made)


@pytest.fixture
def clerk() -> Account:
    return stage.mandated("15", "region_clerk")


def told(**more: Any) -> dict[str, Any]:
    return {"actor": None, "now": NOW, "why": "年度评议", **more}


def set_up(this: Round, *sources: str) -> int:
    return polling.set_up(**told(round=this, sources=sources or ("mem",), revote=True))


def on_paper(this: Round, code: str = TOWNSHIP) -> list[bytes]:
    """The secrets that stand on the paper of a unit, as somebody reads them off it."""
    pdf = polling.print_slips(**told(round=this, unit=stage.unit(code), origin="https://ballots.example.cn"))
    return read_off(pdf)


def read_off(pdf: bytes) -> list[bytes]:
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return [secret_of(one) for one in re.findall(r"\b(?:[a-z2-7]{4}\s+){7}[a-z2-7]{4}\b", text)]


def cast(poll: Poll, secrets: list[bytes], said: list[str]) -> list[Any]:
    """Ballots cast as the host casts them."""
    with opened() as urn:
        return urn.cast([
            Cast(Ballot(SLIP, poll.key, slip_hash(poll.key, secret), 0, answers), secret)
            for secret, answers in zip(secrets, said, strict=False)
        ])  # fmt: skip


def mine_of(this: Round) -> Poll:
    found: Poll = Poll.objects.get(declaration=declaration_of(this, OWN), source="mem")
    return found


def held(this: Round, capture: Any) -> tuple[Poll, list[bytes]]:
    """Set up, printed, begun, cast, ended and sealed."""
    set_up(this)
    secrets = on_paper(this)
    polling.begin(**told(round=this))
    cast(mine_of(this), secrets, SAID)
    with capture(execute=True):
        polling.end(**told(round=this))
    return mine_of(this), secrets


def test_every_branch_gets_a_poll_and_once_more_adds_only_what_is_missing(this: Round) -> None:
    assert set_up(this) == 3
    assert set_up(this) == 0
    assert set_up(this, "mem", "mas") == 3
    poll = mine_of(this)
    assert (poll.phase, poll.people, poll.least, poll.slips) == (SET_UP, MEMBERS, 3, 0)
    assert re.fullmatch(r"[0-9]{9}", poll.short)
    with opened() as urn:
        found = urn.poll(poll.key)
    assert found
    assert found.shown["branch"] == poll.declaration.organisation.states.get(until=None).name
    assert found.shown["source"]["zh"] == "党员评议"
    with pytest.raises(NotPossible, match="no source is chosen"):
        set_up(this, "nobody")


def test_a_township_is_printed_once_and_its_codes_stand_on_paper_alone(this: Round, own_home: Path) -> None:
    set_up(this)
    secrets = on_paper(this)
    poll = mine_of(this)
    assert len(secrets) == len(set(secrets)) == poll.slips == printed(MEMBERS, slip_rules())
    assert poll.phase == ISSUE
    with pytest.raises(NotPossible, match="nothing to print"):
        on_paper(this)
    kept = b"".join(one.read_bytes() for one in own_home.rglob("*") if one.is_file())
    entries = repr(list(Entry.objects.values_list("particulars", flat=True))).encode()
    for secret in secrets:
        assert slip_hash(poll.key, secret) in kept, "the urn knows the hash"
        for form in (secret, base32(secret).encode(), secret.hex().encode()):
            assert form not in kept
            assert form not in entries


def test_nothing_is_cast_before_it_begins_nor_after_it_has_ended(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    set_up(this)
    secrets = on_paper(this)
    poll = mine_of(this)
    assert not isinstance(cast(poll, secrets, SAID)[0], Kept)
    assert polling.begin(**told(round=this)) == 1
    assert all(isinstance(one, Kept) for one in cast(poll, secrets, SAID))
    with pytest.raises(NotPossible, match="wait for the casting"):
        polling.begin(**told(round=this))
    with django_capture_on_commit_callbacks(execute=True):
        assert polling.end(**told(round=this)) == 1
    assert not isinstance(cast(poll, secrets[5:], ["33333"])[0], Kept)
    with pytest.raises(NotPossible, match="nothing to end"):
        polling.end(**told(round=this))


def test_what_was_cast_is_sealed_and_counted_with_the_papers(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    poll, _secrets = held(this, django_capture_on_commit_callbacks)
    assert (poll.phase, poll.cast, poll.ballots) == (SEALED, 5, sorted(SAID))
    assert len(poll.root) == 64
    assert Sealing.objects.get().state == Sealing.DONE
    organisation = poll.declaration.organisation_id
    assert list(settled_ballots(this)) == [(organisation, "mem", one) for one in sorted(SAID)]
    entry = Entry.objects.get(act="ballots.seal")
    assert (entry.particulars or {})["after"]["ballots"] == 5
    assert {one.act for one in Entry.objects.filter(act__startswith="ballots.")} <= records.acts().keys()
    Declaration.objects.filter(pk=poll.declaration_id).update(state="withdrawn")
    assert list(settled_ballots(this)) == []


def test_a_sealing_that_was_cut_off_between_urn_and_house_goes_on(
    this: Round, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(this)
    secrets = on_paper(this)
    polling.begin(**told(round=this))
    cast(mine_of(this), secrets, SAID)

    def cut(_sealed: Any) -> None:
        list(_sealed)
        raise OSError("cut off")

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_taken_over", cut)
        with django_capture_on_commit_callbacks(execute=True):
            polling.end(**told(round=this))
    assert (mine_of(this).phase, Sealing.objects.get().state) == (CLOSED, Sealing.FAILED)
    with opened() as urn:
        assert urn.sealed(mine_of(this).key) is not None
    Sealing.objects.update(state=Sealing.WAITING, beat=None)
    sealing.SEALINGS.pick_up()
    poll = mine_of(this)
    assert (poll.phase, poll.ballots) == (SEALED, sorted(SAID))


def test_a_round_does_not_pass_on_while_slips_are_out(this: Round, django_capture_on_commit_callbacks: Any) -> None:
    set_up(this)
    assert unsealed(this) == 0
    on_paper(this)
    assert [one.need.code for one in lacks(this, "scoring", NOW)] == ["sealed"]
    with pytest.raises(NotPossible, match="end the casting"):
        passed(this)
    polling.begin(**told(round=this))
    with django_capture_on_commit_callbacks(execute=True):
        polling.end(**told(round=this))
    assert mine_of(this).cast == 0
    assert passed(this).phase == "scoring"


def asked(account: Account, address: str, **said: Any) -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.post(address, said) if said else client.get(address)


def test_on_the_pages_the_office_sets_up_the_township_prints_and_nobody_sees_what_few_have_said(
    this: Round, clerk: Account, django_capture_on_commit_callbacks: Any
) -> None:
    page, township = reverse("polls", args=[this.pk]), stage.mandated(TOWNSHIP, "township_clerk")
    secretary = stage.mandated(OWN, "branch_secretary")
    assert "set-up" in asked(clerk, page).text
    assert "set-up" not in asked(township, page).text
    assert asked(secretary, page).status_code == 404
    act = reverse("on_polls", args=[this.pk, "set-up"])
    assert asked(township, act, sources="mem", why="x").status_code == 404
    assert asked(clerk, act, why="年度评议").status_code == 422
    assert asked(clerk, act, sources="mem", why="年度评议").status_code == 302
    paper = reverse("print_slips", args=[this.pk, stage.unit(TOWNSHIP).unit_id])
    assert paper in asked(township, page).text
    assert asked(secretary, paper, why="x").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert asked(township, paper, why="打印评议票").status_code == 302
    assert asked(township, paper).status_code == 404
    taking = reverse("take_slips", args=[Printing.objects.get().pk])
    assert taking in asked(township, reverse("printings", args=[this.pk])).text
    assert asked(secretary, taking).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        answer = asked(township, taking, anything="")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in answer["Cache-Control"]
    secrets = read_off(answer.content)
    assert asked(township, taking, anything="").status_code == 404
    assert asked(clerk, reverse("on_polls", args=[this.pk, "begin"]), why="开始").status_code == 302
    cast(mine_of(this), secrets, SAID[:3])
    assert mine_of(this).phase == CAST
    cell = '<span class="cell-label">Ballots</span>'
    assert f"{cell}—" in asked(township, page).text
    assert f"{cell}3" not in asked(township, page).text
    cast(mine_of(this), secrets[3:], SAID[3:])
    assert f"{cell}5" in asked(township, page).text
    with django_capture_on_commit_callbacks(execute=True):
        assert asked(clerk, reverse("on_polls", args=[this.pk, "end"]), why="截止").status_code == 302
    assert "sealed" in asked(township, page).text
    assert asked(township, page + "?format=csv").content.decode("utf-8-sig").count("sealed") == 1
