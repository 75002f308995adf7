"""What exists already: what the house keeps of every branch, what its records tell, what other forms ask. Looked up box
by box before anything new is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.burden import doors
from baolei.burden.models import Box, RegisteredForm
from baolei.declarations.sources import KNOWN
from baolei.programme.alike import Known, Match, matches, shelf
from baolei.programme.standard.edition import Item, Text
from baolei.standards.at_hand import all_at_hand
from baolei.warehouse.rulebook import forms as form_rules

KEPT, FACT, ITEM, HOUSE, FORM = "kept", "fact", "item", "house", "form"
"""Where something is: a column the house keeps, an item counted from records, an item the self-assessment asks, a box
of a form of the house or of a registered one.
"""

Found = tuple[Match, ...]


def looked_up(asks: Sequence[str], path: str, today: date) -> list[tuple[str, Found]]:
    """Of each box what is like it, the most alike first; among the forms those that ask branches of this place."""
    rules = form_rules()
    on = shelf([*_kept(), *_items(), *_boxes(path, today)], rules.fillers)
    return [(one, matches(one, on, rules.number("hint_percent"))) for one in asks]


def same(found: Found) -> bool:
    """Whether a box asks what is on record, by the likeness of the rules."""
    return bool(found) and found[0].percent >= form_rules().number("same_percent")


def told(one: Match) -> dict[str, Any]:
    """What a box was like, as it is kept with the form."""
    return {"name": one.known.name, "percent": one.percent, "where": one.known.where, "code": one.known.code,
            "read": one.known.read}  # fmt: skip


def where(said: dict[str, Any]) -> tuple[str, str]:
    """What such a thing is, in words, and the page on which it is read."""
    kind, code, read = said["where"], said["code"], said["read"]
    words = {KEPT: _("the house keeps it"), FACT: _("counted from the records"),
             ITEM: _("asked by the self-assessment"), HOUSE: _("asked by a form of the house"),
             FORM: _("asked by another form")}[kind]  # fmt: skip
    if kind == FORM:
        return words, reverse("asked_form", args=[int(code)])
    return words, reverse("house_form", args=[code]) if kind == HOUSE else reverse(read)


def _kept() -> Iterator[Known]:
    for one in form_rules().kept.values():
        yield Known(KEPT, one.code, _say(one.name), (one.name.zh, one.name.en, *one.zh, *one.en), one.read)


def _items() -> Iterator[Known]:
    """The items of every edition at hand, each once by its words."""
    seen = set[tuple[str, str]]()
    for edition in all_at_hand():
        for item in edition.items.values():
            if (item.code, item.name.zh) not in seen:
                seen.add((item.code, item.name.zh))
                yield Known(FACT if item.code in KNOWN else ITEM, item.code, _say(item.name), _words(item), "standard")


def _words(item: Item) -> tuple[str, ...]:
    """By which words an item is known: its name and what is counted; not what it is counted among."""
    return tuple(words for text in (item.name, item.numerator) if text for words in (text.zh, text.en))


def _boxes(path: str, today: date) -> Iterator[Known]:
    """The boxes of the forms in force: the house's own, and those that ask branches of this place."""
    for form in form_rules().forms.values():
        for box in form.boxes:
            yield Known(HOUSE, form.code, f"{_say(form.name)}: {_say(box)}", (box.zh, box.en), form.read)
    standing = doors.asking(path).filter(state=RegisteredForm.AGREED, ends__gte=today)
    rows = Box.objects.filter(form__in=standing.values("pk")).order_by("form", "place")
    for pk, title, asks in rows.values_list("form", F("form__title"), "asks"):
        yield Known(FORM, str(pk), f"{title}: {asks}", (asks,))


def _say(text: Text) -> str:
    return text.say(get_language() or "")


def doubled(found: Iterable[tuple[str, Found]]) -> list[str]:
    """The boxes that ask what is on record."""
    return [asks for asks, on in found if same(on)]
