"""Nothing is kept of an asker but a contact, sealed with its matter; and ninety days after closing not even that.

No column and no relation leads from one matter of somebody to another one of the same person.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.urls import reverse

import matters_stage as matters
from baolei.ledger.models import Entry
from baolei.matters import asking, handling, nightly
from baolei.matters.models import Matter, Step
from baolei.programme import matters as rules
from matters_stage import DAY, MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.stores]
CANARY = ("金丝雀女士", "13987654321", "住在金丝雀巷尽头")
WORDS = "金丝雀巷的井盖松动，金丝雀女士说的"
AGAIN = "金丝雀巷的井盖又松了"
HANDLED = "去了老金家，换了井盖"
"""What a handler wrote: it names the asker as no screen can know."""


def everything() -> str:
    """Every column of every row of every table there is, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found)


def test_after_the_night_of_the_ninetieth_day_nothing_is_left_of_the_asker_anywhere() -> None:
    of = matters.cast()
    matter, receipt = matters.reported(
        of, kind="request", words=WORDS, name=CANARY[0], contact=f"{CANARY[1]} {CANARY[2]}"
    )
    handling.take(actor=of.worker, now=MONDAY, matter=matter)
    handling.fix(actor=of.worker, now=MONDAY, matter=matter, note=HANDLED)
    asking.say(now=MONDAY, receipt=receipt, act="deny", words=AGAIN)
    handling.take(actor=of.worker, now=MONDAY, matter=matter)
    handling.fix(actor=of.worker, now=MONDAY, matter=matter, note="换了井盖")
    asking.say(now=MONDAY, receipt=receipt, act="confirm")
    page = Client()
    page.force_login(of.township)
    assert "老金" in page.get(reverse("asked", args=[matter.pk])).text
    kept = everything()
    assert not any(words in kept for words in CANARY[1:]), "what is sealed is not to be read"
    assert "金丝雀" in kept, "the words are there while they are needed"
    sealed, code = Matter.objects.values_list("contact", "code").get()
    days = rules_days()
    nightly.run_clock(now=MONDAY + (days - 1) * DAY)
    assert Matter.objects.get().contact == sealed
    nightly.run_clock(now=MONDAY + days * DAY)
    left = everything()
    assert not any(words in left for words in ("金丝雀", *CANARY, WORDS, AGAIN, HANDLED, sealed, code, receipt))
    shown = page.get(reverse("asked", args=[matter.pk])).text
    assert "老金" not in shown
    assert shown.count("经办意见已清除") == 3
    told = Entry.objects.get(act="matters.remove")
    assert told.particulars["after"] == {
        "closed_until": "2026-03-02", "matters": 1, "contacts": 1, "sha256": rules.digest([f"{matter.pk}:2026-03-02"]),
    }  # fmt: skip
    steps = Step.objects.filter(matter=matter).order_by("pk")
    assert [(one.act, one.note, one.removed) for one in steps] == [
        ("take", "", False), ("fix", "", True), ("deny", "", True), ("take", "", False), ("fix", "", True),
        ("confirm", "", False), ("ask_again", "", False),
    ], "what was done, when and by whom stays, without a word"  # fmt: skip
    assert (Matter.objects.get().kind, Matter.objects.get().ending) == ("request", "confirmed")


def test_what_is_open_or_was_opened_again_keeps_what_it_needs() -> None:
    of = matters.cast()
    matters.reported(of, name=CANARY[0])
    other, receipt = matters.reported(of, key="b", name=CANARY[0])
    handling.leave_unfixed(actor=of.worker, now=MONDAY, matter=other, why="means", note="条件不具备")
    asking.say(now=MONDAY + DAY, receipt=receipt, act="reopen")
    assert nightly.remove(now=MONDAY + 400 * DAY) == 0
    assert all(one.contact for one in Matter.objects.all())


def test_a_note_goes_only_with_a_word_that_it_went() -> None:
    of = matters.cast()
    matter, _receipt = matters.reported(of)
    handling.escalate(actor=of.worker, now=MONDAY, matter=matter, note="超出本级权限")
    for wrong in ({"note": ""}, {"removed": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Step.objects.filter(act="escalate").update(**wrong)


def rules_days() -> int:
    from baolei.warehouse.rulebook import matters as matter_rules

    return matter_rules().number("remove_days")


# ---- the schema ----

OF_THE_HOUSE = {"unit", "grid", "landmark", "holder"}
"""Where a matter lies: a place, never a person."""
OF_STAFF = {"by", "handler"}
"""Who has logged in: empty for a resident by a constraint of the database."""
OF_ITSELF = {"merged_into", "part_of"}
"""From one matter to another: never where there is an asker's contact, by a constraint of the database."""
UNIQUE = {"key", "code"}
"""Digests of what was drawn for this one matter."""


def test_no_relation_leads_from_one_matter_of_somebody_to_another() -> None:
    relations = {one.name for one in Matter._meta.get_fields() if isinstance(one, models.ForeignKey)}
    assert relations == OF_THE_HOUSE | OF_STAFF | OF_ITSELF
    to_matters = {
        (model.__name__, one.name)
        for model in apps.get_models()
        for one in model._meta.get_fields()
        if isinstance(one, models.ForeignKey) and one.related_model is Matter
    }
    assert to_matters == {("Matter", "merged_into"), ("Matter", "part_of"), ("Step", "matter"), ("Call", "matter")}
    assert not [one for one in Matter._meta.get_fields() if isinstance(one, models.ManyToManyField)]
    named = {one.name for one in Matter._meta.constraints}
    assert named >= {
        "matter_joined_has_no_contact",
        "matter_split_off_has_no_asker",
        "matter_of_a_resident_names_nobody",
    }
    assert all(Matter._meta.get_field(name).unique for name in UNIQUE)


def test_no_column_has_the_same_value_for_two_matters_of_one_asker_because_of_the_asker() -> None:
    of = matters.cast()
    same: dict[str, Any] = {"name": CANARY[0], "contact": CANARY[1]}
    matters.reported(of, **same)
    matters.reported(of, key="b", kind="dispute", words="邻居装修太吵", **same)
    matters.reported(of, key="c", kind="dispute", words="邻居装修太吵", name="别人", contact="13700000000")
    one, mine, other = Matter.objects.order_by("pk").values()
    told = {name for name in one if one[name] == mine[name] and mine[name] != other[name]}
    assert told == set(), "what two matters of one asker have in common, somebody else's has too"
    assert len({row["contact"] for row in (one, mine, other)}) == 3
    assert {row["by_id"] for row in (one, mine, other)} == {None}
