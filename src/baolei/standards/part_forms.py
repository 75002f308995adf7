"""Gates, vetoes and items of a draft as forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.programme.located import Path
from baolei.programme.standard.points_tables import COUNTED
from baolei.programme.standard.written import GONE
from baolei.standards.book import Part
from baolei.standards.table_forms import CODE, Change, Number, TableForm, plain_number

LISTS = ("gates", "vetoes")
MORE_RUNGS = 2
"""So many empty rows stand beneath a step table."""
KINDS = (*COUNTED, "yes_no", "graded", "steps")
OWN_ITEMS = "items/added.yaml"
"""The file of the items that were added in the page."""


def code_field(label: Any, required: bool = True) -> forms.CharField:
    """A code, as editions have them."""
    return forms.CharField(
        label=label, required=required, max_length=60, widget=forms.TextInput(attrs={"class": "form-control"}),
        validators=[RegexValidator(CODE, lazy("A code: a letter, then letters, digits, - or _."))],
    )  # fmt: skip


class ConditionsForm(TableForm):
    """The gates and vetoes of a draft: words, in both languages; one more of each; any taken out."""

    def prepare(self) -> None:
        """Fields for every condition, and empty ones for one more."""
        for key in LISTS:
            for place, entry in enumerate(self.body.get(key, [])):
                self._ask(f"{key}-{place}", entry)
                self.ask(f"{key}-{place}-out", forms.BooleanField(label=_("take out"), required=False))
            self.ask(f"{key}-new-code", code_field(_("Code"), required=False))
            self._ask(f"{key}-new", {}, required=False)

    def _ask(self, name: str, entry: dict[str, Any], required: bool = True) -> None:
        self.ask_text(f"{name}-name", _("Condition"), entry.get("name"), required)
        self.ask_text(f"{name}-met_by", _("Met by"), entry.get("met_by"), False)

    def clean(self) -> dict[str, Any]:
        """A text stands in both languages; a new condition has a code and a name."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for key in LISTS:
            names = [f"{key}-{place}" for place in range(len(self.body.get(key, [])))]
            self.both_or_neither(*(f"{name}-met_by" for name in (*names, f"{key}-new")), f"{key}-new-name")
            filled = any(said.get(f"{key}-new-{part}_zh") for part in ("name", "met_by"))
            if filled and not said.get(f"{key}-new-code") and f"{key}-new-code" not in self.errors:
                self.add_error(f"{key}-new-code", _("Give it a code of its own."))
            if said.get(f"{key}-new-code") and not said.get(f"{key}-new-name_zh"):
                self.add_error(f"{key}-new-name_zh", _("Say what the condition is."))
        return said

    def differences(self) -> Iterator[Change]:
        """Words first, then what comes in, then what goes out, from the last on, so that places hold."""
        for key in LISTS:
            listed = self.body.get(key, [])
            out = [place for place in range(len(listed)) if self.cleaned_data[f"{key}-{place}-out"]]
            for place, entry in enumerate(listed):
                if place not in out:
                    yield from self._words(key, place, entry)
            if self.cleaned_data[f"{key}-new-code"]:
                yield self._new(key)
            yield from (((key, place), GONE) for place in reversed(out))

    def _words(self, key: str, place: int, entry: dict[str, Any]) -> Iterator[Change]:
        for part in ("name", "met_by"):
            yield from self.text_changes(f"{key}-{place}-{part}", (key, place, part), entry.get(part))

    def _new(self, key: str) -> Change:
        entry: dict[str, Any] = {"code": self.cleaned_data[f"{key}-new-code"]}
        for part in ("name", "met_by"):
            words = {language: self.cleaned_data[f"{key}-new-{part}_{language}"] for language in ("zh", "en")}
            entry |= {part: words} if any(words.values()) else {}
        if key not in self.body:
            return (key,), [entry]
        return (key, len(self.body[key])), entry


