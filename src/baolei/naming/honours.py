"""What is counted of honours: each branch once, with the highest level that gave it one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from baolei.naming.models import Demonstration, Title
from baolei.programme import titles
from baolei.programme.organisation.levels import LEVELS
from baolei.programme.standard.edition import Text
from baolei.warehouse.rulebook import titles as title_rules

NAMES = {level.code: level.name for level in LEVELS}


def holding(day: date) -> Q:
    """The condition that something holds on a day: watched ones do, and those whose withdrawal is only proposed."""
    begun = Q(since__lte=day, until__gte=day) & (Q(ended=None) | Q(ended__gt=day))
    return begun & Q(state__in=[state.code for state in titles.STATES.states])


def by_level(found: Any, branch: str, day: date) -> list[tuple[Text, int]]:
    """How many branches hold something, by the level with which each counts, from the top; each counted once.

    `branch`: the way from what is held to its branch.
    """
    held, counted, higher = found.filter(holding(day)).order_by(), list[tuple[Text, int]](), list[str]()
    for level in title_rules().levels:
        taken = held.filter(level__in=higher).values(branch)
        number = held.filter(level=level).exclude(**{f"{branch}__in": taken}).values(branch).distinct().count()
        counted.append((NAMES[level], number))
        higher.append(level)
    return counted


def counts_with(mine: Title, day: date) -> Title | None:
    """The title its branch counts with on a day; None where it holds none any more."""
    held = _as_held(Title.objects.filter(organisation=mine.organisation_id))
    best = titles.highest(held, day, title_rules()).get(str(mine.organisation_id))
    return Title.objects.select_related("round").get(pk=best.round) if best else None


def standing_of(mine: Demonstration, day: date) -> titles.BaseStanding:
    """Which branches of a base hold a title on a day, which do not, and whether it stands."""
    branches = tuple(str(pk) for pk in mine.branches.order_by("pk").values_list("pk", flat=True))
    held = _as_held(Title.objects.filter(organisation__in=mine.branches.values("pk")))
    return titles.base_stands(titles.Base(str(mine.pk), mine.name, branches), held, day, title_rules())


def _as_held(found: Iterable[Title]) -> list[titles.Title]:
    """Titles as the programme has them, each by its own number in place of its round."""
    return [
        titles.Title(str(one.organisation_id), one.code, one.level, str(one.pk), one.since, one.until, one.state,
                     one.ended)
        for one in found
    ]  # fmt: skip
