"""The tables of a draft as forms: what is in them becomes changes of the draft's files, value by value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.programme.located import Path
from baolei.programme.standard.points_tables import COUNTED
from baolei.programme.standard.written import GONE
from baolei.standards.book import Book, Part

Change = tuple[Path, Any]
LEAST = Decimal("0.01")
"""An item earns something; without points it is left out of the table."""
CODE = r"^[A-Za-z][A-Za-z0-9_-]*$"


class Number(forms.DecimalField):
    """A number in a table: narrow, with the keys for digits on a phone."""

    def __init__(self, label: Any, places: int = 2, **kwargs: Any) -> None:
        bounds = {"min_value": 0, **kwargs}
        super().__init__(label=label, required=False, decimal_places=places, max_digits=12, **bounds)
        self.widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "form-control", "autocomplete": "off"})

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another number was entered: 0.7 is 0.7, however it is kept."""
        return super().has_changed(None if initial is None else Decimal(str(initial)), data)


class Words(forms.CharField):
    """Words of an edition, on one line."""

    def __init__(self, label: Any, required: bool = True) -> None:
        super().__init__(label=label, required=required, max_length=600)
        self.widget = forms.Textarea(attrs={"class": "form-control", "rows": 2})

    def to_python(self, value: Any) -> str:
        """The words without breaks."""
        return " ".join(str(super().to_python(value) or "").split())


