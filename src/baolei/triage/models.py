"""A round sorted 抓两头带中间: where each branch stands by the criteria, what people made of it, and the situations of
weak and lax organisations (软弱涣散) that were raised.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from baolei.declarations.models import Declaration
from baolei.people.models import Account
from baolei.programme.triage import CLASSES, NEW
from baolei.rounds.models import Round
from baolei.scores.models import Run

LONGEST_WORDS = 1_000
"""So many characters have a reason and an answer of the branch."""


class Sorting(models.Model):
    """A round, sorted by the criteria on the figures of one run.

    `expects` says of each field what last year's run estimated: mean in cents, reliability. `gone` are those of last
    year that are no longer there: path of the unit, class.
    """

    round = models.OneToOneField(Round, models.PROTECT, related_name="sorting", verbose_name=_("round"))
    run = models.ForeignKey(Run, models.PROTECT, related_name="sortings", verbose_name=_("run"))
    day = models.DateField(_("findings of the day"))
    made_at = models.DateTimeField(_("made at"))
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("made by"))
    expects = models.JSONField(default=dict)
    gone = models.JSONField(default=list)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("sorting")
        verbose_name_plural = _("sortings")

    def __str__(self) -> str:
        return f"{self.round_id} by {self.run_id}"


class SortedQuerySet(models.QuerySet["Sorted"]):
    """Sorted branches, asked for by where they stand."""

    def standing(self) -> SortedQuerySet:
        """With `stands`: the class that people decided, else the one the criteria propose."""
        return self.annotate(stands=Coalesce(NullIf("decided", models.Value("")), "proposed"))


class Sorted(models.Model):
    """One branch in a sorting.

    `why` holds all figures that were known, and of the criteria that put it there column, test, limit and figure.
    `asked` is the class that somebody put forward: it is `decided` at once where it follows the proposal, and once a
    second person agrees where it departs. `was`, `was_score`: last year's class ('new' for none) and score.
    """

    sorting = models.ForeignKey(Sorting, models.CASCADE, related_name="branches")
    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="sorted")
    proposed = models.CharField(_("proposed by the criteria"), max_length=8)
    why = models.JSONField(default=dict)
    score = models.IntegerField(_("score"))
    was = models.CharField(_("last year"), max_length=8, default=NEW)
    was_score = models.IntegerField(null=True)
    asked = models.CharField(_("put forward"), max_length=8, blank=True)
    decided = models.CharField(_("decided"), max_length=8, blank=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))
    second = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("agreed to by"))
    reason = models.CharField(_("reason"), max_length=LONGEST_WORDS, blank=True)
    decided_on = models.DateField(_("decided on"), null=True)
    answer = models.CharField(_("what the branch says"), max_length=LONGEST_WORDS, blank=True)
    answered_on = models.DateField(_("answered on"), null=True)

    objects: ClassVar[models.Manager[Any]] = SortedQuerySet.as_manager()

    class Meta:
        verbose_name = _("sorted branch")
        verbose_name_plural = _("sorted branches")
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["sorting", "proposed", "decided"], name="sorted_standing"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sorting", "declaration"], name="sorted_once"),
            models.CheckConstraint(
                condition=Q(proposed__in=CLASSES) & Q(was__in=[*CLASSES, NEW])
                & Q(asked__in=["", *CLASSES]) & Q(decided__in=["", *CLASSES]),
                name="sorted_classes_known",
            ),
            models.CheckConstraint(
                condition=Q(asked="", decided_by__isnull=True, reason="")
                | (~Q(asked="") & ~Q(reason="") & Q(decided_by__isnull=False)),
                name="sorted_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(decided="", decided_on__isnull=True) | Q(decided=F("asked"), decided_on__isnull=False),
                name="sorted_decided_as_put_forward",
            ),
            models.CheckConstraint(
                condition=Q(decided="") | Q(decided=F("proposed"))
                | (Q(second__isnull=False) & ~Q(second=F("decided_by"))),
                name="sorted_departure_takes_two",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_on__isnull=True) | (~Q(answer="") & Q(answered_on__isnull=False)),
                name="sorted_answer_has_its_day",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.declaration_id} {self.proposed}"

    @property
    def departs(self) -> bool:
        """Whether people put forward another class than the criteria propose."""
        return bool(self.asked) and self.asked != self.proposed

    @property
    def waits(self) -> bool:
        """Whether a second person has to agree."""
        return bool(self.asked) and not self.decided


class Candidate(models.Model):
    """A situation of weak and lax organisations that figures raised of a branch; people confirm or dismiss it.

    `figures`: of the criterion column, test, limit and figure.
    """

    RAISED, CONFIRMED, DISMISSED = "raised", "confirmed", "dismissed"
    STATES = ((RAISED, _("raised, not decided")), (CONFIRMED, _("confirmed")), (DISMISSED, _("dismissed")))

    sorting = models.ForeignKey(Sorting, models.CASCADE, related_name="candidates")
    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="candidates")
    situation = models.CharField(_("situation"), max_length=10)
    figures = models.JSONField(_("figures"), default=list)
    state = models.CharField(_("standing"), max_length=9, choices=STATES, default=RAISED)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided on"), null=True)
    reason = models.CharField(_("reason"), max_length=LONGEST_WORDS, blank=True)
    answer = models.CharField(_("what the branch says"), max_length=LONGEST_WORDS, blank=True)
    answered_on = models.DateField(_("answered on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("candidate for rectification")
        verbose_name_plural = _("candidates for rectification")
        ordering: ClassVar[list[str]] = ["declaration__path", "declaration", "situation"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sorting", "declaration", "situation"], name="candidate_once"),
            models.CheckConstraint(
                condition=Q(state="raised", decided_by__isnull=True, decided_at__isnull=True, reason="")
                | (Q(state__in=["confirmed", "dismissed"], decided_by__isnull=False, decided_at__isnull=False)
                   & ~Q(reason="")),
                name="candidate_decided_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_on__isnull=True) | (~Q(answer="") & Q(answered_on__isnull=False)),
                name="candidate_answer_has_its_day",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.declaration_id} {self.situation}"
