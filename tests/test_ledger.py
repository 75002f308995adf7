"""The ledger: no act without its record, and whatever is done to the record afterwards is found."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from baolei.cli.main import main
from baolei.ledger import guards
from baolei.ledger.actions import NoSuchEntry, NotInTheTransaction, erase, record, seal
from baolei.ledger.models import Entry, Head
from baolei.ledger.verify import Kept, NoHead, verify
from baolei.programme import proof

MORNING = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@pytest.fixture
def year(cast):
    """Forty acts of the cast, and the head that the league keeps in its safe since the thirtieth."""
    kept = None
    for day in range(40):
        actor = cast["banner"] if day % 3 else cast["township"]
        with transaction.atomic():
            record(
                actor=actor,
                act="organisations.rename",
                subject=f"branch:{day}",
                path="150422103",
                now=MORNING + timedelta(days=day),
                why=f"决定第 {day} 号",
                before="旧",
                after={"name": f"新{day}"},
            )
        if day == 29:
            head = Head.objects.get()
            kept = Kept(head.size, head.root())
    return kept


def told(kept=None):
    return [str(fault) for fault in verify((kept,) if kept else ()).faults]


@pytest.fixture
def unlocked(year):
    """What the owner of the database can do: take the locks off."""
    guards.remove(connection)
    return year


def test_an_untouched_ledger_proves_itself(year):
    proved = verify((year,))
    assert proved.faults == ()
    assert (proved.size, proved.root) == (40, Head.objects.get().root())


def test_no_act_without_its_transaction(transactional_db):
    with pytest.raises(NotInTheTransaction, match="posts"):
        record(actor=None, act="posts.elect", now=MORNING)


@transaction.atomic
def rename(account, after, then=None):
    """An act and its record, and what else the program does in that transaction."""
    account.name = "改名"
    account.save()
    record(actor=account, act="people.rename", now=MORNING, after=after)
    if then:
        raise then


def test_an_act_that_fails_leaves_no_record(cast):
    with pytest.raises(ZeroDivisionError):
        rename(cast["branch"], "改名", then=ZeroDivisionError())
    assert not Entry.objects.exists()


def test_a_record_that_fails_leaves_no_act(cast):
    with pytest.raises(TypeError, match=r"0\.5 cannot be proved"):
        rename(cast["branch"], {"share": 0.5})
    cast["branch"].refresh_from_db()
    assert cast["branch"].name != "改名"


@pytest.mark.parametrize("change", [{"act": "organisations.merge"}, {"path": "1502"}, {"at": MORNING}, {"actor": None}])
def test_the_database_refuses_a_change(year, change):
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        Entry.objects.filter(pk=7).update(**change)


def test_the_database_refuses_to_delete(year):
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        Entry.objects.filter(pk=7).delete()


def test_an_edit_by_the_owner_of_the_database_is_found(unlocked):
    Entry.objects.filter(pk=7).update(act="organisations.merge")
    assert told()[0] == "ledger:7: was changed: its hash is another"


def test_edited_particulars_are_found(unlocked):
    Entry.objects.filter(pk=7).update(particulars={"why": "", "before": None, "after": None})
    assert told() == ["ledger:7: its particulars were changed"]


def test_a_deletion_is_found(unlocked):
    Entry.objects.filter(pk__in=[7, 8]).delete()
    assert told()[0] == "ledger:7: missing: 7 to 8"


def test_another_order_is_found(unlocked):
    Entry.objects.filter(pk=7).update(number=1000)
    Entry.objects.filter(pk=8).update(number=7)
    Entry.objects.filter(pk=1000).update(number=8)
    assert any(fault.startswith("ledger:7") for fault in told())
    assert any(fault.startswith("ledger:8") for fault in told())


def test_a_cut_tail_is_found_though_the_head_was_cut_with_it(unlocked):
    rebuild(leave_out=range(26, 41))
    assert told() == []
    assert told(unlocked) == ["the head kept outside: knows 30 entries, the ledger has 25: it was cut off at the end"]


def test_a_ledger_written_anew_with_an_edit_is_found_against_the_head_outside(unlocked):
    rebuild(change={12: "organisations.dissolve"})
    assert told() == []
    assert told(unlocked) == [
        "the head kept outside: among its first 30 entries at least one is not what it was",
    ]


def rebuild(leave_out=(), change=None):
    """The best forgery there is: the whole ledger written again, every hash right."""
    entries = [entry for entry in Entry.objects.all() if entry.number not in leave_out]
    Entry.objects.all().delete()
    peaks, previous = (), proof.EMPTY
    for number, entry in enumerate(entries, 1):
        entry.act = (change or {}).get(entry.number, entry.act)
        entry.number, entry.previous = number, previous
        entry.hash = previous = entry.leaf()
        entry.save(force_insert=True)
        peaks = proof.grow(peaks, entry.hash)
    Head.objects.update(size=len(entries), last=previous, peaks=peaks)


def test_what_is_personal_can_be_erased_and_the_ledger_still_proves_itself(year, cast):
    erase(actor=cast["region"], number=7, why="应本人要求", now=MORNING)
    entry = Entry.objects.get(pk=7)
    assert entry.particulars is None
    assert entry.salt is None
    assert told(year) == []
    with pytest.raises(NoSuchEntry, match="entry 7"):
        erase(actor=cast["region"], number=7, why="again", now=MORNING)


def test_particulars_that_vanish_without_a_word_are_found(year):
    Entry.objects.filter(pk=7).update(particulars=None, salt=None)
    assert told() == ["ledger:7: its particulars are gone, and no entry says who erased them"]


def test_an_entry_is_read_by_whom_it_concerns(year, cast):
    with transaction.atomic():
        record(actor=None, act="house.migrate", now=MORNING)
    assert Entry.objects.under(("150422",)).count() == 40
    assert Entry.objects.under(("1502",)).count() == 0
    assert Entry.objects.count() == 41
    assert Entry.objects.under(()).count() == 0


def test_the_command_gives_the_head_out_and_proves_against_it(year, tmp_path, capsys):
    assert main(["ledger", "head", "--kept-by", "赤峰市委组织部"]) == 0
    file = tmp_path / "head.txt"
    file.write_text(capsys.readouterr().out)
    assert main(["ledger", "verify", "--head", str(file)]) == 0
    assert "41 entries, none touched, and fits 1 head kept outside" in capsys.readouterr().out
    guards.remove(connection)
    Entry.objects.filter(pk=3).update(subject="branch:4")
    assert main(["ledger", "verify", "--head", str(file)]) == 1
    assert "ledger:3: was changed" in capsys.readouterr().out
    file.write_text("forty one")
    assert main(["ledger", "verify", "--head", str(file)]) == 1
    assert "holds no head of a ledger" in capsys.readouterr().err


def test_a_seal_given_out_is_held_against_the_ledger_too(year, cast):
    given = seal(actor=cast["region"], now=MORNING, kept_by="区党委")
    assert told() == []
    guards.remove(connection)
    rebuild(change={2: "organisations.dissolve"})
    assert told() == [f"seal {given.pk}: among its first 41 entries at least one is not what it was"]


@pytest.mark.parametrize("text", ["", "12", "12 zz", "x " + "0" * 64, "12 " + "g" * 64])
def test_what_is_no_head_is_refused(text):
    with pytest.raises(NoHead):
        Kept.read(text, "head.txt")


# ---- the proofs themselves ----


def test_the_hash_tree_is_that_of_rfc_6962():
    vectors = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [proof.leaf(bytes.fromhex(vector)) for vector in vectors]
    assert proof.root_of([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert proof.root_of(leaves[:1]) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert proof.root_of(leaves) == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 70), st.data())
def test_a_path_proves_its_leaf_and_no_other(number, data):
    leaves = [proof.leaf(str(n).encode()) for n in range(number)]
    place = data.draw(st.integers(0, number - 1))
    path, root = proof.path_to(leaves, place), proof.root_of(leaves)
    assert proof.proves(leaves[place], place, number, path, root)
    assert not proof.proves(proof.leaf(b"another"), place, number, path, root)
    assert not proof.proves(leaves[place], place, number, (*path, leaves[0]), root)
    if path:
        assert not proof.proves(leaves[place], place, number, path[:-1], root)
        assert not proof.proves(leaves[place], place ^ 1, number, path, root)


def test_there_is_no_path_to_a_leaf_that_is_not_there():
    with pytest.raises(IndexError):
        proof.path_to([proof.leaf(b"")], 1)


def test_a_record_has_one_way_to_be_written():
    assert proof.canonical({"b": [1, None], "a": "党"}) == '{"a":"党","b":[1,null]}'.encode()
