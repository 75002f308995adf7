"""Ballots about a branch: a poll 评议投票 through the urn, a pile 一叠选票 of papers as one person counted it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from baolei.declarations.models import Declaration
from baolei.organisations.models import Member
from baolei.people.models import Account
from baolei.programme import piles
from baolei.rounds.models import Round
from baolei.urn.store import PHASES, PUBLISHED, SEALED, SET_UP


class Poll(models.Model):
    """One source asked about one branch by slips: what the house knows of it and, once it is sealed, what was counted.

    `number` is what the urn calls it (16 bytes, hex), `short` what is typed. `people` may vote, `slips` were printed
    for them, `least` ballots are needed. After sealing `ballots` holds the answers, sorted, as a pile does; `root` and
    `signature` prove them. Nothing here says who has a slip, or when anybody voted.

    `tokens` says that members with an account may take a token by phone: those who were full members on `roll_day`.
    `taken` were signed, with the key whose public part has the digest `token_key` (hex; '' before it is made, and where
    so few took one that none counts).
    """

    number = models.CharField(max_length=32, unique=True)
    short = models.CharField(_("number"), max_length=9, unique=True)
    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="polls")
    source = models.CharField(_("source"), max_length=20)
    form = models.CharField(max_length=64)
    phase = models.CharField(_("phase"), max_length=10, default=SET_UP)
    people = models.PositiveIntegerField(_("may vote"))
    least = models.PositiveIntegerField(_("ballots needed"))
    slips = models.PositiveIntegerField(_("slips printed"), default=0)
    roll_day = models.DateField(_("the roll as it stood on"), null=True)
    tokens = models.BooleanField(default=False)
    taken = models.PositiveIntegerField(_("tokens taken"), default=0)
    token_key = models.CharField(max_length=64, blank=True)
    ballots = models.JSONField(default=list)
    cast = models.PositiveIntegerField(_("ballots"), null=True)
    root = models.CharField(max_length=64, blank=True)
    signature = models.CharField(max_length=128, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["declaration", "source"], name="poll_once"),
            models.CheckConstraint(condition=Q(phase__in=tuple(PHASES)), name="poll_phase_known"),
            models.CheckConstraint(
                condition=Q(phase__in=(SEALED, PUBLISHED), cast__isnull=False) & ~Q(root="")
                | ~Q(phase__in=(SEALED, PUBLISHED)) & Q(cast__isnull=True, root="", ballots=[]),
                name="poll_counted_when_sealed",
            ),
            models.CheckConstraint(
                condition=Q(cast__isnull=True) | Q(cast__lte=F("slips") + F("taken")),
                name="poll_no_more_than_given_out",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.short} {self.source}"

    @property
    def key(self) -> bytes:
        """Its number as bytes."""
        return bytes.fromhex(self.number)


class Sealing(models.Model):
    """The polls of a round being sealed, as a job: how many of them are, when it was last heard of."""

    WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
    STATES = ((WAITING, _("waiting")), (RUNNING, _("under way")), (DONE, pgettext_lazy("run", "done")),
              (FAILED, _("failed")))  # fmt: skip
    OPEN = (WAITING, RUNNING)

    round = models.OneToOneField(Round, models.PROTECT, related_name="sealing")
    state = models.CharField(_("standing"), max_length=7, choices=STATES, default=WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    said = models.TextField(_("what went wrong"), blank=True)
    beat = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("sealing")
        verbose_name_plural = _("sealings")

    def __str__(self) -> str:
        return f"{self.round_id} {self.state}"


class Pile(models.Model):
    """One look at the ballots of a source: what stands on them, sorted, and how many papers were spoiled.

    Nothing here tells one ballot from another or leads to whoever cast it: no order, no time, no number of a slip.
    `by` and `day` are those of the person who entered the whole pile. `entered` is the number of ballots, so that lists
    need not read them; `agrees` says that an earlier look found the same. `salt` goes into the digest in the ledger:
    without it a small pile could be guessed from its digest.
    """

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="piles")
    source = models.CharField(_("source"), max_length=20)
    look = models.PositiveSmallIntegerField(_("look"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    day = models.DateField(_("entered on"))
    ballots = models.JSONField(_("ballots, sorted"), default=list)
    entered = models.PositiveIntegerField(_("ballots"))
    spoiled = models.PositiveIntegerField(_("spoiled papers"), default=0)
    issued = models.PositiveIntegerField(_("papers handed out"))
    agrees = models.BooleanField(_("agrees with an earlier look"), default=False)
    salt = models.CharField(max_length=32)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("pile of ballots")
        verbose_name_plural = _("piles of ballots")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["declaration", "source", "look"], name="pile_once"),
            models.UniqueConstraint(fields=["declaration", "source", "by"], name="pile_by_another_each_time"),
            models.CheckConstraint(condition=Q(look__range=(1, 3)), name="pile_three_looks_at_most"),
            models.CheckConstraint(condition=Q(look__gt=1) | Q(agrees=False), name="pile_first_agrees_with_none"),
            models.CheckConstraint(
                condition=Q(issued__gte=F("entered") + F("spoiled")), name="pile_no_more_than_handed_out"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.declaration_id} {self.source} {self.look}"

    @property
    def returned(self) -> int:
        """Papers that came back."""
        return self.entered + self.spoiled

    @property
    def papers(self) -> piles.Pile:
        """What one look is compared with another by."""
        return piles.papers(self.ballots, self.spoiled)


# ---- members with an account ----


class Elector(models.Model):
    """This account is this member: who may take a token. Said by somebody who answers for the branch from above it."""

    account = models.OneToOneField(Account, models.PROTECT, related_name="elector", verbose_name=_("account"))
    member = models.OneToOneField(Member, models.PROTECT, related_name="elector", verbose_name=_("member"))
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("linked by"))
    day = models.DateField(_("linked on"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("member with an account")
        verbose_name_plural = _("members with an account")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(account=F("by")), name="elector_linked_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.member_id}"


class Issued(models.Model):
    """A member took a token of a poll: no time, no number, nothing of the token itself.

    `request` is the SHA-256 (hex) of the blinded message, by which the same phone may ask again; it is blanked when
    casting begins. A member has one token, and so has an account, whoever is linked to whom meanwhile.
    """

    pk = models.CompositePrimaryKey("poll_id", "member_id")
    poll = models.ForeignKey(Poll, models.PROTECT, related_name="issued")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    request = models.CharField(max_length=64, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("token taken")
        verbose_name_plural = _("tokens taken")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["poll", "account"], name="issued_once_to_an_account"),
        ]

    def __str__(self) -> str:
        return f"{self.poll_id} {self.member_id}"
