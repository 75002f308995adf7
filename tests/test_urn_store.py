"""The urn keeps one ballot of a credential, decides by the rules of the poll, and forgets how it was cast."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baolei.programme import proof
from baolei.programme.ballot.ballot import BallotRefused, slip_hash
from baolei.urn.environment import urn_place
from baolei.urn.store import (
    CAST,
    CLOSED,
    ISSUE,
    PUBLISHED,
    SEALED,
    SET_UP,
    Another,
    Cast,
    Counts,
    Kept,
    NotYet,
    Over,
    Poll,
    Store,
    ToSeal,
    UrnRefused,
    UrnUnusable,
)
from urns import FORM, A_poll, Urn, an_urn, sql

pytestmark = pytest.mark.stores


@pytest.fixture
def urn(tmp_path: Path) -> Iterator[Urn]:
    with an_urn(tmp_path / "urn") as one:
        yield one


def signed(what: ToSeal) -> tuple[dict[str, object], bytes]:
    """A head as the house makes one, and what stands for its signature."""
    head = {"root": what.root, "cast": len(what.ballots), "issued": len(what.slips)}
    return head, b"signed " + what.root.encode()


def hows(outcomes: list[object]) -> list[object]:
    """What became of each: the word, or the kind of refusal."""
    return [one.how if isinstance(one, Kept) else type(one) for one in outcomes]


# ---- casting ----


def test_a_ballot_is_accepted_once_and_is_the_same_ballot_ever_after(urn: Urn) -> None:
    poll = urn.polled()
    first, again = urn.store.cast([poll.cast()]), urn.store.cast([poll.cast(), poll.cast()])
    assert hows(first + again) == ["accepted", "again", "again"]
    assert {one.leaf for one in first + again if isinstance(one, Kept)} == {poll.cast().leaf}
    assert urn.counted(poll) == 1


def test_other_choices_of_the_same_credential_are_refused_where_nobody_may_change(urn: Urn) -> None:
    poll = urn.polled()
    outcomes = urn.store.cast([poll.cast(), poll.cast(answers="11111"), poll.cast(answers="11111", rev=1)])
    assert hows(outcomes) == ["accepted", Another, Another]
    assert "the first one counts" in str(outcomes[1])
    assert sql(urn.store, "SELECT answers, rev FROM ballot") == [("1203-", 0)]


def test_a_later_ballot_replaces_the_one_before_and_an_earlier_one_never(urn: Urn) -> None:
    poll = urn.polled(rev_allowed=True)
    assert hows(urn.store.cast([poll.cast(), poll.cast(answers="11111", rev=2)])) == ["accepted", "replaced"]
    late = [poll.cast(answers="22222", rev=1), poll.cast(answers="22222", rev=2), poll.cast(answers="22222", rev=3)]
    outcomes = urn.store.cast(late)
    assert hows(outcomes) == [Another, Another, "replaced"]
    assert "revision 3" in str(outcomes[0])
    assert sql(urn.store, "SELECT answers, rev FROM ballot") == [("22222", 3)]
    assert urn.counted(poll) == 1


def test_the_same_choices_cast_anew_are_told_the_receipt_of_what_is_in(urn: Urn) -> None:
    poll = urn.polled(rev_allowed=True)
    first, again = urn.store.cast([poll.cast(), poll.cast(rev=1)])
    assert isinstance(first, Kept)
    assert isinstance(again, Kept)
    assert (again.how, again.leaf) == ("again", first.leaf)


def test_another_comment_is_another_ballot(urn: Urn) -> None:
    poll = urn.polled()
    assert hows(urn.store.cast([poll.cast(comment="好"), poll.cast(comment="好"), poll.cast()])) == [
        "accepted", "again", Another]  # fmt: skip


def test_a_slip_that_was_never_printed_is_refused_and_so_is_one_of_another_poll(urn: Urn) -> None:
    poll, other = urn.polled(), urn.polled()
    forged, foreign = urn.polled(slips=1), other.cast()
    forged.id = poll.id
    foreign_here = type(other)(poll.id, other.secrets).cast()
    outcomes = urn.store.cast([forged.cast(), foreign_here, foreign])
    assert hows(outcomes) == [BallotRefused, BallotRefused, "accepted"]
    assert "no slip of this poll" in str(outcomes[0])


@pytest.mark.parametrize(("phase", "kind"), [(SET_UP, NotYet), (ISSUE, NotYet), (CLOSED, Over)])
def test_outside_the_phase_of_casting_it_is_said_which_phase_it_is(urn: Urn, phase: str, kind: type) -> None:
    poll = urn.polled(phase=phase)
    (outcome,) = urn.store.cast([poll.cast()])
    assert type(outcome) is kind
    assert f"“{phase}”" in str(outcome)
    assert urn.counted(poll) == 0


def test_a_ballot_for_no_poll_is_refused_and_those_beside_it_are_cast(urn: Urn) -> None:
    poll = urn.polled()
    nowhere = type(poll)(secrets.token_bytes(16), poll.secrets)
    assert hows(urn.store.cast([nowhere.cast(), poll.cast()])) == [BallotRefused, "accepted"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    casts=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from(["11111", "22222"]), st.integers(0, 3)), min_size=1, max_size=12
    ),
    rev_allowed=st.booleans(),
    cut=st.integers(0, 12),
)
def test_it_is_the_same_in_one_batch_and_in_several(
    urn: Urn, casts: list[tuple[int, str, int]], rev_allowed: bool, cut: int
) -> None:
    whole, parts = urn.polled(rev_allowed=rev_allowed), urn.polled(rev_allowed=rev_allowed)
    at_once = urn.store.cast([whole.cast(*one) for one in casts])
    apart = [outcome for batch in (casts[:cut], casts[cut:]) if batch
             for outcome in urn.store.cast([parts.cast(*one) for one in batch])]  # fmt: skip
    assert hows(at_once) == hows(apart)
    left = [sql(urn.store, f"SELECT rev, answers FROM ballot WHERE {_is(urn, one.id)} ORDER BY 1, 2")
            for one in (whole, parts)]  # fmt: skip
    assert left[0] == left[1]


def _is(urn: Urn, poll: bytes) -> str:
    return f"poll = x'{poll.hex()}'" if isinstance(urn.place, Path) else f"poll = '\\x{poll.hex()}'"


# ---- setting up ----


def test_a_set_up_that_was_cut_off_can_be_made_again(urn: Urn) -> None:
    poll = urn.polled(phase=ISSUE)
    (digest,) = urn.store.put_forms([FORM])
    urn.store.put_polls([Poll(poll.id, digest)])
    urn.store.put_slips([(poll.id, slip_hash(poll.id, one)) for one in poll.secrets])
    found = urn.store.poll(poll.id)
    assert found is not None
    assert found.phase == ISSUE
    assert urn.store.counts([poll.id]) == {poll.id: Counts(3, 0)}


def test_a_poll_is_read_as_it_was_put(urn: Urn) -> None:
    (digest,) = urn.store.put_forms([FORM])
    put = Poll(secrets.token_bytes(16), digest, SET_UP, b"key", True, date(2026, 12, 1), date(2026, 12, 31),
               {"branch": "东方红村党支部"})  # fmt: skip
    urn.store.put_polls([put])
    assert urn.store.poll(put.id) == put
    assert urn.store.form(digest) == FORM
    assert urn.store.poll(secrets.token_bytes(16)) is None


def test_a_poll_is_found_by_the_first_digits_of_its_number(urn: Urn) -> None:
    (digest,) = urn.store.put_forms([FORM])
    one, two = bytes.fromhex("0a" * 8 + "00" * 8), bytes.fromhex("0a" * 8 + "ff" * 8)
    urn.store.put_polls([Poll(one, digest), Poll(two, digest)])
    assert urn.store.number(one.hex()[:17]) == one
    assert urn.store.number(two.hex()) == two
    assert urn.store.number("0b0a") is None
    with pytest.raises(BallotRefused, match="type more of the number"):
        urn.store.number("0a0a0")


def test_a_poll_without_its_form_is_refused(urn: Urn) -> None:
    with pytest.raises(UrnRefused, match="put the form first"):
        urn.store.put_polls([Poll(secrets.token_bytes(16), "none")])


def test_slips_are_added_while_it_is_cast_and_never_after(urn: Urn) -> None:
    poll, over = urn.polled(), urn.polled(phase=CLOSED)
    urn.store.put_slips([(poll.id, secrets.token_bytes(32))])
    before = urn.store.counts([poll.id, over.id])
    for wrong in (over.id, secrets.token_bytes(16)):
        with pytest.raises(UrnRefused, match="slips can be added until casting ends"):
            urn.store.put_slips([(poll.id, secrets.token_bytes(32)), (wrong, secrets.token_bytes(32))])
    assert urn.store.counts([poll.id, over.id]) == before == {poll.id: Counts(4, 0), over.id: Counts(3, 0)}


def test_polls_move_on_together_or_not_at_all(urn: Urn) -> None:
    here, ahead, behind = urn.polled(phase=ISSUE), urn.polled(phase=CAST), urn.polled(phase=SET_UP)
    with pytest.raises(UrnRefused, match=f"{behind.id.hex()} is set up: only from issue can it become cast"):
        urn.store.set_phase([here.id, ahead.id, behind.id], CAST)
    assert phases(urn.store, here.id, ahead.id, behind.id) == [ISSUE, CAST, SET_UP]
    urn.store.set_phase([here.id, ahead.id], CAST)
    assert phases(urn.store, here.id, ahead.id) == [CAST, CAST]


@pytest.mark.parametrize("phase", [SEALED, SET_UP, "anything"])
def test_nobody_moves_a_poll_to_sealed_or_back(urn: Urn, phase: str) -> None:
    with pytest.raises(UrnRefused, match="seal seals it"):
        urn.store.set_phase([urn.polled().id], phase)


def phases(store: Store, *polls: bytes) -> list[str]:
    return [found.phase for found in map(store.poll, polls) if found]


def test_a_region_is_put_in_three_calls(urn: Urn) -> None:
    polls = [secrets.token_bytes(16) for _ in range(2_000)]
    (digest,) = urn.store.put_forms([FORM])
    urn.store.put_polls(Poll(one, digest) for one in polls)
    urn.store.put_slips((one, secrets.token_bytes(32)) for one in polls for _ in range(10))
    urn.store.set_phase(polls, ISSUE)
    assert set(urn.store.counts(polls).values()) == {Counts(10, 0)}
    assert len(urn.store.counts(polls)) == len(polls)


# ---- sealing ----


def closed_poll(urn: Urn, ballots: int) -> tuple[A_poll, list[Cast]]:
    poll = urn.polled(slips=ballots + 2)
    casts = [poll.cast(number, random.choice(["11111", "22222", "1203-"])) for number in range(ballots)]
    urn.store.cast(casts)
    urn.store.set_phase([poll.id], CLOSED)
    return poll, casts


@pytest.mark.parametrize("ballots", [0, 1, 37])
def test_a_sealed_poll_is_its_ballots_in_the_order_of_their_leaves(urn: Urn, ballots: int) -> None:
    poll, casts = closed_poll(urn, ballots)
    (sealed,) = urn.store.seal([poll.id], signed)
    in_order = sorted(casts, key=lambda one: one.leaf)
    assert sealed.root == proof.root_of(one.leaf.hex() for one in in_order)
    assert sealed.head == {"root": sealed.root, "cast": ballots, "issued": ballots + 2}
    assert (sealed.form, list(sealed.ballots)) == (FORM, in_order)
    assert list(sealed.slips) == sorted(slip_hash(poll.id, one) for one in poll.secrets)
    found = urn.store.sealed(poll.id)
    assert found is not None
    assert replace(found, poll=sealed.poll) == sealed
    assert found.signature == b"signed " + sealed.root.encode()
    assert phases(urn.store, poll.id) == [SEALED]
    assert sql(urn.store, "SELECT count(*) FROM ballot") == [(0,)]
    assert urn.counted(poll) == ballots
    assert hows(urn.store.cast([poll.cast()])) == [Over]
    assert all(urn.store.holds(poll.id, one.leaf[:10]) for one in casts)
    urn.store.set_phase([poll.id], PUBLISHED)


def test_only_closed_polls_are_sealed_and_all_of_a_call_or_none(urn: Urn) -> None:
    poll, _ = closed_poll(urn, 3)
    going_on = urn.polled()
    with pytest.raises(UrnRefused, match=f"{going_on.id.hex()} is cast"):
        urn.store.seal([poll.id, going_on.id], signed)
    assert urn.store.sealed(poll.id) is None
    assert phases(urn.store, poll.id, going_on.id) == [CLOSED, CAST]
    assert urn.counted(poll) == 3


def test_a_ballot_that_was_altered_in_the_urn_keeps_it_from_being_sealed(urn: Urn) -> None:
    poll, _ = closed_poll(urn, 3)
    leaf = "(SELECT min(leaf) FROM ballot)" if isinstance(urn.place, Path) else "(SELECT leaf FROM ballot LIMIT 1)"
    urn.store._to.execute(f"UPDATE ballot SET answers = '33333' WHERE leaf = {leaf}")  # type: ignore[attr-defined]
    with pytest.raises(UrnRefused, match="has 1 altered ballots"):
        urn.store.seal([poll.id], signed)


def test_a_signature_that_fails_leaves_the_poll_as_it_was(urn: Urn) -> None:
    poll, _ = closed_poll(urn, 3)

    def fails(what: ToSeal) -> tuple[dict[str, object], bytes]:
        raise OSError("the key is not there")

    with pytest.raises(OSError, match="not there"):
        urn.store.seal([poll.id], fails)
    with pytest.raises(UrnRefused, match="not the root over these ballots"):
        urn.store.seal([poll.id], lambda what: ({"root": "another"}, b""))
    assert phases(urn.store, poll.id) == [CLOSED]
    assert urn.counted(poll) == 3


def test_after_sealing_the_disk_no_longer_shows_the_order_of_casting(urn: Urn) -> None:
    poll = urn.polled(slips=12)
    casts = [poll.cast(number) for number in range(12)]
    for one in casts:
        urn.store.cast([one])
    assert order_on_disk(urn, casts, "ballot"), "this is how it is before: otherwise the test shows nothing"
    urn.store.set_phase([poll.id], CLOSED)
    urn.store.seal([poll.id], signed)
    remains = urn.store.give_back()
    if isinstance(urn.place, Path):
        assert remains == ()
        assert urn.place.with_name("urn.sqlite3-wal").stat().st_size == 0
        raw = urn.place.read_bytes()
        assert all(raw.count(one.leaf) == 1 for one in casts), "a ballot stands once in the file"
    else:
        assert "write-ahead log" in remains[0].en
        ((pages,),) = sql(urn.store, "SELECT pg_relation_size('ballot')")
        assert pages == 0
        assert len(sql(urn.store, "SELECT DISTINCT xmin::text FROM closed")) == 1
    assert order_on_disk(urn, sorted(casts, key=lambda one: one.leaf), "closed")
    assert not order_on_disk(urn, casts, "closed")


def order_on_disk(urn: Urn, casts: list[Cast], table: str) -> bool:
    """Whether ballots lie on the disk in this order. SQLite fills each page of a table from its end."""
    if not isinstance(urn.place, Path):
        return [leaf for (leaf,) in sql(urn.store, f"SELECT leaf FROM {table} ORDER BY ctid")] == [
            one.leaf for one in casts
        ]
    sql(urn.store, "PRAGMA wal_checkpoint(TRUNCATE)")
    raw = urn.place.read_bytes()
    size = int.from_bytes(raw[16:18], "big")
    pages: dict[int, list[int]] = {}
    for place in (raw.find(one.leaf) for one in casts):
        pages.setdefault(place // size, []).append(place)
    return all(one == sorted(one, reverse=True) for one in pages.values())


# ---- what is kept ----


ALLOWED = {
    "form": {"digest": "text", "body": "bytea"},
    "poll": {"id": "bytea", "form": "text", "phase": "text", "key_spki": "bytea", "rev_allowed": "boolean",
             "opens": "date", "closes": "date", "shown": "text"},
    "slip": {"poll": "bytea", "hash": "bytea"},
    "ballot": {"poll": "bytea", "kind": "smallint", "cred": "bytea", "rev": "smallint", "answers": "text",
               "comment": "text", "proof": "bytea", "leaf": "bytea"},
    "closed": {"poll": "bytea", "idx": "integer", "kind": "smallint", "cred": "bytea", "rev": "smallint",
               "answers": "text", "comment": "text", "proof": "bytea", "leaf": "bytea"},
    "seal": {"poll": "bytea", "root": "text", "head": "text", "signature": "bytea"},
}  # fmt: skip
IN_SQLITE = {"BLOB": "bytea", "TEXT": "text", "INTEGER": "integer"}


def test_no_column_can_hold_a_time_a_number_of_order_an_address_or_a_person(urn: Urn) -> None:
    if isinstance(urn.place, Path):
        found: dict[str, dict[str, str]] = {}
        for table, words in sql(urn.store, "SELECT name, sql FROM sqlite_master WHERE type = 'table'"):
            found[table] = {row[1]: row[2] for row in sql(urn.store, f"PRAGMA table_info({table})")}
            assert "WITHOUT ROWID" in words
            with pytest.raises(Exception, match="no such column"):
                sql(urn.store, f"SELECT rowid FROM {table}")
        assert {table: set(columns) for table, columns in found.items()} == {
            table: set(columns) for table, columns in ALLOWED.items()
        }
        kinds = {kind for columns in found.values() for kind in columns.values()}
        assert kinds == set(IN_SQLITE)
        assert [row for row in sql(urn.store, "SELECT name FROM sqlite_master") if row[0] == "sqlite_sequence"] == []
        return
    rows = sql(
        urn.store,
        "SELECT table_name, column_name, data_type, column_default FROM information_schema.columns"
        " WHERE table_schema = 'public'",
    )
    by_table: dict[str, dict[str, str]] = {}
    for table, column, kind, default in rows:
        assert default is None, (table, column)
        by_table.setdefault(table, {})[column] = kind
    assert by_table == ALLOWED
    assert sql(urn.store, "SELECT relname FROM pg_class WHERE relkind = 'S'") == []


def test_slips_lie_in_the_order_of_their_hashes_whatever_order_they_were_printed_in(urn: Urn) -> None:
    if isinstance(urn.place, Path):
        return  # there a table lies by its key, and its pages are written anew by give_back
    poll = urn.polled(slips=50)
    rows = sql(urn.store, "SELECT hash FROM slip ORDER BY ctid")
    assert rows == sorted(rows) != [(slip_hash(poll.id, one),) for one in poll.secrets]


def test_two_connections_never_both_accept_a_credential(urn: Urn) -> None:
    poll, other = urn.polled(), urn.opened()
    outcomes = urn.store.cast([poll.cast()]) + other.cast([poll.cast(), poll.cast(answers="11111")])
    other.close()
    assert hows(outcomes) == ["accepted", "again", Another]


def test_it_is_said_what_the_server_does_that_an_urn_must_not(urn: Urn) -> None:
    said = " ".join(urn.store.unsafe())
    if isinstance(urn.place, Path):
        assert said == ""
        return
    assert "fsync = off: a power cut loses ballots; on is right" in said  # as the server of the tests is told
    urn.store._to.execute("SET log_statement = 'all'")  # type: ignore[attr-defined]
    assert "log_statement = all: ballots stand in the server's log, with the time; none is right" in " ".join(
        urn.store.unsafe()
    )


# ---- where it is ----


def test_an_address_is_read_as_the_house_reads_its_own(tmp_path: Path) -> None:
    assert urn_place({"BAOLEI_HOME": str(tmp_path)}) == tmp_path / "urn.sqlite3"
    assert urn_place({"BAOLEI_URN_URL": "sqlite:////srv/urn%20one.sqlite3"}) == Path("/srv/urn one.sqlite3")
    assert urn_place({"BAOLEI_URN_URL": "postgresql://urn:p%40ss@%2Fvar%2Frun:5433/urn"}) == {
        "dbname": "urn", "user": "urn", "password": "p@ss", "host": "/var/run", "port": "5433"}  # fmt: skip


@pytest.mark.parametrize("url", ["mysql://secret@here/urn", "postgresql://secret@here", "sqlite:///"])
def test_an_address_that_cannot_be_read_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(UrnUnusable, match="write sqlite:///folder/file or postgresql://") as refusal:
        urn_place({"BAOLEI_URN_URL": url})
    assert "secret" not in str(refusal.value)


# ---- the key of the tokens ----


def test_a_poll_has_one_key_for_all_and_only_before_casting_begins(urn: Urn) -> None:
    poll, begun = urn.polled(phase=ISSUE), urn.polled(phase=CAST)
    urn.store.put_key(poll.id, b"key")
    urn.store.put_key(poll.id, b"key")
    for number, key in ((poll.id, b"another"), (begun.id, b"key"), (bytes(16), b"key")):
        with pytest.raises(UrnRefused, match="one key, the same for all"):
            urn.store.put_key(number, key)
    found = urn.store.poll(poll.id), urn.store.poll(begun.id)
    assert [one.key_spki if one else b"none" for one in found] == [b"key", None]


def test_a_key_is_taken_away_before_casting_begins_and_never_after(urn: Urn) -> None:
    poll, other = urn.polled(phase=ISSUE), urn.polled(phase=ISSUE)
    for one in (poll, other):
        urn.store.put_key(one.id, b"key")
    urn.store.drop_keys([poll.id])
    urn.store.set_phase([poll.id, other.id], CAST)
    with pytest.raises(UrnRefused):
        urn.store.drop_keys([other.id])
    found = urn.store.poll(poll.id), urn.store.poll(other.id)
    assert [one.key_spki if one else b"none" for one in found] == [None, b"key"]
