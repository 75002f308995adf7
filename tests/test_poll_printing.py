"""Slips printed as a job: a file for each township, taken once or deleted, replaced, added to; households by lot."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

import stage
from baolei.ballots import lots, polling, printing
from baolei.ballots.models import Poll, Printing
from baolei.ballots.urns import opened
from baolei.ballots.wiping import wipe
from baolei.declarations.models import Declaration
from baolei.ledger.models import Entry
from baolei.organisations.models import UnitState
from baolei.organisations.units import NotPossible
from baolei.programme.ballot.ballot import base32, slip_hash
from baolei.programme.ballot.slips import printed
from baolei.rounds.models import Round
from baolei.urn.store import ISSUE, SET_UP
from baolei.warehouse.rulebook import ballots as slip_rules
from poll_stage import (
    BANNER,
    FAR,
    MEMBERS,
    NEXT,
    ORIGIN,
    OWN,
    SERVED,
    TOWNSHIP,
    asked,
    asked_to_print,
    collected,
    poll_of,
    set_up,
    told,
)
from round_stage import NOW, declaration_of
from test_polls import read_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> Path:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")
    return tmp_path


@pytest.fixture
def this() -> Round:
    return collected()


def taken(one: Printing, capture: Any) -> list[bytes]:
    """The secrets of a file that is taken."""
    with capture(execute=True):
        return read_off(printing.take(actor=None, now=NOW, printing=one))


def in_the_urn(poll: Poll) -> int:
    with opened() as urn:
        return urn.counts([poll.key])[poll.key].slips


@pytest.mark.stores
def test_the_slips_of_a_banner_are_printed_at_once_with_a_file_for_each_township(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    village = stage.unit("150422201203")
    Declaration.objects.filter(pk=declaration_of(this, NEXT).pk).update(unit=village.unit, path=village.path)
    set_up(this)
    made = asked_to_print(this, django_capture_on_commit_callbacks, BANNER)
    assert [(one.path, one.state, one.polls) for one in made] == sorted([
        (stage.unit(TOWNSHIP).path, Printing.READY, 1), (stage.unit("150422201").path, Printing.READY, 1),
    ])  # fmt: skip
    assert [len(taken(one, django_capture_on_commit_callbacks)) for one in made] == [one.slips for one in made]
    with pytest.raises(NotPossible, match="nothing to print"):
        printing.ask_to_print(**told(round=this, unit=stage.unit(BANNER), origin=ORIGIN))


@pytest.mark.stores
def test_a_file_is_its_owners_alone_and_gone_once_it_was_taken(
    this: Round, own_home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    set_up(this)
    (one,) = asked_to_print(this, django_capture_on_commit_callbacks)
    file = printing.file_of(one)
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0
    assert sorted(each.name for each in file.parent.iterdir()) == [file.name]
    secrets = taken(one, django_capture_on_commit_callbacks)
    poll = poll_of(this)
    each = printed(MEMBERS, slip_rules())
    assert len(set(secrets)) == 2 * each == one.slips
    assert (poll.slips, poll.phase, in_the_urn(poll)) == (each, ISSUE, each)
    assert not file.exists()
    with pytest.raises(NotPossible, match="handed out once"):
        printing.take(actor=None, now=NOW, printing=one)
    kept = b"".join(each.read_bytes() for each in own_home.rglob("*") if each.is_file())
    entries = repr(list(Entry.objects.values_list("particulars", flat=True))).encode()
    for secret in secrets:
        for form in (secret, base32(secret).encode(), secret.hex().encode()):
            assert form not in kept + entries


def test_a_file_is_written_over_before_it_is_deleted(tmp_path: Path) -> None:
    file, same = tmp_path / "slips.pdf", tmp_path / "same"
    file.write_bytes(b"codes" * 100)
    same.hardlink_to(file)
    wipe(file)
    assert not file.exists()
    assert same.read_bytes() == bytes(500)


@pytest.mark.stores
def test_what_is_not_taken_within_a_day_is_deleted_and_replaced_by_new_slips_only(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    set_up(this)
    (one,) = asked_to_print(this, django_capture_on_commit_callbacks)
    Printing.objects.filter(pk=one.pk).update(made_at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        printing.forget(NOW + timedelta(hours=23))
    assert printing.file_of(one).exists()
    with pytest.raises(NotPossible, match="only slips whose file was taken or deleted"):
        printing.print_again(**told(printing=one, origin=ORIGIN))
    with django_capture_on_commit_callbacks(execute=True):
        printing.forget(NOW + timedelta(hours=25))
    one.refresh_from_db()
    assert (one.state, printing.file_of(one).exists()) == (Printing.GONE, False)
    with django_capture_on_commit_callbacks(execute=True):
        printing.print_again(**told(printing=one, origin=ORIGIN, why="文件丢失"))
    again = Printing.objects.get(again=one)
    poll = poll_of(this)
    each = printed(MEMBERS, slip_rules())
    assert (again.state, again.slips, poll.slips, in_the_urn(poll)) == (Printing.READY, 2 * each, 2 * each, 2 * each)
    assert (Entry.objects.filter(act="ballots.print").latest("number").particulars or {})["after"]["how"] == "again"


def test_what_lies_in_the_folder_and_waits_for_nobody_is_wiped(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    set_up(this)
    (one,) = asked_to_print(this, django_capture_on_commit_callbacks)
    for name in ("999.pdf", "999.part", "strange"):
        (printing.folder() / name).write_bytes(b"codes")
    printing.forget(one.made_at)
    assert [each.name for each in printing.folder().iterdir()] == [f"{one.pk}.pdf"]


@pytest.mark.stores
@pytest.mark.parametrize("cut", ["before the hashes are kept", "before the urn is told", "before the house knows"])
def test_a_printing_that_was_cut_off_issues_no_slip_twice(
    this: Round, cut: str, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(this)
    place = {"before the hashes are kept": (printing, "_keep"), "before the urn is told": (polling, "issue"),
             "before the house knows": (polling, "_issued")}[cut]  # fmt: skip

    class Killed(BaseException):
        """No `except Exception` sees it, as none sees kill -9."""

    def killed(*_args: Any, **_named: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*place, killed)
        with pytest.raises(Killed):
            asked_to_print(this, django_capture_on_commit_callbacks)
    one = Printing.objects.get()
    assert one.state == Printing.RUNNING
    Printing.objects.update(beat=None)
    printing.PRINTINGS.pick_up()
    one.refresh_from_db()
    poll = poll_of(this)
    each = printed(MEMBERS, slip_rules())
    assert (one.state, poll.slips, in_the_urn(poll)) == (Printing.READY, each, each)
    hashes = {slip_hash(poll.key, secret) for secret in taken(one, django_capture_on_commit_callbacks)}
    with opened() as urn:
        assert set(urn._slips_of(poll.key)) <= hashes, "every slip that is issued stands on paper"


def test_a_printing_that_fails_says_why_and_leaves_nothing(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    UnitState.objects.filter(code=TOWNSHIP).update(name="𠀀\U0002fffd镇")
    set_up(this)
    (one,) = asked_to_print(this, django_capture_on_commit_callbacks)
    assert (one.state, "没有字体" in one.said) == (Printing.FAILED, True)
    assert not printing.file_of(one).exists()
    assert poll_of(this).phase == SET_UP


@pytest.mark.stores
def test_more_slips_of_members_replace_spoiled_ones_and_count_as_issued(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    set_up(this)
    asked_to_print(this, django_capture_on_commit_callbacks)
    poll = poll_of(this)
    with django_capture_on_commit_callbacks(execute=True):
        one = printing.print_more(**told(poll=poll, number=2, unit=stage.unit(TOWNSHIP), origin=ORIGIN, why="撕坏2张"))
    poll.refresh_from_db()
    assert len(taken(one, django_capture_on_commit_callbacks)) == 2
    assert poll.people == MEMBERS
    assert poll.slips == in_the_urn(poll) == printed(MEMBERS, slip_rules()) + 2
    polling.begin(**told(round=this))
    polling.end(**told(round=this))
    poll.refresh_from_db()
    with pytest.raises(NotPossible, match="until casting ends"):
        printing.print_more(**told(poll=poll, number=1, unit=stage.unit(TOWNSHIP), origin=ORIGIN))


@pytest.mark.stores
def test_households_are_drawn_by_a_public_number_and_a_top_up_takes_those_that_follow(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    set_up(this, "mas")
    with pytest.raises(NotPossible, match="public number"):
        asked_to_print(this, django_capture_on_commit_callbacks)
    assert set_up(this, "mas", seed="26051") == 0
    with pytest.raises(NotPossible, match="26051, which stays"):
        set_up(this, "mas", seed="26052")
    (one,) = asked_to_print(this, django_capture_on_commit_callbacks)
    poll = poll_of(this, OWN, "mas")
    assert poll.households == SERVED
    first = [each.household for each in lots.households(poll, "26051")]
    by_hand = sorted(range(1, SERVED + 1),
                     key=lambda number: hashlib.sha256(f"26051|{OWN}|{number}".encode()).hexdigest()[:8])  # fmt: skip
    assert first == by_hand[: poll.people]
    assert [each.household for each in lots._envelopes(one, poll, "26051")] == sorted(first)
    with django_capture_on_commit_callbacks(execute=True):
        more = printing.print_more(**told(poll=poll, number=3, unit=stage.unit(TOWNSHIP), origin=ORIGIN))
    poll.refresh_from_db()
    assert poll.people == len(first) + 3
    added = lots._envelopes(more, poll, "26051")
    assert [(each.number, each.household) for each in added] == list(
        enumerate(sorted(by_hand[len(first) : len(first) + 3]), len(first) + 1)
    )
    assert [each.household for each in lots._envelopes(one, poll, "26051")] == sorted(first), "the first list stays"
    with pytest.raises(NotPossible, match=f"{SERVED - poll.people} more at most"):
        printing.print_more(**told(poll=poll, number=SERVED - poll.people + 1, unit=stage.unit(TOWNSHIP),
                                   origin=ORIGIN))  # fmt: skip


def test_where_no_list_is_kept_envelopes_bear_numbers_only(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    set_up(this, "mas", listed=False)
    (one,) = asked_to_print(this, django_capture_on_commit_callbacks)
    poll = poll_of(this, OWN, "mas")
    assert [(each.number, each.household) for each in lots._envelopes(one, poll, "")] == [
        (number, None) for number in range(1, poll.people + 1)
    ]
    assert lots.households(poll, "") == []


def test_on_the_pages_a_level_above_prints_more_and_anybody_of_the_unit_sees_the_lot(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    township, far = stage.mandated(TOWNSHIP, "township_clerk"), stage.mandated(FAR[:9], "township_clerk")
    secretary = stage.mandated(OWN, "branch_secretary")
    set_up(this, "mas", seed="26051")
    (one,) = asked_to_print(this, django_capture_on_commit_callbacks)
    poll = poll_of(this, OWN, "mas")
    more, lot = reverse("print_more", args=[poll.pk]), reverse("lot", args=[poll.pk])
    assert more in asked(township, reverse("polls", args=[this.pk])).text
    assert asked(far, more, number=1, why="x").status_code == 404
    assert asked(secretary, more, number=1, why="x").status_code == 404
    assert asked(township, more, number=99999, why="x").status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert asked(township, more, number=2, why="户数不足").status_code == 302
    page = asked(township, reverse("printings", args=[this.pk])).text
    assert page.count("Take the file") == 2
    assert "26051" in asked(township, lot).text
    assert asked(far, lot).status_code == 404
    assert asked(township, lot + "?format=csv").content.decode("utf-8-sig").count("\n") == poll.people + 2 + 1
    answer = asked(township, reverse("envelopes", args=[one.pk]))
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    assert asked(far, reverse("envelopes", args=[one.pk])).status_code == 404
    assert asked(township, reverse("print_again", args=[one.pk])).status_code == 404, "it waits to be taken"
    taken(one, django_capture_on_commit_callbacks)
    assert asked(township, reverse("print_again", args=[one.pk])).status_code == 200
    assert asked(township, reverse("printings", args=[this.pk]) + "?format=csv").status_code == 200
