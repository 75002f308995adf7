"""Party dues 党费: what a member agreed to pay a month, what was received for which months, what was waived.

Nobody's pay is kept, nor why somebody pays what amount. A month is a number (`programme.dues.number_of`), so that the
database can count with it. What was recorded in error is struck, never written over.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baolei.organisations.models import Member, Organisation
from baolei.people.models import Account
from baolei.programme.dues import month_of


class Agreement(models.Model):
    """The amount in fen that a member agreed with the branch to pay a month, from a month on."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="dues_agreed", verbose_name=_("member"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    fen = models.PositiveIntegerField(_("amount a month, in fen"))
    since = models.PositiveIntegerField(_("from the month"))
    entered = models.DateField(_("entered on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    struck_on = models.DateField(_("struck on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("amount agreed on")
        verbose_name_plural = _("amounts agreed on")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(fen__gte=1), name="dues_agreed_are_some"),
            models.UniqueConstraint(
                fields=["member", "since"], condition=Q(struck_on__isnull=True), name="dues_agreed_once_a_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.fen}"


class Collection(models.Model):
    """Dues that a branch received on a day from some of its members, from each of them for the same months.

    `key` is the name that the page gave before it was sent: sent twice it is kept once. `in_time` is the first of the
    months that was paid by its last day; beyond `last` none was. `people` is how many payments it was entered with.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="collections")
    key = models.CharField(max_length=32)
    day = models.DateField(_("received on"))
    first = models.PositiveIntegerField(_("first month"))
    last = models.PositiveIntegerField(_("last month"))
    in_time = models.PositiveIntegerField(_("paid in time from"))
    people = models.PositiveIntegerField(_("members"))
    entered = models.DateField(_("entered on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    struck_on = models.DateField(_("struck on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("collection of dues")
        verbose_name_plural = _("collections of dues")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "day"], name="dues_of_a_branch"),
            models.Index(fields=["last", "first"], name="dues_for_months"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "key", "first", "last"], name="dues_collected_once"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="dues_months_in_order"),
            models.CheckConstraint(condition=Q(in_time__gte=F("first")), name="dues_in_time_from_the_first"),
            models.CheckConstraint(condition=Q(people__gte=1), name="dues_of_somebody"),
            models.CheckConstraint(condition=Q(entered__gte=F("day")), name="dues_entered_after_they_came"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.day}"

    @property
    def first_month(self) -> date:
        """The first month paid for."""
        return month_of(self.first)

    @property
    def last_month(self) -> date:
        """The last month paid for."""
        return month_of(self.last)


class Payment(models.Model):
    """That a member paid what a collection tells; struck by itself where only this one was recorded in error."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="payments")
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="dues_paid", verbose_name=_("member"), db_index=False
    )
    struck_on = models.DateField(_("struck on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("payment of dues")
        verbose_name_plural = _("payments of dues")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["collection", "member"], name="dues_paid_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Holds all that is asked of a member's payments, so that the rows themselves are not looked up one by one.
            models.Index(fields=["member", "collection", "struck_on"], name="dues_of_a_member"),
            models.Index(fields=["member"], condition=Q(struck_on__isnull=False), name="dues_struck_singly"),
        ]

    def __str__(self) -> str:
        return f"{self.collection_id} {self.member_id}"


class Waiver(models.Model):
    """That a member pays nothing for some months: applied for, studied by the branch, approved by the one above it.

    Why is nowhere written down. A refusal names one of the answers of the rules.
    """

    STUDIED, APPROVED, REFUSED, WITHDRAWN = "studied", "approved", "refused", "withdrawn"
    STATES = (
        (STUDIED, _("waits for the superior organisation")), (APPROVED, _("approved")), (REFUSED, _("refused")),
        (WITHDRAWN, _("withdrawn")),
    )  # fmt: skip

    member = models.ForeignKey(Member, models.PROTECT, related_name="dues_waived", verbose_name=_("member"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    first = models.PositiveIntegerField(_("first month"))
    last = models.PositiveIntegerField(_("last month"))
    applied = models.DateField(_("the member applied on"))
    studied = models.DateField(_("the branch studied it on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    state = models.CharField(_("standing"), max_length=9, choices=STATES, default=STUDIED)
    decided = models.DateField(_("decided on"), null=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))
    document = models.CharField(_("document"), max_length=100, blank=True)
    answer = models.CharField(_("answer"), max_length=20, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("waiver of dues")
        verbose_name_plural = _("waivers of dues")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "state"], name="dues_waivers_of_a_branch")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="dues_waived_in_order"),
            models.CheckConstraint(condition=Q(studied__gte=F("applied")), name="dues_waiver_studied_once_applied"),
            models.CheckConstraint(
                condition=Q(state="studied", decided__isnull=True, decided_by__isnull=True)
                | ~Q(state="studied") & Q(decided__gte=F("studied"), decided_by__isnull=False),
                name="dues_waiver_decided_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(state="approved", document=""), name="dues_waiver_has_its_document"),
            models.CheckConstraint(condition=~Q(state="refused", answer=""), name="dues_waiver_has_its_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.state}"

    @property
    def first_month(self) -> date:
        """The first month that is waived."""
        return month_of(self.first)

    @property
    def last_month(self) -> date:
        """The last month that is waived."""
        return month_of(self.last)
