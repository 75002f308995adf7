"""What is asked about a class, about one of its people, and about a roster that is pasted in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.organisations.forms import Day
from baolei.organisations.forms_of_people import PeopleForm
from baolei.programme.cells import CellRefused, day, name
from baolei.programme.training import BRANCH, MEMBER, OFFICER, SECRETARY
from baolei.training import actions, rosters
from baolei.training.actions import Held
from baolei.training.models import LONGEST_TITLE
from baolei.training.rosters import Said
from baolei.warehouse.rulebook import training as training_rules

MOST_PASTED = 300
"""Lines that are pasted at once; a longer list is a file."""


class RecordClass(forms.Form):
    """A class, with whom it was for and at which level; of a branch only what, when and how long."""

    title = forms.CharField(
        label=lazy("What it was called"), max_length=LONGEST_TITLE, help_text=lazy("As in the notice or the plan.")
    )
    first = forms.DateField(label=lazy("First day"), widget=Day)
    last = forms.DateField(label=pgettext_lazy("training", "Last day"), widget=Day)
    hours = forms.IntegerField(
        label=lazy("Class hours"), min_value=1, max_value=999,
        help_text=lazy("Of lessons that were held. Time spent on a screen does not count."),
    )  # fmt: skip
    level = forms.ChoiceField(label=lazy("Level that held it"))
    audience = forms.ChoiceField(label=lazy("Held for"))
    concentrated = forms.BooleanField(label=lazy("It was concentrated training"), required=False)
    rotation = forms.BooleanField(label=lazy("It was rotation training of secretaries"), required=False)

    def __init__(self, *args: Any, host: actions.Host, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered, names, language = actions.levels(host), level_names(), get_language() or ""
        self.fields["first"].initial = self.fields["last"].initial = today
        _choose(self.fields["level"], [(one, names[one]) for one in offered])
        _choose(
            self.fields["audience"], [(code, said.say(language)) for code, said in training_rules().audiences.items()]
        )
        self.branch = offered == (BRANCH,)
        if self.branch:
            for field in ("level", "audience", "concentrated", "rotation"):
                del self.fields[field]
        elif not set(offered) & set(training_rules().rotation_levels):
            del self.fields["rotation"]

    def held(self, absent: Iterable[int]) -> Held:
        """The class that was entered."""
        said = self.cleaned_data
        return Held(
            said["title"], said["first"], said["last"], said["hours"], said.get("level", BRANCH),
            said.get("audience", "members"), bool(said.get("concentrated")), bool(said.get("rotation")), tuple(absent),
        )  # fmt: skip


def _choose(field: Any, choices: list[tuple[str, str]]) -> None:
    field.choices = choices


class StrikeClass(PeopleForm):
    """A class recorded in error."""

    verb = lazy("Strike the class")
    note = lazy("It stays to be seen and counts for nothing. Record what is right anew.")

    def perform(self, now: datetime) -> str:
        """Strike it."""
        actions.strike_class(**self.given, now=now, held=self.about)
        return _("The class is struck")


class StrikeAttendance(PeopleForm):
    """Somebody who did not attend."""

    verb = lazy("Strike from the roster")
    note = lazy("The entry stays to be seen and counts for nothing.")

    def perform(self, now: datetime) -> str:
        """Strike the entry."""
        actions.strike_attendance(**self.given, now=now, attendance=self.about)
        return _("The entry is struck")


class Paste(forms.Form):
    """A short roster as lines: name, branch."""

    lines = forms.CharField(
        label=lazy("Names and branches, one person a line"),
        help_text=lazy("As “包玉兰 东方红村党支部”, or two columns copied from a sheet; the branch by name or code."),
        widget=forms.Textarea(attrs={"rows": 6}), max_length=60_000,
    )  # fmt: skip

    def clean_lines(self) -> list[Said]:
        """The rows that were meant. Raises ValidationError naming the line, what is wrong and what would be right."""
        found, wrong = [], []
        for number, line in enumerate(str(self.cleaned_data["lines"]).splitlines(), 1):
            parts = [part for part in re.split(r"[\t,，;；]|\s{2,}", line) if part.strip()]
            parts = line.split() if len(parts) == 1 else parts
            if len(parts) in (2, 3):
                try:
                    found.append(said(number, parts))
                except CellRefused as refused:
                    wrong.append(_("Line %(line)d: %(fault)s") % {"line": number, "fault": in_words(refused)})
            elif parts:
                wrong.append(
                    _("Line %(line)d: write a name, a space and the branch, as “包玉兰 东方红村党支部”")
                    % {"line": number}
                )
        if len(found) > MOST_PASTED:
            wrong.append(_("More than %(most)d lines: send them as a file") % {"most": MOST_PASTED})
        if wrong:
            raise forms.ValidationError(wrong[:10])
        return found


def said(number: int, parts: list[str]) -> Said:
    """A row from its cells: name, branch, the day of joining if given. Raises CellRefused."""
    joined = day(parts[2], False) if len(parts) > 2 else None
    return Said(number, name(parts[0]) or "", name(parts[1]) or "", joined)


def in_words(refused: CellRefused) -> str:
    """What is wrong with a cell, and what would be right, in the language of the page."""
    language = get_language() or ""
    between = ": " if language.startswith("en") else "；"
    return f"{refused.wrong.say(language)}{between}{refused.right.say(language)}"


@dataclass(frozen=True, slots=True)
class Offered:
    """A row of a roster with what can be said of it: choices (value, words) and which is chosen."""

    line: Any
    why: str
    choices: list[tuple[str, str]]
    chosen: str


def offered(lines: Iterable[Any], day: date, scope: Any) -> list[Offered]:
    """Rows of a roster with the people each could mean, and the reasons for which it can be left out."""
    language, listed = get_language() or "", list(lines)
    meant = rosters.candidates(listed, day, scope)
    out = [(f"out:{code}", _("leave out: %(why)s") % {"why": why.say(language)})
           for code, why in training_rules().left_out.items()]  # fmt: skip
    words = {rosters.SEVERAL: _("several of this name"), rosters.NOBODY: _("nobody of this name in that branch")}
    found = []
    for one in listed:
        why, people = meant[one.number]
        choices = [(f"member:{person.member}", _person(person)) for person in people]
        chosen = f"member:{one.member_id}" if one.member_id else f"out:{one.left_out}" if one.left_out else ""
        found.append(Offered(one, "" if one.settled else words[why], [*choices, *out], chosen))
    return found


def _person(person: rosters.Person) -> str:
    joined = _("joined in %(year)d") % {"year": person.joined.year} if person.joined else ""
    return " · ".join(part for part in (person.name, person.branch, joined) if part)


def choices(sent: Mapping[str, str]) -> dict[int, tuple[int | None, str]]:
    """What was chosen for rows: by number a member (pk) or the code of a reason; rows left open are not there."""
    found: dict[int, tuple[int | None, str]] = {}
    for field, value in sent.items():
        number = field.removeprefix("row-")
        kind, _colon, what = value.partition(":")
        if field.startswith("row-") and number.isdecimal() and len(number) < 8 and what:
            found[int(number)] = (int(what), "") if kind == "member" and what.isdecimal() else (None, what)
    return found


def level_names() -> dict[str, str]:
    """What the levels that hold classes are called."""
    return {
        "region": _("region (level)"), "league": _("league or city (level)"), "banner": _("banner or county (level)"),
        "township": _("township (level)"), BRANCH: _("branch (level)"),
    }  # fmt: skip


def role_names() -> dict[str, str]:
    """What somebody attends as."""
    return {MEMBER: _("member"), OFFICER: _("committee member"), SECRETARY: _("secretary")}
