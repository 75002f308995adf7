"""Rectification 整顿: a case, its problems one by one, its linked persons, its monthly reports, what was done with it.

A problem may also stand by itself, without a case: what an inspection or an audit passed on is mended item by item, and
most of it needs no case. A case is seen by those in its line and by nobody else.
"""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baolei.organisations.models import Organisation
from baolei.paths import PathField
from baolei.people.models import Account
from baolei.programme.rectification import CLOSED, DISMISSED, LAPSED, LIVING, OPENED, REASONED, STATES

LONGEST_WORDS, LONGEST_LINE, LONGEST_NAME = 1_000, 200, 100
"""So many characters have a reason or a measure; a line; a name with its post."""
ENDS = (CLOSED, DISMISSED, LAPSED)


def _known_passages() -> Q:
    """The rows of the table of states: no passage says anything else."""
    return reduce(or_, (Q(act=row.act, before=row.state, after=row.to) for row in STATES.rows))


class Case(models.Model):
    """A case of rectification of one organisation in one campaign.

    `origin` and `number`: the candidate of the triage or the finding of the structural audit it comes of; a superior's
    decision has its document. `path` and `field` are those of its unit when it was opened. `begun` is the day from
    which its time runs: its opening, or the day it was opened again. `due` is the day by which its state is to be left.
    """

    CANDIDATE, FINDING, DECISION = "candidate", "finding", "decision"
    ORIGINS = (
        (CANDIDATE, _("a candidate of the triage")), (FINDING, _("a finding of the structural audit")),
        (DECISION, _("a superior's decision")),
    )  # fmt: skip

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="cases")
    campaign = models.CharField(_("campaign"), max_length=20)
    situations = models.JSONField(_("situations"), default=list)
    origin = models.CharField(_("comes of"), max_length=9, choices=ORIGINS)
    number = models.PositiveBigIntegerField(null=True)
    reason = models.CharField(_("reason"), max_length=LONGEST_WORDS)
    document = models.CharField(_("document"), max_length=100, blank=True)
    path = PathField(max_length=64)
    field = models.CharField(_("field"), max_length=40, blank=True)
    opened_on = models.DateField(_("opened on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("opened by"))
    begun = models.DateField(_("its time runs from"))
    ends = models.DateField(_("to be mended by"))
    state = models.CharField(_("standing"), max_length=9, default=OPENED)
    due = models.DateField(_("due"), null=True)
    answer = models.CharField(_("what the branch says"), max_length=LONGEST_WORDS, blank=True)
    answered_on = models.DateField(_("answered on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("case of rectification")
        verbose_name_plural = _("cases of rectification")
        ordering: ClassVar[list[str]] = ["-opened_on", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "due"], name="case_standing"),
            models.Index(fields=["path"], name="case_path"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "campaign"], condition=Q(state__in=LIVING), name="case_once_in_a_campaign"
            ),
            models.CheckConstraint(condition=Q(state__in=[*LIVING, *ENDS]), name="case_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=ENDS, due__isnull=True) | Q(state__in=LIVING, due__isnull=False),
                name="case_due_until_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(origin="decision", number__isnull=True) & ~Q(document="")
                | Q(origin__in=["candidate", "finding"], number__isnull=False),
                name="case_comes_of_something",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="case_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ends__gte=F("begun"), begun__gte=F("opened_on")), name="case_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_on__isnull=True) | (~Q(answer="") & Q(answered_on__isnull=False)),
                name="case_answer_has_its_day",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.campaign}"

    def late(self, today: date) -> bool:
        """Whether the day by which its state is to be left has passed."""
        return self.due is not None and self.due < today


class Problem(models.Model):
    """A problem of an organisation: the measure, who answers for it (name and post) and by when; what proves it mended.

    `found` says where it comes from, `document` who passed it on and in which paper. `confirmed` is the word of the
    body that passed it on, where the rules ask for it. `checked` is the day on which the township found it mended in
    the last check of its case.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="problems")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="problems")
    found = models.CharField(_("found by"), max_length=12)
    campaign = models.CharField(_("campaign"), max_length=20, blank=True)
    words = models.CharField(_("problem"), max_length=LONGEST_WORDS)
    measure = models.CharField(_("measure"), max_length=LONGEST_WORDS)
    answers = models.CharField(_("who answers for it"), max_length=100)
    by = models.DateField(_("by"))
    document = models.CharField(_("passed on by (body and document)"), max_length=LONGEST_LINE, blank=True)
    entered = models.DateField(_("entered on"))
    proof = models.CharField(_("what proves it mended"), max_length=LONGEST_WORDS, blank=True)
    confirmed = models.CharField(_("confirmed by (body and document)"), max_length=LONGEST_LINE, blank=True)
    settled = models.DateField(_("settled on"), null=True)
    checked = models.DateField(_("checked on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        ordering: ClassVar[list[str]] = ["by", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["found", "by"], name="problem_due"),
            models.Index(fields=["organisation", "settled"], name="problem_of_a_branch"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(settled__isnull=True, proof="", confirmed="") | (Q(settled__isnull=False) & ~Q(proof="")),
                name="problem_settled_by_a_proof",
            ),
            models.CheckConstraint(
                condition=Q(settled__isnull=True) | ~Q(found__in=["inspection", "audit"]) | ~Q(confirmed=""),
                name="problem_confirmed_by_who_found_it",
            ),
            models.CheckConstraint(
                condition=Q(checked__isnull=True) | Q(settled__isnull=False, checked__gte=F("settled")),
                name="problem_checked_once_settled",
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=False) | ~Q(document=""), name="problem_without_a_case_has_a_document"
            ),
            models.CheckConstraint(condition=~Q(found="campaign") | ~Q(campaign=""), name="problem_of_a_campaign"),
            models.CheckConstraint(
                condition=~Q(words="") & ~Q(measure="") & ~Q(answers=""), name="problem_is_whole"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.words[:20]}"

    def late(self, today: date) -> bool:
        """Whether its day has passed and nothing proves it mended."""
        return self.settled is None and self.by < today


class Linked(models.Model):
    """One of the four persons or bodies linked to a case: name and post of an official in office."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="linked")
    role = models.CharField(max_length=20)
    who = models.CharField(_("name and post"), max_length=100)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("linked person")
        verbose_name_plural = _("linked persons")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "role"], name="linked_once"),
            models.CheckConstraint(condition=~Q(who=""), name="linked_named"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.role}"


