"""Double registration 双报到, small wishes 微心愿, practical deeds 实事, branches paired with communities 结对共建.

Nothing here adds up what one member does, and no grade of a person can be read out of it: a claim loses its member once
the wish is removed. Of whoever has a wish a first name or form of address is kept at most, and that for a while.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from baolei.organisations.models import Member, Organisation, Unit
from baolei.paths import PathField
from baolei.people.models import Account
from baolei.programme.matching import RINGS
from baolei.programme.wishes import (
    BEGUN,
    CONFIRMED,
    DEEDS,
    DROPPED,
    ENDED,
    LIT,
    PAIRED_UP,
    PAIRING,
    PROPOSED,
    REPORTED,
    STATES,
)

LONGEST_DOCUMENT, LONGEST_TITLE, LONGEST_PLAN, LONGEST_LINE = 100, 60, 300, 120


def _codes(table: Any) -> list[str]:
    return [state.code for state in table.states]


class Registration(models.Model):
    """A member who serves in a community, by own consent, from a day up to a day; ended before, on the day they say.

    `document` names the member's written consent where the branch entered it; '' where the member did so by account.
    One at a time. A member who was erased is nobody here.
    """

    WITHDRAWN, EXPIRED, LEFT, ERASED = "withdrawn", "expired", "left", "erased"
    WAYS = (WITHDRAWN, EXPIRED, LEFT, ERASED)

    member = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="registrations", verbose_name=_("member")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("community"))
    skills = models.JSONField(_("skills"), default=list)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"))
    consent = models.PositiveSmallIntegerField(_("version of the consent"))
    consented = models.DateField(_("agreed on"))
    document = models.CharField(_("written consent"), max_length=LONGEST_DOCUMENT, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by"))
    ended = models.DateField(_("ended on"), null=True)
    how = models.CharField(_("how it ended"), max_length=9, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("registration with a community")
        verbose_name_plural = _("registrations with communities")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "ended"], name="registered_in_community")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["member"], condition=Q(ended=None), name="registered_once"),
            models.CheckConstraint(condition=Q(member__isnull=False) | Q(ended__isnull=False, skills=[]),
                                   name="registered_somebody"),
            models.CheckConstraint(condition=Q(until__gt=F("since"), consented__lte=F("since")),
                                   name="registered_with_consent"),
            models.CheckConstraint(
                condition=Q(ended=None, how="")
                | Q(ended__isnull=False, how__in=["withdrawn", "expired", "left", "erased"]),
                name="registration_ended_some_way",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"registration {self.pk}"


class Pairing(models.Model):
    """A branch and a community that go together: recorded by the branch, agreed to by the community."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="pairings", verbose_name=_("branch"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("community"))
    state = models.CharField(max_length=8, default=PROPOSED)
    proposed = models.DateField(_("proposed on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    decided = models.DateField(_("answered on"), null=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by"))
    ended = models.DateField(_("ended on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("pairing of a branch")
        verbose_name_plural = _("pairings of branches")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "unit"], condition=Q(state__in=list(PAIRED_UP)),
                                    name="paired_once"),
            models.CheckConstraint(condition=Q(state__in=_codes(PAIRING)), name="pairing_state_known"),
            models.CheckConstraint(condition=~Q(state="paired") | Q(decided__isnull=False, decided_by__isnull=False),
                                   name="pairing_agreed_to"),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("by")), name="pairing_by_two"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.organisation_id} with {self.unit_id}"


