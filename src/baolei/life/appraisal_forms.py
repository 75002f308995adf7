"""What is asked after an appraisal of members: a grade for each, why more than a third are excellent, who was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.life.models import LONGEST_LINE, Appraisal
from baolei.warehouse.rulebook import life as life_rules

GRADE = "grade-"


@dataclass(frozen=True, slots=True)
class Sent:
    """What the page of grades sends: a grade by member (pk), and the two reasons."""

    grades: Mapping[int, str]
    beyond: str
    why: str


def read(sent: Any) -> Sent:
    """The grades as the page sends them (`sent` has `get` and `items`)."""
    given = {name.removeprefix(GRADE): grade for name, grade in sent.items() if name.startswith(GRADE) and grade}
    return Sent({int(member): grade for member, grade in given.items() if member.isdecimal()},
                sent.get("beyond", "").strip()[:LONGEST_LINE], sent.get("why", "").strip()[:LONGEST_LINE])  # fmt: skip


def of(appraisal: Appraisal | None) -> Sent:
    """What is on record, for the form to begin with."""
    if appraisal is None:
        return Sent({}, "", "")
    given = appraisal.grades.exclude(member=None).values_list("member", "grade")
    return Sent(dict(given), appraisal.beyond, "")


def told(sent: Any) -> tuple[list[int], date | None]:
    """Whom was told, and on which day (None where that is no day)."""
    members = [int(one) for one in sent.getlist("member") if one.isdecimal()]
    try:
        return members, date.fromisoformat(sent.get("on", ""))
    except ValueError:
        return members, None


def grade_names() -> dict[str, str]:
    """What the grades are called, the best first."""
    language = get_language() or ""
    return {code: name.say(language) for code, name in life_rules().grades.items()}


def day_wanted() -> str:
    """What is said where a day is none."""
    return _("Enter the day as 2026-11-20.")