class ItemForm(TableForm):
    """The definition of an item: its words, and from where to where points are earned."""

    def prepare(self) -> None:
        """What its kind asks."""
        kind, body = self.body["kind"], self.body
        self.ask_text("name", _("Item"), body.get("name"))
        if kind in (*COUNTED, "steps"):
            self.ask_text("numerator", _("What is counted"), body.get("numerator"))
            self.ask_text("denominator", _("Over what"), body.get("denominator"))
        if kind in COUNTED:
            self.ask("low", Number(_("Nothing is earned at"), 4), body.get("low"))
            self.ask("high", Number(_("All is earned at"), 4), body.get("high"))
            self.fields["low"].help_text = _("Empty: 0. Of a share write 0.5 for 50%.")
            self.fields["high"].help_text = _("Empty: 1, which is all of it.")
        for place in range(self.anchors):
            own = body.get("anchors", [])
            self.ask_text(f"anchor-{place}", _("Grade %(number)s") % {"number": place + 1},
                          own[place] if place < len(own) else None)  # fmt: skip
        self._ask_rungs()
        self.ask_text("basis", _("Basis"), body.get("basis"), required=False)
        efforts = [("", "—"), ("1", _("little")), ("2", _("some")), ("3", _("much"))]
        widget = forms.Select(attrs={"class": "form-select"})
        self.ask("effort", forms.ChoiceField(label=_("Effort it takes"), choices=efforts, required=False,
                                             widget=widget), str(body.get("effort", "")))  # fmt: skip

    @property
    def anchors(self) -> int:
        """How many grades are described: those there are, three of a new item."""
        return (len(self.body.get("anchors", ())) or 3) if self.body["kind"] == "graded" else 0

    @property
    def bound(self) -> str:
        """Whether more is better in the step table, or less."""
        return "at_most" if any("at_most" in row for row in self.body.get("table", ())) else "at_least"

    def _ask_rungs(self) -> None:
        if self.body["kind"] != "steps":
            return
        rows = self.body.get("table", [])
        label = _("At most") if self.bound == "at_most" else _("At least")
        for place in range(len(rows) + MORE_RUNGS):
            row = rows[place] if place < len(rows) else {}
            self.ask(f"rung-{place}-bound", Number(label, 4), row.get(self.bound))
            self.ask(f"rung-{place}-share", Number(_("earns the share"), 4, max_value=1), row.get("share"))

    def clean(self) -> dict[str, Any]:
        """Texts in both languages; steps with bound and share."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        self.both_or_neither("basis")
        for name in [name for name in self.fields if name.startswith("rung-") and name.endswith("-bound")]:
            other = name.replace("-bound", "-share")
            if (said.get(name) is None) != (said.get(other) is None) and not {name, other} & set(self.errors):
                self.add_error(name, _("A step has a bound and a share: write both, or neither."))
        return said

    def differences(self) -> Iterator[Change]:
        """Every value that differs."""
        texts: list[tuple[str, Path, Any]] = [
            (name, (name,), self.body.get(name)) for name in ("name", "numerator", "denominator", "basis")
            if f"{name}_zh" in self.fields
        ]  # fmt: skip
        own = self.body.get("anchors", [])
        texts += [(f"anchor-{place}", ("anchors", place), own[place]) for place in range(len(own))]
        for name, path, plain in texts:
            yield from self.text_changes(name, path, plain)
        for key in ("low", "high"):
            if key in self.fields:
                yield from self.number_change((key,), key, self.body.get(key))
        if self.body["kind"] == "steps" and self.rungs() != self.body.get("table"):
            yield from self._table()
        effort = int(self.cleaned_data["effort"] or 0)
        if effort != self.body.get("effort", 0):
            yield ("effort",), effort or GONE

    def _table(self) -> Iterator[Change]:
        """Row by row, so that the words between them stay."""
        rows, before = self.rungs(), self.body.get("table", [])
        for place, row in enumerate(rows):
            if place >= len(before) or row != before[place]:
                yield ("table", place), row
        yield from ((("table", place), GONE) for place in reversed(range(len(rows), len(before))))

    def rungs(self) -> list[dict[str, Any]]:
        """The step table as it was entered, without empty rows."""
        found = []
        for place in range(sum(name.endswith("-bound") for name in self.fields)):
            bound, share = (plain_number(self.cleaned_data[f"rung-{place}-{part}"]) for part in ("bound", "share"))
            if bound is not None:
                found.append({self.bound: bound, "share": share})
        return found


class NewItemForm(ItemForm):
    """An item that is not there yet."""

    def prepare(self) -> None:
        """Code and strength before the rest."""
        self.ask("code", code_field(_("Code")))
        names = self.book.names(get_language() or "")
        strengths = [(code, names[code]) for code in self.book.words.strengths]
        widget = forms.Select(attrs={"class": "form-select"})
        self.ask("strength", forms.ChoiceField(label=_("Strength"), choices=strengths, widget=widget))
        super().prepare()

    def clean_code(self) -> str:
        """No item of this code is there yet."""
        code: str = self.cleaned_data["code"]
        if code in self.book.items:
            raise forms.ValidationError(_("There is an item of this code: choose another."))
        return code

    def changes(self) -> dict[str, list[Change]]:
        """One more entry in the list of the items that were added here."""
        said = self.cleaned_data
        entry: dict[str, Any] = {"code": said["code"], "strength": said["strength"], "kind": self.body["kind"]}
        for name in ("name", "numerator", "denominator"):
            if said.get(f"{name}_zh"):
                entry[name] = self._both(name)
        entry |= {key: plain_number(said[key]) for key in ("low", "high") if said.get(key) is not None}
        if self.anchors:
            entry["anchors"] = [self._both(f"anchor-{place}") for place in range(self.anchors)]
        if self.body["kind"] == "steps":
            entry["table"] = self.rungs()
        entry |= {"effort": int(said["effort"])} if said["effort"] else {}
        entry |= {"basis": self._both("basis")} if said["basis_zh"] else {}
        listed = [part for part in self.book.items.values() if part.place == OWN_ITEMS]
        return {OWN_ITEMS: [(("items", len(listed)), entry)]}

    def _both(self, name: str) -> dict[str, str]:
        return {language: self.cleaned_data[f"{name}_{language}"] for language in ("zh", "en")}


def new_item(kind: str) -> Part:
    """The part of an item that is not there yet."""
    return Part(OWN_ITEMS, (), {"kind": kind})
