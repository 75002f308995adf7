"""Runs of a round: what was frozen, what came out, by their digests; and the visits that were drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from baolei.declarations.models import Declaration
from baolei.people.models import Account
from baolei.rounds.models import Round


class Run(models.Model):
    """One scoring of a round: its snapshot folder in, its results folder out, quoted by their digests.

    Anybody who holds the snapshot computes the same results (`baolei evaluate`). `seed` is the public number by which
    visits are drawn; `done` of `total` steps while it is under way.
    """

    WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
    STATES = ((WAITING, _("waiting")), (RUNNING, _("under way")), (DONE, pgettext_lazy("run", "done")), (FAILED, _("failed")))
    OPEN = (WAITING, RUNNING)

    round = models.ForeignKey(Round, models.PROTECT, related_name="runs", verbose_name=_("round"))
    why = models.CharField(_("why"), max_length=200)
    seed = models.CharField(_("public number"), max_length=100)
    state = models.CharField(_("standing"), max_length=7, choices=STATES, default=WAITING)
    step = models.CharField(max_length=100, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    branches = models.PositiveIntegerField(_("Party branches"), default=0)
    snapshot = models.CharField(_("digest of the snapshot"), max_length=64, blank=True)
    results = models.CharField(_("digest of the results"), max_length=64, blank=True)
    said = models.TextField(_("what went wrong"), blank=True)
    asked_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("asked for by"))
    asked_at = models.DateTimeField(_("asked for"))
    beat = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    shown_at = models.DateTimeField(_("on the public pages since"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(state__in=["waiting", "running"]), name="run_one_under_way"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | (~Q(results="") & ~Q(snapshot="")), name="run_done_has_its_digests"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.pk}"

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return Path(settings.BAOLEI_HOME) / "rounds" / str(self.round_id) / str(self.pk)

    @property
    def results_folder(self) -> Path:
        """Its results, as the pages open them."""
        return self.folder / "results"


class Visit(models.Model):
    """A branch that was drawn to be visited, and what the inspectors found: its organisation's part as verified.

    `probability` is that of having been drawn at random; `organisation` and `overall` are cents on the table's scale,
    empty until the visit was made. `found` are the facts as verified, by item: so many of so many.
    """

    RANDOM, BORDERLINE, DOUBLE = "random", "borderline", "double"
    WAVES = ((RANDOM, _("drawn at random")), (BORDERLINE, _("near the line")), (DOUBLE, _("second look")))

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="visits")
    run = models.ForeignKey(Run, models.PROTECT, related_name="visits")
    wave = models.CharField(_("why it is visited"), max_length=10, choices=WAVES)
    probability = models.FloatField(_("probability"), default=1.0)
    team = models.PositiveSmallIntegerField(_("team"), default=0)
    found = models.JSONField(default=dict)
    organisation = models.PositiveIntegerField(_("points verified"), null=True)
    overall = models.PositiveIntegerField(_("judgement of the whole"), null=True)
    words = models.CharField(_("what was seen and heard"), max_length=2_000, blank=True)
    on = models.DateField(_("visited on"), null=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("visited by"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering: ClassVar[list[str]] = ["declaration__path", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["declaration", "wave"], name="visit_once_a_wave"),
            models.CheckConstraint(
                condition=Q(probability__gt=0) & Q(probability__lte=1), name="visit_probability_is_one"
            ),
            models.CheckConstraint(
                condition=Q(on__isnull=True, organisation__isnull=True)
                | Q(on__isnull=False, organisation__isnull=False),
                name="visit_made_with_its_points",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.declaration_id} {self.wave}"
