"""A list laid open 公示, and the objections 异议 that anybody may raise, with or without a name."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baolei.naming.models import Line, NamingList
from baolei.people.models import Account
from baolei.programme.notice import OBJECTION, OUTCOMES

FINAL = [state.code for state in OBJECTION.states if state.final]
HANDLED = ["handling", "overdue", "answered"]


class Posting(models.Model):
    """A list laid open from a day to a day; closed when the days are over and its last objection has come to an end.

    `hour` and `taken` count what came in within an hour, so that nobody floods the office.
    """

    list = models.OneToOneField(NamingList, models.PROTECT, related_name="posting", verbose_name=_("list"))
    first = models.DateField(_("from"))
    last = models.DateField(_("to"))
    posted_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    posted_at = models.DateTimeField(_("posted"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    hour = models.DateTimeField(null=True)
    taken = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("public notice of a list")
        verbose_name_plural = _("public notices of lists")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="posting_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"


class Objection(models.Model):
    """What somebody holds against a name on a list, or against its absence, by the table of `programme.notice`.

    `own`: the branch itself objects to its name being missing, by its own account; it needs no receipt.
    `by` is who raised it, sealed, '' where no name was given: only who looks into it opens it. `code` is the digest of
    a receipt that nobody but the objector has. No address and no account of the objector is kept.
    `due` is the day by which the state must be left; `up` how many levels above the superior the handler was found.
    """

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="objections")
    line = models.ForeignKey(Line, models.PROTECT, related_name="objections")
    kind = models.CharField(_("kind"), max_length=20)
    words = models.TextField(_("what is wrong"), max_length=4_000)
    by = models.TextField(blank=True)
    own = models.BooleanField(_("raised by the branch itself"), default=False)
    code = models.CharField(max_length=64, unique=True)
    lodged = models.DateField(_("received on"))
    state = models.CharField(_("standing"), max_length=12, default=OBJECTION.start)
    due = models.DateField(_("until"), null=True)
    handler = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("looked into by"))
    up = models.PositiveSmallIntegerField(default=0)
    acknowledge_by = models.DateField()
    answer_by = models.DateField()
    appeal_by = models.DateField()
    outcome = models.CharField(_("outcome"), max_length=10, blank=True)
    reason = models.TextField(_("answer"), max_length=2_000, blank=True)
    corrections = models.JSONField(default=list)
    answered_on = models.DateField(_("answered on"), null=True)
    appeal_words = models.TextField(_("appeal"), max_length=2_000, blank=True)
    appeal_handler = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    appeal_outcome = models.CharField(max_length=10, blank=True)
    appeal_reason = models.TextField(max_length=2_000, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "due"], name="objection_due")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(own=True) & ~Q(state="withdrawn"), name="objection_own_once_a_line"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.code for one in OBJECTION.states]), name="objection_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=FINAL, due__isnull=True) | (~Q(state__in=FINAL) & Q(due__isnull=False)),
                name="objection_open_has_a_clock",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="objection_says_something"),
            models.CheckConstraint(
                condition=~Q(state__in=HANDLED) | Q(handler__isnull=False), name="objection_looked_into_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", answered_on__isnull=True)
                | (Q(outcome__in=OUTCOMES, answered_on__isnull=False) & ~Q(reason="")),
                name="objection_answered_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(appeal_outcome="")
                | (Q(appeal_outcome__in=OUTCOMES) & ~Q(appeal_reason="") & Q(appeal_handler__isnull=False)),
                name="appeal_answered_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(handler__isnull=True) | Q(appeal_handler__isnull=True) | ~Q(handler=F("appeal_handler")),
                name="appeal_looked_into_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def came_to(self) -> str:
        """What it came to in the end: on appeal, else at first; '' where it is not answered."""
        return self.appeal_outcome or self.outcome
