"""A list 名单 drawn up from a run, line by line with its reason; and titles 称号, from a day to a day."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baolei.declarations.models import Declaration
from baolei.organisations.models import Organisation
from baolei.people.models import Account
from baolei.programme.naming import ADDED, STANDINGS, STRUCK
from baolei.programme.titles import IN_FORCE, STATES
from baolei.rounds.models import Round
from baolei.scores.models import Run


class NamingList(models.Model):
    """The list of a round, drawn up from one run; adopted under a document it gives titles and stays as it is."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="naming", verbose_name=_("round"))
    run = models.ForeignKey(Run, models.PROTECT, related_name="+", verbose_name=_("run"))
    drawn_at = models.DateTimeField(_("drawn up"))
    drawn_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    document = models.CharField(_("number of the naming document"), max_length=100, blank=True)
    adopted_on = models.DateField(_("adopted on"), null=True)
    adopted_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("list")
        verbose_name_plural = _("lists")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(adopted_on__isnull=True, document="") | (Q(adopted_on__isnull=False) & ~Q(document="")),
                name="list_adopted_under_a_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}"


class Line(models.Model):
    """A branch on (or not on) a list: where it stands by the results, why, and what people made of it.

    `reasons` are those of the programme: code, whether it is met, figures, names. What people decide takes two: one
    proposes (`by`), another agrees (`second`); until then it waits in `proposed`, and what was decided before holds.
    `sets_aside`: what is proposed sets a rejection by the review aside, after an objection of the branch.
    """

    ACTS = ((STRUCK, _("struck off")), (ADDED, _("added")))

    list = models.ForeignKey(NamingList, models.CASCADE, related_name="lines")
    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="+")
    field = models.CharField(_("field"), max_length=40)
    score = models.IntegerField(_("score"))
    tier = models.CharField(_("tier"), max_length=40)
    standing = models.CharField(_("standing"), max_length=10)
    reasons = models.JSONField(_("reasons"))
    visited = models.BooleanField(_("visited"), default=False)
    passed = models.BooleanField(_("passed the review"))
    listed = models.BooleanField(_("on the list"))
    proposed = models.CharField(_("proposed"), max_length=6, choices=ACTS, blank=True)
    proposed_why = models.CharField(_("why"), max_length=500, blank=True)
    proposed_under = models.CharField(_("document"), max_length=100, blank=True)
    sets_aside = models.BooleanField(_("sets a rejection by the review aside"), default=False)
    proposed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    act = models.CharField(_("decided"), max_length=6, choices=ACTS, blank=True)
    reason = models.CharField(_("why"), max_length=500, blank=True)
    document = models.CharField(_("document"), max_length=100, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("proposed by"))
    second = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("agreed by"))
    decided_on = models.DateField(_("decided on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("line of a list")
        verbose_name_plural = _("lines of a list")
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["list", "listed", "field"], name="line_listed")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["list", "declaration"], name="line_once"),
            models.CheckConstraint(condition=Q(standing__in=STANDINGS), name="line_standing_known"),
            models.CheckConstraint(
                condition=Q(act="", second__isnull=True, decided_on__isnull=True)
                | (~Q(act="") & ~Q(reason="") & Q(by__isnull=False, second__isnull=False, decided_on__isnull=False)
                   & ~Q(by=F("second"))),
                name="line_decided_by_two",
            ),
            models.CheckConstraint(
                condition=Q(proposed="", proposed_by__isnull=True)
                | (~Q(proposed="") & ~Q(proposed_why="") & Q(proposed_by__isnull=False)),
                name="line_proposed_with_a_reason",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.declaration_id} {self.standing}"


class Title(models.Model):
    """A title of a branch, by the table of `programme.titles`: what, given by which level in which round, its days."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="titles")
    code = models.CharField(_("title"), max_length=40)
    name = models.CharField(_("title"), max_length=100)
    level = models.CharField(_("given by the level"), max_length=10)
    round = models.ForeignKey(Round, models.PROTECT, related_name="titles", verbose_name=_("round"))
    document = models.CharField(_("document"), max_length=100)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"))
    state = models.CharField(_("standing"), max_length=12, default=IN_FORCE)
    ended = models.DateField(_("ended"), null=True)
    reason = models.CharField(_("why"), max_length=500, blank=True)
    answer = models.CharField(_("answer of the branch"), max_length=1_000, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("proposed by"))
    second = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("agreed by"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("title of a branch")
        verbose_name_plural = _("titles of branches")
        ordering: ClassVar[list[str]] = ["-since", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "round"], name="title_once_a_round"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="title_in_order"),
            models.CheckConstraint(
                condition=Q(state__in=[state.code for state in STATES.states]), name="title_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.code for one in STATES.states if one.final], ended__isnull=False)
                | Q(state__in=[one.code for one in STATES.states if not one.final], ended__isnull=True),
                name="title_ended_at_its_end",
            ),
        ]

    def __str__(self) -> str:
        return self.name