class Report(models.Model):
    """The report of a case for a month (its first day): one line, which may be empty where nothing has changed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="reports")
    month = models.DateField(_("month"))
    line = models.CharField(_("what changed"), max_length=LONGEST_LINE, blank=True)
    changed = models.BooleanField(_("something changed"), default=False)
    on = models.DateField(_("reported on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("reported by"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("report of a month")
        verbose_name_plural = _("reports of months")
        ordering: ClassVar[list[str]] = ["-month"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "month"], name="report_once_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="report_of_a_month"),
            models.CheckConstraint(condition=Q(changed=False) | ~Q(line=""), name="report_says_what_changed"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.month:%Y-%m}"


class Passage(models.Model):
    """A case came by an act of somebody from a state into a state, on a day; `by` nobody is the clock."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="passages")
    act = models.CharField(max_length=9)
    before = models.CharField(max_length=9)
    after = models.CharField(max_length=9)
    on = models.DateField(_("day"))
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    reason = models.CharField(_("reason"), max_length=LONGEST_WORDS, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("act upon a case")
        verbose_name_plural = _("acts upon cases")
        ordering: ClassVar[list[str]] = ["on", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["act", "on"], name="passage_of_a_year")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=_known_passages(), name="passage_by_the_table"),
            models.CheckConstraint(condition=~Q(act__in=sorted(REASONED)) | ~Q(reason=""), name="passage_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.act}"