class Wish(models.Model):
    """A small wish as the community wrote it, with the consent of whoever has it (`minor`: of the guardian).

    `called` is a first name or form of address for the community's desk, never shown elsewhere, none of somebody under
    age. `receipt` is the digest of the code that its owner may give to whoever fulfils it. `cleared` on the day its
    words were removed: what is left tells that there was a wish, where, for which skill, and how it went.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("community"))
    key = models.CharField(max_length=32, unique=True)
    words = models.CharField(_("wish"), max_length=200, blank=True)
    called = models.CharField(_("known by"), max_length=10, blank=True)
    minor = models.BooleanField(_("of somebody under age"), default=False)
    skill = models.CharField(_("skill"), max_length=20, blank=True)
    consent = models.PositiveSmallIntegerField(_("version of the consent"))
    consented = models.DateField(_("agreed on"))
    lit = models.DateField(_("shown since"))
    until = models.DateField(_("shown up to"))
    state = models.CharField(max_length=9, default=LIT)
    due = models.DateField(_("due on"), null=True)
    receipt = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    ended = models.DateField(_("ended on"), null=True)
    reason = models.CharField(_("why it was taken down"), max_length=10, blank=True)
    cleared = models.DateField(_("removed on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("small wish")
        verbose_name_plural = _("small wishes")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["unit", "state"], name="wish_of_a_community"),
            models.Index(fields=["state", "due"], name="wish_due"),
            models.Index(fields=["ended"], condition=Q(cleared=None), name="wish_to_be_cleared"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=_codes(STATES)), name="wish_state_known"),
            models.CheckConstraint(condition=Q(minor=False) | Q(called="", receipt=""), name="wish_of_a_minor_unnamed"),
            models.CheckConstraint(
                condition=Q(ended=None, due__isnull=False) | Q(ended__isnull=False, due=None), name="wish_due_or_ended"
            ),
            models.CheckConstraint(
                condition=Q(ended=None) & ~Q(state__in=list(ENDED)) | Q(ended__isnull=False, state__in=list(ENDED)),
                name="wish_ended_in_an_end",
            ),
            models.CheckConstraint(
                condition=(Q(cleared=None) & ~Q(words=""))
                | Q(cleared__isnull=False, ended__isnull=False, words="", called="", receipt=""),
                name="wish_cleared_says_nothing",
            ),
            models.CheckConstraint(condition=Q(consented__lte=F("until")), name="wish_with_consent"),
        ]

    def __str__(self) -> str:
        return f"wish {self.pk}"


class Claim(models.Model):
    """That a registered member took a wish up, and what came of it; `organisation` is the member's branch of that day.

    One stands at a time. Once the wish is cleared it is nobody's any more: the branch alone is left.
    """

    OPEN, FULFILLED, CONFIRMED, GIVEN_BACK, MISSED, ENDED = "open", "fulfilled", "done", "back", "missed", "ended"
    STANDING = (OPEN, FULFILLED, CONFIRMED)
    IN_HAND = (OPEN,)
    GOING = (OPEN, FULFILLED)
    COUNTED = (OPEN, FULFILLED, CONFIRMED, MISSED)
    """Given back in time, or taken down by the community, it is as if it had not been taken up."""

    wish = models.ForeignKey(Wish, models.PROTECT, related_name="claims")
    registration = models.ForeignKey(Registration, models.PROTECT, null=True, related_name="claims")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("branch"))
    state = models.CharField(max_length=9, default=OPEN)
    day = models.DateField(_("taken up on"))
    fulfilled = models.DateField(_("done on"), null=True)
    confirmed = models.DateField(_("confirmed on"), null=True)
    by_code = models.BooleanField(_("confirmed by the receipt code"), default=False)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("wish taken up")
        verbose_name_plural = _("wishes taken up")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "day"], name="claim_of_a_branch")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["wish"], condition=Q(state__in=["open", "fulfilled", "done"]),
                                    name="wish_taken_up_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "fulfilled", "done", "back", "missed", "ended"]),
                name="claim_state_known",
            ),
            models.CheckConstraint(
                condition=Q(confirmed=None) & ~Q(state="done") | Q(confirmed__isnull=False, state="done"),
                name="claim_done_when_confirmed",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"claim of {self.wish_id}"


class Suggestion(models.Model):
    """A wish on the page of a member, and how near it lies; made anew each night, and gone once it is taken up."""

    wish = models.ForeignKey(Wish, models.CASCADE, related_name="suggestions")
    registration = models.ForeignKey(Registration, models.CASCADE, related_name="suggestions")
    ring = models.CharField(max_length=9)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("suggestion of a wish")
        verbose_name_plural = _("suggestions of wishes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["registration", "wish"], name="wish_suggested_once"),
            models.CheckConstraint(condition=Q(ring__in=list(RINGS)), name="suggestion_ring_known"),
        ]

    def __str__(self) -> str:
        return f"{self.wish_id} to {self.registration_id}"


class Matched(models.Model):
    """On which day the clock of this room was done last, and what its matching came to: so that it runs once a day."""

    day = models.DateField(unique=True)
    wishes = models.PositiveIntegerField()
    members = models.PositiveIntegerField()
    suggestions = models.PositiveIntegerField()

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("matching of wishes")
        verbose_name_plural = _("matchings of wishes")

    def __str__(self) -> str:
        return f"{self.day}"


class Tally(models.Model):
    """What was counted of a year at a unit and below it; `path` is the unit's when it was counted, on `day`."""

    path = PathField(max_length=64)
    year = models.PositiveSmallIntegerField()
    day = models.DateField()
    registered = models.PositiveIntegerField(default=0)
    lit = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    deeds = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("count of wishes")
        verbose_name_plural = _("counts of wishes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["year", "path"], name="wish_tally_once"),
            models.CheckConstraint(condition=Q(taken__lte=F("lit"), done__lte=F("taken")), name="wish_tally_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.year}"


class Deed(models.Model):
    """A practical deed of a branch for a community: planned, reported done, confirmed by those it is for."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="deeds", verbose_name=_("branch"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("community"))
    key = models.CharField(max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=20)
    title = models.CharField(_("deed"), max_length=LONGEST_TITLE)
    plan = models.CharField(_("plan"), max_length=LONGEST_PLAN)
    planned = models.DateField(_("planned on"))
    until = models.DateField(pgettext_lazy("deed", "to be done by"))
    state = models.CharField(max_length=9, default=BEGUN)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    reported = models.DateField(_("reported done on"), null=True)
    confirmed = models.DateField(_("confirmed on"), null=True)
    confirmed_by = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by")
    )
    dropped = models.DateField(_("given up on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("practical deed")
        verbose_name_plural = _("practical deeds")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "planned"], name="deed_of_a_branch"),
            models.Index(fields=["unit", "state"], name="deed_for_a_community"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=_codes(DEEDS)), name="deed_state_known"),
            models.CheckConstraint(condition=Q(until__gte=F("planned")), name="deed_days_in_order"),
            models.CheckConstraint(
                condition=~Q(state=CONFIRMED) & Q(confirmed=None, confirmed_by=None)
                | Q(state=CONFIRMED, confirmed__isnull=False, confirmed_by__isnull=False, reported__isnull=False),
                name="deed_confirmed_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(state=REPORTED) | Q(reported__isnull=False), name="deed_reported"),
            models.CheckConstraint(
                condition=Q(state=DROPPED, dropped__isnull=False) | ~Q(state=DROPPED) & Q(dropped=None),
                name="deed_given_up",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DeedLine(models.Model):
    """A line of progress, or a reason, in the walk of a deed."""

    deed = models.ForeignKey(Deed, models.CASCADE, related_name="lines")
    act = models.CharField(max_length=9)
    words = models.CharField(max_length=LONGEST_LINE, blank=True)
    on = models.DateField()
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("line of a practical deed")
        verbose_name_plural = _("lines of practical deeds")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.words
