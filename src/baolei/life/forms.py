"""What is asked about a gathering: as few things as make a record, on one page of a phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.life import actions, facts
from baolei.life.actions import Held
from baolei.life.models import LONGEST_LINE, LONGEST_MINUTES
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import Group, HubHousehold, Organisation
from baolei.programme import life as rules
from baolei.warehouse.rulebook import life as life_rules
from baolei.warehouse.rulebook import setup_rules

MOST_LINES = 20


class Strike(PeopleForm):
    """A record made in error."""

    verb = lazy("Strike the record")
    note = lazy("It stays to be seen and counts for nothing. Record what is right anew.")

    def perform(self, now: datetime) -> str:
        """Strike it."""
        actions.strike(**self.given, now=now, gathering=self.about)
        return _("The record is struck")


def offered(organisation: Organisation, on: date) -> dict[str, str]:
    """The forms that a branch can record: those of a committee, of groups and of hub households where it has such."""
    has = facts.has(organisation.pk)(on)
    there = {rules.COMMITTEE: has.committee, rules.GROUP: has.groups, rules.HUB: has.hubs}
    lacking = {code for code, number in there.items() if not number}
    return {code: name for code, name in form_names(on).items() if code not in lacking}


def form_names(on: date) -> dict[str, str]:
    """What the forms of organisation life are called, in the order of the rules."""
    language, meetings = get_language() or "", setup_rules(on).meetings
    found = {code: meetings[code].name.say(language) for code in rules.FORMS if code in meetings}
    return {**found, rules.HUB: _("Session at a hub household")}


@dataclass(frozen=True, slots=True)
class Read:
    """What was sent: the gathering, or what is wrong by field ('' the whole)."""

    held: Held | None
    faults: Mapping[str, str]


def read(sent: Any) -> Read:
    """A gathering as the page sends it (`sent` has `get` and `getlist`)."""
    faults: dict[str, str] = {}
    on = _day(sent.get("on", ""), faults)
    present = _present(sent.get("present", ""), faults)
    kind, _colon, part = sent.get("part", "").partition(":")
    forms = [one for one in sent.getlist("form") if one in rules.FORMS]
    if not forms:
        faults["form"] = _("Choose what kind of gathering it was.")
    minutes = sent.get("minutes", "").strip()
    if len(minutes) > LONGEST_MINUTES:
        faults["minutes"] = _("One page at most: %(most)d characters.") % {"most": LONGEST_MINUTES}
    lines = {name: _lines(sent.get(name, ""), name, faults) for name in ("agenda", "decisions", "arising")}
    if faults or on is None:
        return Read(None, faults)
    owned = bool(set(forms) & actions.PARTS.keys())
    agenda = (
        [{"topic": rules.STUDY, "words": sent.get("studied", "").strip()[:LONGEST_LINE]}] if sent.get("study") else []
    )
    agenda += [{"topic": "other", "words": line} for line in lines["agenda"]]
    return Read(Held(
        on, forms, int(part) if owned and kind in forms and part.isdecimal() else 0, {} if owned else _absent(sent),
        present if owned else None, agenda, lines["decisions"], lines["arising"], minutes,
    ), {})  # fmt: skip


def _day(said: str, faults: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        faults["on"] = _("Enter the day as 2026-11-20.")
        return None


def _present(said: str, faults: dict[str, str]) -> int | None:
    if not said:
        return None
    if not said.isdecimal() or not 0 < int(said) < 1000:
        faults["present"] = _("Enter how many came, a number from 1.")
        return None
    return int(said)


def _lines(said: str, name: str, faults: dict[str, str]) -> list[str]:
    found = [line.strip() for line in said.splitlines() if line.strip()]
    if len(found) > MOST_LINES or any(len(line) > LONGEST_LINE for line in found):
        faults[name] = _("At most %(lines)d lines of %(most)d characters.") % {
            "lines": MOST_LINES,
            "most": LONGEST_LINE,
        }
    return found


def _absent(sent: Any) -> dict[int, str]:
    found = {
        name.removeprefix("absent-"): reason for name, reason in sent.items() if name.startswith("absent-") and reason
    }
    return {int(member): reason for member, reason in found.items() if member.isdecimal()}


def parts_of(organisation: Organisation, on: date) -> list[tuple[str, str]]:
    """The groups and hub households that can have held a gathering: what is sent, and what they are called."""
    groups = Group.objects.on(on).filter(organisation=organisation).order_by("name")
    hubs = HubHousehold.objects.on(on).filter(organisation=organisation).order_by("grid")
    return [*((f"{rules.GROUP}:{one.pk}", one.name) for one in groups),
            *((f"{rules.HUB}:{one.pk}", one.grid) for one in hubs)]  # fmt: skip


def reasons() -> list[tuple[str, str]]:
    """The classes of reasons for an absence."""
    language = get_language() or ""
    return [(one.code, one.name.say(language)) for one in life_rules().absences.values()]
