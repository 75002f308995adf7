"""The programme year in one file 一年一档: made once of an adopted list, kept beside its run, known by its digests."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baolei.naming.models import NamingList
from baolei.paths import PathField
from baolei.people.models import Account
from baolei.warehouse.check_year import PUBLIC, WHOLE


class YearFile(models.Model):
    """Two files of one adopted list: the auditors' (`whole`) and everybody's (`public`), by SHA-256 and length.

    `entry` is the number of the ledger's entry that records both; with it the same files are made again where they
    are lost. `done` of `total` steps while they are made.
    """

    WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
    STATES = ((WAITING, _("waiting")), (RUNNING, _("under way")), (DONE, _("done")), (FAILED, _("failed")))
    OPEN = (WAITING, RUNNING)

    list = models.OneToOneField(NamingList, models.PROTECT, related_name="year_file", verbose_name=_("list"))
    state = models.CharField(_("standing"), max_length=7, choices=STATES, default=WAITING)
    done = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField(default=0)
    entry = models.PositiveBigIntegerField(null=True)
    root = models.CharField(max_length=64, blank=True)
    whole = models.CharField(max_length=64, blank=True)
    whole_bytes = models.PositiveBigIntegerField(default=0)
    public = models.CharField(max_length=64, blank=True)
    public_bytes = models.PositiveBigIntegerField(default=0)
    said = models.TextField(_("what went wrong"), blank=True)
    asked_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("asked for by"))
    asked_at = models.DateTimeField(_("asked for"))
    beat = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("programme year in one file")
        verbose_name_plural = _("programme years in one file")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(state="done") | (~Q(whole="") & ~Q(public="") & ~Q(root="") & Q(entry__isnull=False)),
                name="year_done_has_its_digests",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list_id} {self.state}"

    def file(self, variant: str) -> Path:
        """Where one of the two lies."""
        home = Path(settings.BAOLEI_HOME) / "years" / str(self.list.round_id)
        return home / {WHOLE: "whole.zip", PUBLIC: "public.zip"}[variant]


class Reading(models.Model):
    """A published figure as it was counted on a day at a unit: numerator, denominator, by which catalogue.

    One for each month is kept, and the latest: so that a unit is compared with itself, month by month.
    """

    code = models.CharField(_("figure"), max_length=30)
    path = PathField(_("path"), max_length=60)
    day = models.DateField(_("date"))
    month = models.DateField(_("month"))
    numerator = models.BigIntegerField(_("numerator"))
    denominator = models.BigIntegerField(_("denominator"), null=True)
    rule = models.CharField(_("version of the catalogue"), max_length=16)
    counted_at = models.DateTimeField(_("counted"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("reading of a figure")
        verbose_name_plural = _("readings of figures")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["path", "code", "month"], name="reading_once_a_month"),
            models.CheckConstraint(condition=Q(numerator__gte=0), name="reading_not_below_nothing"),
            models.CheckConstraint(
                condition=Q(denominator=None) | Q(denominator__gte=0), name="reading_of_something"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code} {self.day}"
