"""A review 审核: the step at which a declaration stands, who looks at it, what each says, what was concluded."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baolei.declarations.models import Declaration
from baolei.organisations.models import Organisation, Unit
from baolei.people.models import Account
from baolei.programme.review import STATES, VERDICTS

OPEN_STATES = tuple(state.code for state in STATES.states if not state.final)
"""The states of a step in which somebody has something to do."""
WORDS = {"pass": _("pass"), "return": _("return to the branch"), "reject": _("reject")}
"""What can be said of a declaration, in words."""
CHOICES = tuple((code, WORDS[code]) for code in VERDICTS)


class Step(models.Model):
    """One step of one declaration: the body that judges, where the step stands, by which days.

    `code` is the step of the rules; `seat` the step whose body, roles and days hold: another one, once a step that was
    late has been passed upward. The body is a unit or a Party organisation. `turn` counts how often the branch has
    handed in to this step; `due` is the day by which the present state is to be left.
    """

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="steps", verbose_name=_("declaration"))
    number = models.PositiveSmallIntegerField(_("place on the way"))
    code = models.CharField(_("step"), max_length=40)
    seat = models.CharField(_("judged by"), max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("standing"), max_length=10, default="opinions")
    turn = models.PositiveSmallIntegerField(_("time handed in"), default=1)
    entered = models.DateField(_("since"))
    due = models.DateField(_("due"))
    decision_due = models.DateField(_("decision due"))
    escalates_on = models.DateField(_("passed upward after"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("step of a review")
        verbose_name_plural = _("steps of reviews")
        ordering: ClassVar[list[str]] = ["due", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["unit", "seat", "state", "due"], name="step_at_unit"),
            models.Index(fields=["organisation", "seat", "state", "due"], name="step_at_organisation"),
            models.Index(fields=["state", "escalates_on"], name="step_by_clock"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["declaration", "number"], name="step_once_on_the_way"),
            models.UniqueConstraint(fields=["declaration", "code"], name="step_once_by_its_code"),
            models.UniqueConstraint(
                fields=["declaration"], condition=Q(state__in=OPEN_STATES), name="step_one_open_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.code for state in STATES.states]), name="step_state_known"
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=False, organisation__isnull=True)
                | Q(unit__isnull=True, organisation__isnull=False),
                name="step_has_one_body",
            ),
            models.CheckConstraint(
                condition=Q(due__gte=F("entered"), decision_due__gte=F("entered"), escalates_on__gte=F("entered")),
                name="step_due_after_it_was_entered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.declaration_id}"

    @property
    def open(self) -> bool:
        """Whether somebody has something to do."""
        return self.state in OPEN_STATES


class Gap(models.Model):
    """A step that a branch should pass, but for which no body stands above it; `to` is the step that looks instead."""

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="gaps", verbose_name=_("declaration"))
    code = models.CharField(_("step without a body"), max_length=40)
    to = models.CharField(_("taken over by"), max_length=40)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("step without a body")
        verbose_name_plural = _("steps without a body")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["declaration", "code"], name="gap_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.declaration_id}"


class Assignment(models.Model):
    """Who looks at a step, and what proved that nothing stood against it: the facts that were looked up, by number."""

    step = models.ForeignKey(Step, models.PROTECT, related_name="assignments")
    person = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("reviewer"))
    proof = models.JSONField(_("what was looked up"))
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("named by"))
    at = models.DateTimeField(_("named"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["step", "person"], name="assignment_once"),
            models.CheckConstraint(condition=Q(proof__found=""), name="assignment_without_conflict"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.step_id}"


class Opinion(models.Model):
    """What one person says of a declaration as it stood: a verdict, and reasons by item.

    Nobody but its author reads it before it is `opened`, together with all that were asked for. `lapsed` once the
    declaration has changed: it counts no more, and where it was never opened it never will be. Kept by the day, so that
    nobody can tell who of two was first.
    """

    step = models.ForeignKey(Step, models.PROTECT, related_name="opinions")
    person = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("reviewer"))
    verdict = models.CharField(_("opinion"), max_length=6, choices=CHOICES)
    reasons = models.JSONField(_("reasons by item"), default=dict)
    digest = models.CharField(_("digest of what was judged"), max_length=64)
    on = models.DateField(_("given on"))
    opened = models.BooleanField(_("may be read"), default=False)
    lapsed = models.BooleanField(_("lapsed"), default=False)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        ordering: ClassVar[list[str]] = ["step", "person"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["step", "person"], condition=Q(lapsed=False), name="opinion_one_that_counts"
            ),
            models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="opinion_verdict_known"),
            models.CheckConstraint(condition=Q(verdict="pass") | ~Q(reasons={}), name="opinion_says_why"),
            models.CheckConstraint(condition=~Q(digest=""), name="opinion_on_something"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"opinion at {self.step_id}"


class Decision(models.Model):
    """What a step concluded: on what, by whom, why, with the reasons by item. Returned is followed by another one.

    `judged` keeps the declaration as it was when it was returned, so that it can be shown what the branch changed.
    """

    step = models.ForeignKey(Step, models.PROTECT, related_name="decisions")
    verdict = models.CharField(_("conclusion"), max_length=6, choices=CHOICES)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("decided by"))
    at = models.DateTimeField(_("decided"))
    why = models.CharField(_("why"), max_length=500)
    items = models.JSONField(_("reasons by item"), default=dict)
    digest = models.CharField(_("digest of what was judged"), max_length=64)
    judged = models.JSONField(null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("conclusion")
        verbose_name_plural = _("conclusions")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["step"], condition=~Q(verdict="return"), name="decision_final_once"),
            models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="decision_verdict_known"),
            models.CheckConstraint(condition=~Q(why="") & ~Q(digest=""), name="decision_says_why_and_on_what"),
            models.CheckConstraint(
                condition=Q(verdict="return", judged__isnull=False) | (~Q(verdict="return") & Q(judged__isnull=True)),
                name="decision_keeps_what_was_returned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} at {self.step_id}"


class Look(models.Model):
    """Somebody has looked through a declaration as it stood: what passing many at once asks of a drawn sample."""

    step = models.ForeignKey(Step, models.PROTECT, related_name="looks")
    person = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("reviewer"))
    digest = models.CharField(_("digest of what was judged"), max_length=64)
    at = models.DateTimeField(_("looked through"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("look")
        verbose_name_plural = _("looks")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["step", "person", "digest"], name="look_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.step_id}"