class TableForm(forms.Form):
    """A part of a draft as a form. `version` is the draft's that was looked at; `why` may stay empty."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(
        label=lazy("What was changed, and why"), max_length=200, required=False,
        help_text=lazy("One sentence for the ledger. May stay empty while you draft."),
    )  # fmt: skip

    def __init__(self, *args: Any, book: Book, part: Part, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.book, self.part, self.body = book, part, part.body
        self.fields["version"].initial = version
        self.prepare()

    def prepare(self) -> None:
        """Make the fields of the part."""

    def changes(self) -> dict[str, list[Change]]:
        """What differs from the draft, by file."""
        found = list(self.differences())
        return {self.part.place: [((*self.part.path, *path), value) for path, value in found]} if found else {}

    def differences(self) -> Iterator[Change]:
        """What differs, by the path inside the part."""
        raise NotImplementedError

    def differing(self) -> list[tuple[Any, Any]]:
        """Where what was entered differs from what stands in the draft: the bound field, and what stands there."""
        return [
            (self[name], "" if field.initial is None else field.initial)
            for name, field in self.fields.items()
            if name not in ("version", "why") and field.has_changed(field.initial, self[name].data)
        ]

    def ask(self, name: str, field: forms.Field, initial: Any = None) -> None:
        """One more field, with what stands in the draft."""
        field.initial = initial
        self.fields[name] = field

    def ask_text(self, name: str, label: Any, plain: Mapping[str, str] | None, required: bool = True) -> None:
        """Two fields: Chinese and English."""
        for language, of in (("zh", _("Chinese")), ("en", _("English"))):
            field = Words(f"{label} ({of})", required)
            self.ask(f"{name}_{language}", field, (plain or {}).get(language))

    def text_changes(self, name: str, path: Path, plain: Mapping[str, str] | None) -> Iterator[Change]:
        """What differs in a text; a text in one language only is said of the form (see `clean_texts`)."""
        meant = {language: self.cleaned_data[f"{name}_{language}"] for language in ("zh", "en")}
        if plain is None:
            if any(meant.values()):
                yield path, meant
        elif not any(meant.values()):
            yield path, GONE
        else:
            yield from (((*path, language), words) for language, words in meant.items() if words != plain[language])

    def both_or_neither(self, *names: str) -> None:
        """An error where a text that may be left out stands in one language only."""
        for name in names:
            said = {language: self.cleaned_data.get(f"{name}_{language}") for language in ("zh", "en")}
            for language, words in said.items():
                if not words and any(said.values()) and f"{name}_{language}" not in self.errors:
                    self.add_error(f"{name}_{language}", _("Say it in both languages, or leave both empty."))

    def number_change(self, path: Path, name: str, now: Any) -> Iterator[Change]:
        """What differs in a number; an empty field takes it out."""
        meant = plain_number(self.cleaned_data.get(name))
        if meant is None and now is not None:
            yield path, GONE
        elif meant is not None and meant != now:
            yield path, meant


class FieldForm(TableForm):
    """The table of one field: its line, its cells, its items with their points and goalposts."""

    def prepare(self) -> None:
        """One field for each cell of strengths x sources, and for each item."""
        self.ask_text("name", _("Name of the field"), self.body["name"])
        line = Number(_("Line"), max_value=self.book.head.body["total"])
        line.required = True
        self.ask("line", line, self.body["line"])
        names = self.book.names(get_language() or "")
        for strength in self.book.words.strengths:
            for source in self.book.words.sources:
                stands = self.body["cells"].get(strength, {}).get(source)
                self.ask(f"cell-{strength}-{source}", Number(f"{names[strength]} · {names[source]}"), stands)
        for code, points in self.body["items"].items():
            self._ask_item(code, points, names.get(code, code))
        unused = [code for code in self.book.items if code not in self.body["items"]]
        choices = [("", "—"), *((code, f"{names[code]} ({code})") for code in unused)]
        widget = forms.Select(attrs={"class": "form-select"})
        self.ask("add", forms.ChoiceField(label=_("One more item"), choices=choices, required=False, widget=widget))
        self.ask("add_points", Number(_("Points of it"), min_value=LEAST))

    def _ask_item(self, code: str, points: Any, name: str) -> None:
        self.ask(f"item-{code}", Number(name, min_value=LEAST), points)
        if code in self.book.items and self.book.items[code].body["kind"] in COUNTED:
            own = self.body.get("goalposts", {}).get(code, {})
            for key, label, usual in (
                ("low", pgettext("goalpost", "from"), 0),
                ("high", pgettext("goalpost", "to"), 1),
            ):
                self.ask(f"{key}-{code}", Number(f"{name}: {label}", 4), own.get(key))
                shown = str(self.book.items[code].body.get(key, usual))
                self.fields[f"{key}-{code}"].widget.attrs["placeholder"] = shown

    def clean(self) -> dict[str, Any]:
        """An item that is taken in has points."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("add") and not said.get("add_points") and "add_points" not in self.errors:
            self.add_error("add_points", _("Say how many points the item earns here."))
        if said.get("add_points") and not said.get("add") and "add" not in self.errors:
            self.add_error("add", _("Choose the item that earns these points."))
        return said

    def differences(self) -> Iterator[Change]:
        """Line, name, cells, items, goalposts."""
        yield from self.text_changes("name", ("name",), self.body["name"])
        yield from self.number_change(("line",), "line", self.body["line"])
        yield from self._cells()
        for code, points in self.body["items"].items():
            yield from self.number_change(("items", code), f"item-{code}", points)
        if self.cleaned_data["add"]:
            yield ("items", self.cleaned_data["add"]), plain_number(self.cleaned_data["add_points"])
        yield from self._goalposts()

    def _cells(self) -> Iterator[Change]:
        for strength in self.book.words.strengths:
            row = self.body["cells"].get(strength)
            meant = {source: plain_number(self.cleaned_data[f"cell-{strength}-{source}"])
                     for source in self.book.words.sources}  # fmt: skip
            if row is None:
                if any(points is not None for points in meant.values()):
                    yield (
                        ("cells", strength),
                        {source: points for source, points in meant.items() if points is not None},
                    )
                continue
            if all(points is None for points in meant.values()):
                yield ("cells", strength), GONE
                continue
            for source in meant:
                yield from self.number_change(("cells", strength, source), f"cell-{strength}-{source}", row.get(source))

    def _goalposts(self) -> Iterator[Change]:
        before = self.body.get("goalposts", {})
        after = {code: self._posts(code, own) for code, own in self._asked_posts(before)}
        after = {code: posts for code, posts in after.items() if posts}
        if after == before:
            return
        if not before:
            yield ("goalposts",), after
        elif not after:
            yield ("goalposts",), GONE
        else:
            yield from ((("goalposts", code), GONE) for code in before if code not in after)
            yield from ((("goalposts", code), posts) for code, posts in after.items() if posts != before.get(code))

    def _asked_posts(self, before: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The goalposts of the items that stay, and those of no item of this field as they are."""
        codes = [code for code in self.body["items"] if self.cleaned_data[f"item-{code}"] is not None]
        strange = [code for code in before if code not in self.body["items"]]
        return ((code, before.get(code, {})) for code in (*codes, *strange))

    def _posts(self, code: str, own: Mapping[str, Any]) -> dict[str, Any]:
        if f"low-{code}" not in self.fields:
            return dict(own)
        asked = {key: plain_number(self.cleaned_data[f"{key}-{code}"]) for key in ("low", "high")}
        return {key: value for key, value in asked.items() if value is not None}


class HeadForm(TableForm):
    """What a draft is called, for which days it is, and on which document it rests."""

    def prepare(self) -> None:
        """Name, days, source."""
        self.ask_text("name", _("Name of the edition"), self.body["name"])
        valid = self.body["valid"]
        for key, label, required in (("from", _("Valid from"), True), ("to", _("Valid to"), False)):
            day = forms.DateField(label=label, required=required)
            day.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            self.ask(key, day, valid.get(key))
        self.fields["to"].help_text = _("Empty: until replaced.")
        self.ask_text("source", _("On what it rests"), self.body["source"])
        self.order_fields(["name_zh", "name_en", "from", "to", "source_zh", "source_en", "why", "version"])

    def differences(self) -> Iterator[Change]:
        """Name, days, source."""
        for name in ("name", "source"):
            yield from self.text_changes(name, (name,), self.body[name])
        for key in ("from", "to"):
            meant, now = self.cleaned_data[key], self.body["valid"].get(key)
            if meant is None and now is not None:
                yield ("valid", key), GONE
            elif meant is not None and str(meant) != str(now):
                yield ("valid", key), meant


def plain_number(value: Decimal | None) -> int | float | None:
    """A number as a file has it: whole where it is whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
