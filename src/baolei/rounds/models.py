"""A round 轮次: one evaluation of a part of the tree by one edition, in phases with a calendar."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baolei.organisations.models import Unit
from baolei.paths import PathField
from baolei.people.models import Account
from baolei.programme.phases import CANCELLED, CLOSED, PLANNED


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds, asked for by where they stand."""

    def running(self) -> RoundQuerySet:
        """Those that have begun and have not ended."""
        return self.exclude(phase__in=(PLANNED, CLOSED, CANCELLED))


class Round(models.Model):
    """One evaluation: who is judged (everything at or below `path`), by what, and on what authority.

    `digest` is that of the edition as it was when the round was opened: a round is judged by no other words. It stands
    on an approval document, or on a stated reason why it needs none (domain: creation-and-demonstration activities need
    approval, yearly assessments do not). `phase` is a phase of the rules, or planned, closed, cancelled.
    """

    APPROVED, EXEMPT = "approved", "exempt"
    BASES = ((APPROVED, _("approved by a document")), (EXEMPT, _("needs no approval, for a stated reason")))

    name = models.CharField(_("name"), max_length=100)
    year = models.PositiveSmallIntegerField(_("year that is judged"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rounds", verbose_name=_("for the unit"))
    path = PathField(_("path"), max_length=60, db_index=True)
    edition = models.CharField(_("edition"), max_length=60)
    digest = models.CharField(_("digest of the edition"), max_length=64)
    basis = models.CharField(_("basis"), max_length=8, choices=BASES)
    document = models.CharField(_("document or reason"), max_length=200)
    phase = models.CharField(_("phase"), max_length=20, default=PLANNED)
    opened_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("opened by"))
    opened_at = models.DateTimeField(_("opened"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[models.Manager[Any]] = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering: ClassVar[list[str]] = ["-year", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(document=""), name="round_stands_on_something"),
            models.CheckConstraint(condition=Q(basis__in=["approved", "exempt"]), name="round_basis_known"),
            models.CheckConstraint(
                condition=Q(phase__in=[CLOSED, CANCELLED], ended_at__isnull=False)
                | (~Q(phase__in=[CLOSED, CANCELLED]) & Q(ended_at__isnull=True)),
                name="round_ended_at_its_end",
            ),
            models.UniqueConstraint(
                fields=["unit", "year"], condition=~Q(phase=CANCELLED), name="round_once_a_year_and_unit"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def running(self) -> bool:
        """Whether it has begun and has not ended."""
        return self.phase not in (PLANNED, CLOSED, CANCELLED)


class Span(models.Model):
    """A phase of a round on its calendar, first and last day counted."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="spans")
    phase = models.CharField(_("phase"), max_length=20)
    begins = models.DateField(_("from"))
    ends = models.DateField(_("to"))

    class Meta:
        verbose_name = _("phase on the calendar")
        verbose_name_plural = _("calendar")
        ordering: ClassVar[list[str]] = ["begins"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(ends__gte=F("begins")), name="span_in_order"),
            models.UniqueConstraint(fields=["round", "phase"], name="span_once"),
        ]

    def __str__(self) -> str:
        return f"{self.phase} {self.begins}–{self.ends}"
