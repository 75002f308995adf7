"""The ledger's rows: entries that only grow, the head they grow from, the heads that were given out of the house."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baolei.paths import PathField, at_or_below
from baolei.programme import proof

_HASH: dict[str, Any] = {"max_length": 64, "editable": False}


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries, asked for by who may read them."""

    def under(self, paths: tuple[str, ...]) -> EntryQuerySet:
        """Those that concern a unit at or below one of these paths."""
        condition = Q(pk__in=[])
        for path in paths:
            condition |= at_or_below(path)
        return self.filter(condition)


class Entry(models.Model):
    """One act, written in the transaction of the act.

    `subject` is the kind and the number of what was acted on, never a name. Whatever may have to be erased one day (the
    reason, what was before and after) stands in `particulars`: the entry's hash holds only their salted hash, so they
    can be erased and the ledger still proves itself.
    """

    number = models.PositiveBigIntegerField(_("number"), primary_key=True, editable=False)
    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    act = models.CharField(_("what"), max_length=60)
    subject = models.CharField(_("on what"), max_length=120, blank=True)
    path = PathField(_("for which unit"), max_length=64, blank=True, db_index=True)
    particulars = models.JSONField(_("particulars"), null=True)
    salt = models.CharField(max_length=32, null=True, editable=False)  # NULL: erased with what it salted
    sealed = models.CharField(**_HASH)
    previous = models.CharField(**_HASH, unique=True)
    hash = models.CharField(**_HASH)

    objects: ClassVar[models.Manager[Entry]] = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the ledger")
        verbose_name_plural = _("ledger")
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(number__gte=1), name="ledger_entry_counts_from_one"),
            models.CheckConstraint(
                condition=Q(particulars__isnull=True, salt__isnull=True)
                | Q(particulars__isnull=False, salt__isnull=False),
                name="ledger_entry_erased_with_its_salt",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.act} {self.subject}".rstrip()

    def leaf(self) -> str:
        """The hash this entry must have, from what it says (hex)."""
        return proof.leaf(proof.canonical(self.proved()))

    def proved(self) -> dict[str, Any]:
        """What of it the hash covers: everything but the particulars, which are there by their seal."""
        return {
            "number": self.number,
            "at": self.at.isoformat(timespec="microseconds"),
            "actor": self.actor_id,
            "act": self.act,
            "subject": self.subject,
            "path": self.path,
            "sealed": self.sealed,
            "previous": self.previous,
        }


class Head(models.Model):
    """Where the ledger stands: one row. Whoever writes an entry holds it, so that entries have one order."""

    size = models.PositiveBigIntegerField(default=0)
    last = models.CharField(**_HASH, default=proof.EMPTY)
    peaks = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(pk=1), name="ledger_has_one_head")
        ]

    def __str__(self) -> str:
        return f"{self.size} {self.root()}"

    def root(self) -> str:
        """The root of the hash tree over all entries (hex)."""
        return proof.root(tuple((height, peak) for height, peak in self.peaks))


class Seal(models.Model):
    """A head as it was given out of the house, to be kept where nobody here can reach it."""

    size = models.PositiveBigIntegerField(_("entries"))
    root = models.CharField(_("root"), max_length=64)
    at = models.DateTimeField(_("when"))
    kept_by = models.CharField(_("kept by"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("seal of the ledger")
        verbose_name_plural = _("seals of the ledger")
        ordering: ClassVar[list[str]] = ["size", "pk"]

    def __str__(self) -> str:
        return f"{self.size} {self.root}"
