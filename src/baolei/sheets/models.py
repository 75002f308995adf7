"""A sheet on its way into the house: the batch, its rows while they are looked at, and every change it made."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baolei.organisations.models import Unit
from baolei.people.models import Account

KINDS = (
    ("units", _("Administrative units")),
    ("organisations", _("Party organisations")),
    ("members", _("List of members")),
    ("posts", _("Posts")),
    ("grids", _("Grids and their workers")),
)


class Batch(models.Model):
    """One file that was sent: what it is a list of, for which part of the tree, from which day on it holds.

    `counts` of rows by what will become of them; `done` of `total` rows in the step under way; `chunk` the next one to
    be written (or, on the way back, how many are still there). Two files of the same bytes are one batch while it is
    open. What is in a file may be personal: the file goes once it has been read, the rows some days after the end.
    """

    WAITING, READY, REFUSED = "waiting", "ready", "refused"
    APPLYING, APPLIED, STOPPING, STOPPED = "applying", "applied", "stopping", "stopped"
    REVERTING, REVERTED, DISCARDED = "reverting", "reverted", "discarded"
    STATES = (
        (WAITING, _("being read")),
        (READY, _("ready to be looked at")),
        (REFUSED, _("cannot be read")),
        (APPLYING, _("being written")),
        (APPLIED, _("written")),
        (STOPPING, _("being taken back")),
        (STOPPED, _("stopped, nothing kept")),
        (REVERTING, _("being reverted")),
        (REVERTED, _("reverted")),
        (DISCARDED, _("discarded")),
    )
    OPEN = (WAITING, READY, APPLYING, STOPPING, REVERTING)
    UNDER_WAY = (WAITING, APPLYING, STOPPING, REVERTING)
    CLOSED = (REFUSED, STOPPED, REVERTED, DISCARDED, APPLIED)

    kind = models.CharField(_("list of"), max_length=20, choices=KINDS)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("for the unit"))
    day = models.DateField(_("holds from"))
    why = models.CharField(_("reason or document"), max_length=200)
    name = models.CharField(_("file"), max_length=255)
    digest = models.CharField("SHA-256", max_length=64)
    size = models.PositiveIntegerField(_("bytes"))
    kept_as = models.CharField(max_length=64, blank=True, editable=False)
    sender = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    at = models.DateTimeField(_("sent at"))
    state = models.CharField(_("standing"), max_length=9, choices=STATES, default=WAITING)
    head = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    only_right = models.BooleanField(_("only the right rows"), default=False)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    chunk = models.PositiveIntegerField(default=0)
    step = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True)
    beat = models.DateTimeField(null=True)
    closed = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("spreadsheet")
        verbose_name_plural = _("spreadsheets")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["digest", "kind", "unit"],
                condition=Q(state__in=["waiting", "ready", "applying", "stopping", "reverting"]),
                name="batch_open_once",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="batch_has_its_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.name}"

    @property
    def under_way(self) -> bool:
        """Whether the machine is at work on it."""
        return self.state in self.UNDER_WAY


class Row(models.Model):
    """A row of a sheet: its cells as sent, what they say, what is wrong, what will become of it.

    `number` is its number in the sheet; `place` the order of writing, in which what stands above comes first. The rows
    above the head are kept too, with no place, so that the sheet can be given back.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    place = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=7, blank=True)
    cells = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    before = models.JSONField(default=dict)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("row of a spreadsheet")
        verbose_name_plural = _("rows of spreadsheets")
        ordering: ClassVar[list[str]] = ["number"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["batch", "place"], name="row_by_place"),
            models.Index(fields=["batch", "state", "number"], name="row_by_state"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["batch", "number"], name="row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number}"


class Change(models.Model):
    """One row of a table that a batch made (`before` is NULL) or changed, with what it was and what it became."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="changes")
    chunk = models.PositiveIntegerField()
    table = models.CharField(max_length=30)
    row = models.PositiveBigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(default=dict)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("change by a spreadsheet")
        verbose_name_plural = _("changes by spreadsheets")
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["batch", "chunk"], name="change_by_chunk"),
            models.Index(fields=["table", "row"], name="change_by_row"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row}"
