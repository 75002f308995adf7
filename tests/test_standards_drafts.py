"""Editions of the house's own: drafted, taken in, changed, published by another person, and frozen; who may, and what
stands in the ledger.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

import small_edition
import stage
from baolei.ledger.models import Entry
from baolei.ledger.verify import verify
from baolei.people.models import Account, Mandate
from baolei.programme.refusals import EditionRefused
from baolei.programme.standard.compare import compare
from baolei.programme.standard.edition import Text
from baolei.programme.standard.written import GONE
from baolei.standards import actions, guards
from baolei.standards.actions import ChangedMeanwhile, Named, NotPossible
from baolei.standards.at_hand import all_at_hand, at_hand, codes_at_hand
from baolei.standards.book import book
from baolei.standards.models import OwnEdition
from baolei.warehouse.editions import shipped, texts_of

pytestmark = pytest.mark.django_db

LAST = "wuqiang-2020-2023"
VILLAGE = "fields/01-village.yaml"


@pytest.fixture
def office() -> tuple[Account, Account]:
    """Two of the organisation department of the region."""
    first, second = stage.mandated("15", "region_clerk"), stage.mandated("15", "organiser")
    Account.objects.filter(pk=second.pk).update(name="白云峰")
    return first, second


def drafted(actor: Account, code: str = "region-2027") -> OwnEdition:
    named = Named(code, Text("二〇二七年版", "Edition of 2027"), date(2027, 1, 1))
    return actions.draft_edition(actor=actor, now=timezone.now(), based_on=LAST, named=named, why="部务会")


def changed(actor: Account, draft: OwnEdition, *changes: Any, place: str = VILLAGE, version: int = 0) -> OwnEdition:
    return actions.change(
        actor=actor, now=timezone.now(), draft=draft, version=version or draft.version, changes={place: changes},
        why="征求意见",
    )  # fmt: skip


def published(actor: Account, draft: OwnEdition, **said: Any) -> OwnEdition:
    given = {"version": draft.version, "document": "内组发〔2026〕9号", "why": "部务会通过"} | said
    return actions.publish(actor=actor, now=timezone.now(), draft=draft, **given)


def cell(strength: str, source: str) -> tuple[Any, ...]:
    return ("fields", 0, "cells", strength, source)


# ---- drafting ----


def test_a_draft_is_the_last_edition_under_another_name(office: Any) -> None:
    draft = drafted(office[0])
    found = book(draft.files).edition
    assert found
    assert (found.code, found.name.zh, found.valid_from, found.valid_to) == (
        "region-2027", "二〇二七年版", date(2027, 1, 1), None
    )  # fmt: skip
    assert {change.aspect for change in compare(at_hand(LAST), found)} == {"code", "name", "valid_from", "valid_to"}
    shipped_files = texts_of(LAST)
    assert {place for place, text in draft.files.items() if text != shipped_files[place]} == {"edition.yaml"}
    assert "# Strengths and their floors" in draft.files["edition.yaml"]  # comments are kept


def test_what_is_taken_in_is_kept_word_for_word(office: Any) -> None:
    files = {place: text.replace("\n", "\r\n") for place, text in small_edition.FILES.items()}
    made = actions.import_edition(actor=office[0], now=timezone.now(), files=files, why="兄弟盟市的办法")
    made.refresh_from_db()
    assert made.files == files
    assert made.code == "small"


def test_what_has_not_the_shape_of_an_edition_is_not_taken_in(office: Any) -> None:
    for wrong in (
        {"edition.yaml": "a: ["}, {"edition.yaml": "a: 1"}, {}, {**small_edition.FILES, "two.yaml": small_edition.HEAD},
        small_edition.bent(("line: 85", "line: high")), {"edition.yaml": "\x00"},
    ):  # fmt: skip
        with pytest.raises(EditionRefused):
            actions.import_edition(actor=office[0], now=timezone.now(), files=wrong, why="试")
    assert not OwnEdition.objects.exists()


def test_no_two_editions_have_one_code(office: Any) -> None:
    drafted(office[0])
    for code in ("region-2027", LAST):
        with pytest.raises(NotPossible):
            drafted(office[0], code)
    with pytest.raises(EditionRefused):
        drafted(office[0], "2027")  # a code begins with a letter
    assert OwnEdition.objects.count() == 1


# ---- changing ----


def test_values_are_changed_and_the_rest_stays_to_the_letter(office: Any) -> None:
    draft = drafted(office[0])
    before = draft.files[VILLAGE]
    draft = changed(office[0], draft, (cell("S1", "mem"), 5), (cell("S1", "mas"), 3), (("fields", 0, "line"), 84.5))
    assert draft.files[VILLAGE] == before.replace(
        "S1: {org: 14, mem: 4, mas: 4", "S1: {org: 14, mem: 5, mas: 3"
    ).replace("line: 85", "line: 84.5")
    found = book(draft.files).edition
    assert found
    assert found.field("village").cells["S1", "mem"] == 500
    assert draft.version == 2


def test_a_draft_may_have_faults_and_says_where(office: Any) -> None:
    draft = changed(office[0], drafted(office[0]), (cell("S1", "org"), 13))
    kept = OwnEdition.objects.get(pk=draft.pk)
    faults = book(kept.files).faults
    assert {fault.path for fault in faults} == {("fields", 0, "cells"), cell("S1", "org")}
    with pytest.raises(EditionRefused):
        published(office[1], kept)


def test_nothing_of_a_wrong_shape_is_saved(office: Any) -> None:
    draft = drafted(office[0])
    for wrong in ((cell("S1", "org"), -1), (("fields", 0, "line"), GONE), (("fields", 7, "line"), 1)):
        with pytest.raises(EditionRefused):
            changed(office[0], draft, (cell("S1", "mem"), 1), wrong)
    draft.refresh_from_db()
    assert (draft.version, draft.files[VILLAGE]) == (1, texts_of(LAST)[VILLAGE])


def test_who_saves_after_another_is_told_and_writes_nothing_over(office: Any) -> None:
    draft = drafted(office[0])
    changed(office[1], draft, (cell("S1", "mem"), 5), (cell("S1", "mas"), 3))
    with pytest.raises(ChangedMeanwhile, match="白云峰"):
        changed(office[0], draft, (cell("S1", "mem"), 6), version=1)
    with pytest.raises(ChangedMeanwhile):
        published(office[0], draft, version=1)
    draft.refresh_from_db()
    assert "mem: 5, mas: 3" in draft.files[VILLAGE]


# ---- publishing ----


def test_another_person_publishes_and_it_is_at_hand(office: Any) -> None:
    draft = drafted(office[0])
    assert codes_at_hand() == list(shipped())
    for code in ("region-2027", "none"):
        with pytest.raises(EditionRefused):
            at_hand(code)
    made = published(office[1], draft)
    made.refresh_from_db()
    found = at_hand("region-2027")
    assert made.digest == found.digest
    assert [one.code for one in all_at_hand()] == [*shipped(), "region-2027"]
    again = actions.draft_edition(
        actor=office[1], now=timezone.now(), based_on="region-2027", why="下一年",
        named=Named("region-2028", Text("二", "Two"), date(2028, 1, 1), date(2028, 12, 31)),
    )  # fmt: skip
    assert again.based_on == "region-2027"


def test_nobody_publishes_what_the_own_hand_drafted_or_changed_last(office: Any, english: Any) -> None:
    first, second = office
    draft = drafted(first)
    with pytest.raises(NotPossible, match="another person"):
        published(first, draft)
    draft = changed(second, draft, (cell("S1", "mem"), 5), (cell("S1", "mas"), 3))
    with pytest.raises(NotPossible, match="another person"):
        published(second, draft)
    with pytest.raises(NotPossible, match="number of the document"):
        published(stage.mandated("15", "league_clerk"), draft, document=" ")
    assert published(Account.objects.get(username="league_clerk-15"), draft).digest


def test_what_is_published_never_changes(office: Any, english: Any) -> None:
    first, second = office
    made = published(second, drafted(first))
    with pytest.raises(NotPossible, match="never changes"):
        changed(first, made, (cell("S1", "mem"), 5))
    with pytest.raises(NotPossible, match="never changes"):
        published(second, made)
    with pytest.raises(NotPossible, match="never changes"):
        actions.discard(actor=first, now=timezone.now(), draft=made, why="试")
    guards.install(connection)
    for act in (lambda: OwnEdition.objects.update(document="x"), lambda: OwnEdition.objects.all().delete()):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            act()
    assert at_hand("region-2027").digest == made.digest


def test_files_that_no_longer_say_what_was_published_are_not_at_hand(office: Any) -> None:
    made = published(office[1], drafted(office[0]))
    guards.remove(connection)
    files = {**made.files, VILLAGE: made.files[VILLAGE].replace("line: 85", "line: 80")}
    OwnEdition.objects.filter(pk=made.pk).update(files=files)
    with pytest.raises(EditionRefused, match="digest differs"):
        at_hand("region-2027")
    guards.install(connection)


def test_the_database_keeps_its_promises(office: Any) -> None:
    first, second = office
    draft = drafted(first)
    whole = {"state": "published", "digest": "0" * 64, "document": "批", "published_by": second,
             "published_at": timezone.now()}  # fmt: skip
    for wrong in ({**whole, "digest": ""}, {**whole, "document": ""}, {**whole, "published_by": None},
                  {**whole, "published_by": first}, {"digest": "0" * 64}, {"code": ""}):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            OwnEdition.objects.filter(pk=draft.pk).update(**wrong)
    assert OwnEdition.objects.filter(pk=draft.pk).update(**whole) == 1


def test_a_draft_is_discarded_and_its_code_is_free_again(office: Any, english: Any) -> None:
    draft = drafted(office[0])
    actions.discard(actor=office[1], now=timezone.now(), draft=draft, why="不用了")
    assert not OwnEdition.objects.exists()
    with pytest.raises(NotPossible, match="discarded meanwhile"):
        changed(office[0], draft, (cell("S1", "mem"), 5), version=1)
    assert drafted(office[0]).code == "region-2027"


# ---- who may ----


@pytest.mark.parametrize(("code", "role"), [
    ("1504", "league_clerk"), ("150422", "banner_clerk"), ("15", "leader"), ("15", "viewer"), ("15", "reviewer"),
])  # fmt: skip
def test_only_the_office_at_the_top_sets_the_standard(office: Any, code: str, role: str) -> None:
    draft, other = drafted(office[0]), stage.mandated(code, role)
    for act in (
        lambda: drafted(other, "other"), lambda: changed(other, draft, (cell("S1", "mem"), 5)),
        lambda: published(other, draft),
        lambda: actions.discard(actor=other, now=timezone.now(), draft=draft, why="试"),
        lambda: actions.import_edition(actor=other, now=timezone.now(), files=small_edition.FILES, why="试"),
    ):  # fmt: skip
        with pytest.raises(NotPossible):
            act()
    assert OwnEdition.objects.get().version == 1


def test_a_mandate_that_has_ended_opens_nothing(office: Any) -> None:
    Mandate.objects.filter(account=office[0]).update(ended_at=timezone.now())
    with pytest.raises(NotPossible):
        drafted(office[0])


# ---- the ledger ----


def test_each_act_stands_in_the_ledger(office: Any) -> None:
    first, second = office
    draft = changed(first, drafted(first), (cell("S1", "mem"), 5), (cell("S1", "mas"), 3))
    made = published(second, draft)
    gone = drafted(first, "other")
    actions.discard(actor=first, now=timezone.now(), draft=gone, why="不用了")
    told = list(Entry.objects.order_by("number").values_list("act", "subject", "path", "actor"))
    top = stage.unit("15").path
    assert told == [
        ("standards.draft", f"edition:{made.pk}", top, first.pk),
        ("standards.change", f"edition:{made.pk}", top, first.pk),
        ("standards.publish", f"edition:{made.pk}", top, second.pk),
        ("standards.draft", f"edition:{gone.pk}", top, first.pk),
        ("standards.discard", f"edition:{gone.pk}", top, first.pk),
    ]  # fmt: skip
    said = Entry.objects.get(act="standards.change").particulars
    key = "fields village cells S1 mem"
    assert (said["before"][key], said["after"][key], said["why"]) == (4, 5, "征求意见")
    assert Entry.objects.get(act="standards.publish").particulars["after"]["sha256"] == made.digest
    assert verify().faults == ()
