"""A declaration 申报: one branch in one round, and its answer to each item."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baolei.organisations.models import Organisation, Unit
from baolei.paths import PathField
from baolei.people.models import Account
from baolei.programme.declaration import OPEN, STATES
from baolei.rounds.models import Round

LONGEST_WORDS = 1_000
"""So many characters say what an answer rests on. Text first: nobody is asked for photographs."""


class Declaration(models.Model):
    """One branch in one round: where it stands, and at which version.

    Field, unit and path are those of the day on which the round began: whoever is moved in the middle of a round is
    judged as what it was. `said` is what the superior wrote when it was returned last.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="declarations", verbose_name=_("round"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="declarations")
    field = models.CharField(_("field"), max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit served"))
    path = PathField(_("path"), max_length=60)
    state = models.CharField(_("standing"), max_length=10, default=OPEN)
    version = models.PositiveIntegerField(_("version"), default=0)
    submitted_at = models.DateTimeField(_("handed in"), null=True)
    submitted_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    said = models.CharField(_("returned because"), max_length=500, blank=True)
    served = models.PositiveIntegerField(_("households or people served"), default=0)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")
        ordering: ClassVar[list[str]] = ["path", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["round", "path"], name="declaration_in_tree"),
            models.Index(fields=["round", "state"], name="declaration_standing"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "organisation"], name="declaration_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.code for state in STATES.states]), name="declaration_state_known"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=False) | ~Q(state__in=["submitted", "frozen", "concluded"]),
                name="declaration_handed_in_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} in {self.round_id}"


class Mark(models.Model):
    """What is met or not met, and what adds or takes off: a gate 门槛, a veto 否决, a bonus, a deduction.

    `value` 1 says that a gate is met, or that the event is; `matter` is which honour or event (the same one counts
    once), `level` that of an honour. Entered by the superior, on a document.
    """

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="marks")
    code = models.CharField(_("condition"), max_length=60)
    value = models.PositiveSmallIntegerField(_("met"))
    matter = models.CharField(_("which honour or event"), max_length=100, blank=True)
    level = models.CharField(_("level of the honour"), max_length=20, blank=True)
    document = models.CharField(_("on what it stands"), max_length=200)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["declaration", "code", "matter"], name="mark_once"),
            models.CheckConstraint(condition=Q(value__in=[0, 1]), name="mark_met_or_not"),
            models.CheckConstraint(condition=~Q(document=""), name="mark_stands_on_something"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.value}"


class Answer(models.Model):
    """What a branch says to one item: so many of so many, in words what that rests on.

    `origin`: a source room knew it, or the branch entered it. Where the branch says otherwise than the record did,
    `recorded_num` and `recorded_den` keep what the record said, so that both can be seen. `asked_back` is what a
    reviewer wrote at this item when the declaration was returned.
    """

    RECORD, BRANCH = "record", "branch"
    ORIGINS = ((RECORD, _("from the house's own records")), (BRANCH, _("entered by the branch")))

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="answers")
    item = models.CharField(_("item"), max_length=60)
    num = models.PositiveBigIntegerField(_("done"))
    den = models.PositiveBigIntegerField(_("due"))
    origin = models.CharField(_("origin"), max_length=6, choices=ORIGINS, default=BRANCH)
    recorded_num = models.PositiveBigIntegerField(null=True)
    recorded_den = models.PositiveBigIntegerField(null=True)
    words = models.CharField(_("what it rests on"), max_length=LONGEST_WORDS, blank=True)
    asked_back = models.CharField(_("returned because"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["declaration", "item"], name="answer_once"),
            models.CheckConstraint(
                condition=Q(recorded_num__isnull=True, recorded_den__isnull=True)
                | Q(recorded_num__isnull=False, recorded_den__isnull=False),
                name="answer_recorded_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.num}/{self.den}"


class Dispute(models.Model):
    """That a branch calls a fact of the records not right, and what is answered, in place.

    `num` of `den` is what the records said then. `upheld` says that the branch was right: the record is mended where it
    stands, and the fact is counted anew. One is open at a time for each item and year.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="disputes")
    item = models.CharField(_("item"), max_length=60)
    year = models.PositiveSmallIntegerField(_("year"))
    num = models.PositiveBigIntegerField(_("done"))
    den = models.PositiveBigIntegerField(_("due"))
    words = models.CharField(_("what is not right"), max_length=LONGEST_WORDS)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("said by"))
    said_on = models.DateField(_("said on"))
    upheld = models.BooleanField(_("the branch is right"), null=True)
    answer = models.CharField(_("answer"), max_length=LONGEST_WORDS, blank=True)
    answered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by"))
    answered_on = models.DateField(_("answered on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering: ClassVar[list[str]] = ["-said_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "item", "year"], condition=Q(answered_on__isnull=True), name="dispute_open_once"
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, answered_by__isnull=True, upheld__isnull=True, answer="")
                | (Q(answered_on__isnull=False, answered_by__isnull=False, upheld__isnull=False) & ~Q(answer="")),
                name="dispute_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.item} {self.year}"


class Paper(models.Model):
    """A file that a branch put beside the words of an answer: nobody asked for it, and it is no photograph.

    `kind` is what it is by its content. `kept_as` is its name on our disk, '' once its bytes are gone: taken away by
    the branch (`removed_at`), or erased when it had been kept long enough; its digest stays, for a review judged it.
    """

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="papers")
    item = models.CharField(_("item"), max_length=60)
    name = models.CharField(_("name of the file"), max_length=100)
    kind = models.CharField(_("kind of file"), max_length=8)
    size = models.PositiveIntegerField(_("bytes"))
    digest = models.CharField(max_length=64)
    kept_as = models.CharField(max_length=32, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("added by"))
    at = models.DateTimeField(_("added"))
    removed_at = models.DateTimeField(_("taken away"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("file of an answer")
        verbose_name_plural = _("files of answers")
        ordering: ClassVar[list[str]] = ["declaration", "item", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["declaration", "item", "digest"], condition=Q(removed_at__isnull=True), name="paper_once"
            ),
            models.UniqueConstraint(fields=["kept_as"], condition=~Q(kept_as=""), name="paper_has_its_own_file"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(kept_as=""), name="paper_taken_away_is_gone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.digest[:12]}"
