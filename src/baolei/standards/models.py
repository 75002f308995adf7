"""Editions of the house's own: drafts, those that were published, and trials of a draft on a round that is over."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baolei.people.models import Account


class OwnEdition(models.Model):
    """An edition that was drafted here: its files word for word, by their names in its folder.

    As a draft it may be changed and may have faults; `version` counts the changes, so that nobody writes over what
    another has written meanwhile. Published it has the digest of its meaning, the document that approves it and a
    publisher who neither drafted it nor made the last change; from then on it never changes (`guards`).
    """

    DRAFT, PUBLISHED = "draft", "published"
    STATES = ((DRAFT, _("draft")), (PUBLISHED, _("published")))

    code = models.CharField(_("code"), max_length=60, unique=True)
    based_on = models.CharField(_("drafted from"), max_length=60, blank=True)
    files = models.JSONField(_("files"))
    version = models.PositiveIntegerField(default=1, editable=False)
    state = models.CharField(_("standing"), max_length=9, choices=STATES, default=DRAFT)
    drafted_by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("drafted by"))
    drafted_at = models.DateTimeField(_("drafted"))
    changed_by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("last changed by"))
    changed_at = models.DateTimeField(_("last changed"))
    published_by = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published on"), null=True)
    document = models.CharField(_("approved by document"), max_length=100, blank=True)
    digest = models.CharField("SHA-256", max_length=64, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("edition of the house's own")
        verbose_name_plural = _("editions of the house's own")
        ordering: ClassVar[list[str]] = ["-drafted_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(code=""), name="edition_has_its_code"),
            models.CheckConstraint(
                condition=Q(state="draft", digest="", document="", published_by=None, published_at=None)
                | (Q(state="published", published_by__isnull=False, published_at__isnull=False)
                   & ~Q(digest="") & ~Q(document="")),
                name="edition_published_with_digest_and_document",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | (~Q(published_by=F("drafted_by")) & ~Q(published_by=F("changed_by"))),
                name="edition_published_by_another",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code


class Trial(models.Model):
    """A draft tried on the records of a round that is over: how far it has come, and which verdicts would change.

    `version` is the draft's at that time. One trial of a draft is kept, the last one. `figures` holds the counts by
    field; `notes` what the records could not say; `refused` why it could not be tried at all.
    """

    WAITING, DONE, REFUSED = "waiting", "done", "refused"
    STATES = ((WAITING, _("being computed")), (DONE, _("computed")), (REFUSED, _("cannot be computed")))

    edition = models.OneToOneField(OwnEdition, models.CASCADE, related_name="trial", verbose_name=_("draft"))
    version = models.PositiveIntegerField()
    snapshot = models.CharField(_("snapshot"), max_length=64, blank=True)
    round_edition = models.CharField(_("edition of the round"), max_length=60, blank=True)
    state = models.CharField(_("standing"), max_length=7, choices=STATES, default=WAITING)
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    at = models.DateTimeField(_("asked at"))
    beat = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    refused = models.JSONField(default=list)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("trial of a draft")
        verbose_name_plural = _("trials of drafts")

    def __str__(self) -> str:
        return f"{self.edition_id} {self.state}"


class OtherVerdict(models.Model):
    """A branch whose verdict another edition would change; tiers by their codes, scores in cents."""

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="verdicts")
    branch = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    field = models.CharField(max_length=60)
    before = models.CharField(max_length=60)
    after = models.CharField(max_length=60)
    score_before = models.IntegerField()
    score_after = models.IntegerField()

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("verdict that would change")
        verbose_name_plural = _("verdicts that would change")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.branch} {self.before} → {self.after}"
