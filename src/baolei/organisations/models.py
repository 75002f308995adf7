"""Two trees of one shape: a node that stays itself, and its states, each with its days.

A unit or an organisation is a row that never changes. What it was called, its code, what it stood under: that is its
state from a day to a day. A year's figures use the trees of that year; nothing of the past is ever overwritten.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baolei.people.paths import PathField, at_or_below
from baolei.programme.organisation.levels import LEVELS
from baolei.programme.organisation.paths import segment

WIDTH = 5
"""Characters of a path's segment: 60 million nodes, a nation's organisations ten times over."""


def segment_of(pk: int) -> str:
    """A node's own segment of its path. It never changes and never comes again."""
    return segment(pk, WIDTH)


class StateQuerySet(models.QuerySet[Any]):
    """States, asked for by day and by place."""

    def on(self, day: date) -> Self:
        """Those that held on that day; the last day counts."""
        return self.filter(Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gte=day)))

    def open(self) -> Self:
        """Those that hold until further notice."""
        return self.filter(until__isnull=True)

    def under(self, path: str) -> Self:
        """Those at or below a node."""
        return self.filter(at_or_below(path))


class State(models.Model):
    """What a node of a tree was from a day to a day; `path` is made of nodes, so that a new name leaves it alone."""

    code = models.CharField(_("code"), max_length=30, db_index=True)
    name = models.CharField(_("name"), max_length=200)
    path = PathField(_("path"), max_length=60, db_index=True)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = StateQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Unit(models.Model):
    """An administrative unit: the same one through all its names, codes and borders."""

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        return f"unit {self.pk}"


class UnitState(State):
    """A unit's name, statistical code, level (1 region to 5 village) and the unit above, from a day to a day."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="states", verbose_name=_("unit"))
    level = models.PositiveSmallIntegerField(_("level"))
    above = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("unit above"))

    class Meta:
        verbose_name = _("state of a unit")
        verbose_name_plural = _("states of units")
        ordering: ClassVar[list[str]] = ["path", "since"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(level__range=(1, len(LEVELS))), name="unit_state_level_known"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="unit_state_in_order"
            ),
            models.CheckConstraint(
                condition=Q(level=1, above__isnull=True) | Q(level__gt=1, above__isnull=False),
                name="unit_state_has_above",
            ),
            models.UniqueConstraint(fields=["unit", "since"], name="unit_state_begins_once"),
            models.UniqueConstraint(fields=["unit"], condition=Q(until__isnull=True), name="unit_state_open_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(until__isnull=True), name="unit_code_held_once"),
        ]


class Succession(models.Model):
    """Which unit goes on where another ended: one line for each in a merger or a division.

    `main` marks the one that takes over what cannot be divided, so that a past year seen in today's borders counts
    everything once.
    """

    before = models.ForeignKey(Unit, models.PROTECT, related_name="successions", verbose_name=_("until then"))
    after = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("from then on"))
    on = models.DateField(_("day"))
    main = models.BooleanField(_("takes over the rest"))

    class Meta:
        verbose_name = _("succession")
        verbose_name_plural = _("successions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(before=F("after")), name="succession_of_another"),
            models.UniqueConstraint(fields=["before", "after", "on"], name="succession_once"),
            models.UniqueConstraint(fields=["before"], condition=Q(main=True), name="succession_one_main"),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} > {self.after_id}"
