"""Ballots about a branch: a poll 评议投票 through the urn, a poll of a meeting, a pile 一叠选票 of papers as one person
counted it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from baolei.declarations.models import Declaration
from baolei.organisations.models import Member, Organisation, Unit
from baolei.paths import PathField
from baolei.people.models import Account
from baolei.programme import piles
from baolei.programme.ballot.publication import KINDS, WHY
from baolei.rounds.models import Round
from baolei.urn.store import PHASES, PUBLISHED, SEALED, SET_UP


class UrnPoll(models.Model):
    """What the house knows of any poll in the urn and, once it is sealed, what was counted.

    `number` is what the urn calls it (16 bytes, hex), `short` what is typed. `people` may vote, `slips` were printed
    for them, `least` ballots are needed. After sealing `ballots` holds the answers, sorted, as a pile does; `root` and
    `signature` prove them. Nothing here says who has a slip, or when anybody voted.
    """

    number = models.CharField(max_length=32, unique=True)
    short = models.CharField(_("number"), max_length=9, unique=True)
    form = models.CharField(max_length=64)
    phase = models.CharField(_("phase"), max_length=10, default=SET_UP)
    people = models.PositiveIntegerField(_("may vote"))
    least = models.PositiveIntegerField(_("ballots needed"))
    slips = models.PositiveIntegerField(_("slips printed"), default=0)
    ballots = models.JSONField(default=list)
    cast = models.PositiveIntegerField(_("ballots"), null=True)
    root = models.CharField(max_length=64, blank=True)
    signature = models.CharField(max_length=128, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(phase__in=tuple(PHASES)), name="%(class)s_phase_known"),
            models.CheckConstraint(
                condition=Q(phase__in=(SEALED, PUBLISHED), cast__isnull=False) & ~Q(root="")
                | ~Q(phase__in=(SEALED, PUBLISHED)) & Q(cast__isnull=True, root="", ballots=[]),
                name="%(class)s_counted_when_sealed",
            ),
        ]

    @property
    def key(self) -> bytes:
        """Its number as bytes."""
        return bytes.fromhex(self.number)


class Poll(UrnPoll):
    """One source asked about one branch by slips, last printed by `printing`. `households` stand on the list from which
    those asked are drawn by lot; 0 where nobody is drawn, or no list may be kept.

    `tokens` says that members with an account may take a token by phone: those who were full members on `roll_day`.
    `taken` were signed, with the key whose public part has the digest `token_key` (hex; '' before it is made, and where
    so few took one that none counts).
    """

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="polls")
    source = models.CharField(_("source"), max_length=20)
    households = models.PositiveIntegerField(_("households on the list"), default=0)
    printing = models.ForeignKey("Printing", models.SET_NULL, null=True, related_name="printed")
    roll_day = models.DateField(_("the roll as it stood on"), null=True)
    tokens = models.BooleanField(default=False)
    taken = models.PositiveIntegerField(_("tokens taken"), default=0)
    token_key = models.CharField(max_length=64, blank=True)

    class Meta(UrnPoll.Meta):
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["phase"], name="poll_in_phase")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["declaration", "source"], name="poll_once"),
            models.CheckConstraint(
                condition=Q(cast__isnull=True) | Q(cast__lte=F("slips") + F("taken")),
                name="poll_no_more_than_given_out",
            ),
            *UrnPoll.Meta.constraints,
        ]

    def __str__(self) -> str:
        return f"{self.short} {self.source}"


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


class Polling(models.Model):
    """The polls of a round together: by which public number households are drawn, which last day the urn was told,
    when its units were reminded, how it was with turnout when that was counted last.
    """

    round = models.OneToOneField(Round, models.PROTECT, related_name="polling")
    seed = models.CharField(_("public number"), max_length=100, blank=True)
    closes = models.DateField(_("last day"), null=True)
    reminded = models.DateField(_("reminded on"), null=True)
    counted_at = models.DateTimeField(_("counted"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("polls of a round")
        verbose_name_plural = _("polls of rounds")

    def __str__(self) -> str:
        return f"{self.round_id} {self.closes}"


class Printing(models.Model):
    """Slips of a unit being printed, as a job, and what became of the file: taken once, or deleted after a day.

    The first time all polls of the unit that have none get their slips. `again`: those of a file that was lost, whose
    codes nobody knows. `poll`: `more` slips of this one. The codes are never here.
    """

    WAITING, RUNNING, READY, TAKEN, GONE, FAILED = "waiting", "running", "ready", "taken", "gone", "failed"
    STATES = (
        (WAITING, _("waiting")), (RUNNING, _("under way")), (READY, _("ready to be taken")), (TAKEN, _("taken")),
        (GONE, _("deleted, not taken")), (FAILED, _("failed")),
    )  # fmt: skip
    OPEN = (WAITING, RUNNING)

    round = models.ForeignKey(Round, models.PROTECT, related_name="printings")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    path = PathField(_("path"), max_length=60)
    again = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    poll = models.ForeignKey(Poll, models.PROTECT, null=True, related_name="+")
    more = models.PositiveIntegerField(default=0)
    origin = models.CharField(max_length=200)
    why = models.CharField(_("why"), max_length=200)
    asked_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("asked for by"))
    asked_at = models.DateTimeField(_("asked for"))
    state = models.CharField(_("standing"), max_length=7, choices=STATES, default=WAITING)
    done = models.PositiveSmallIntegerField(default=0)
    polls = models.PositiveIntegerField(_("polls"), default=0)
    slips = models.PositiveIntegerField(_("slips"), default=0)
    said = models.TextField(_("what went wrong"), blank=True)
    beat = models.DateTimeField(null=True)
    made_at = models.DateTimeField(_("ready"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("printing of slips")
        verbose_name_plural = _("printings of slips")
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["round", "path"], name="printing_of_unit")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["round", "path"], condition=Q(state__in=("waiting", "running")), name="printing_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(poll__isnull=True, more=0) | Q(poll__isnull=False, more__gt=0, again__isnull=True),
                name="printing_of_one_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.path} {self.state}"

    @property
    def kind(self) -> str:
        """Whether it is the first of its unit, once more for a lost file, or more slips of one poll."""
        return "more" if self.poll_id else "again" if self.again_id else "first"


class Turnout(models.Model):
    """How many ballots of a source are in at a unit and below it, down to the townships, as they were counted last.

    Counted every few minutes for all units at once, so that no page asks the urn about a whole region; the count before
    is not kept. `low` polls have fewer ballots than they need.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="turnout")
    path = PathField(_("path"), max_length=60)
    source = models.CharField(_("source"), max_length=20)
    polls = models.PositiveIntegerField(_("polls"))
    people = models.PositiveIntegerField(_("may vote"))
    slips = models.PositiveIntegerField(_("slips"))
    cast = models.PositiveIntegerField(_("ballots"))
    low = models.PositiveIntegerField(_("polls with too few ballots"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("turnout")
        verbose_name_plural = _("turnout")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "path", "source"], name="turnout_once"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.path} {self.source}"


class MeetingPoll(UrnPoll):
    """One form asked at one meeting of a branch 会议评议: of which kind (`rulebook/meetings.yaml`), on which day.

    `handed` says how many had drawn a slip when the casting began: a number, as who did is signed for on paper.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="meeting_polls")
    kind = models.CharField(_("kind"), max_length=30)
    held_on = models.DateField(_("day"))
    handed = models.PositiveIntegerField(_("slips handed out"), null=True)

    class Meta(UrnPoll.Meta):
        verbose_name = _("poll of a meeting")
        verbose_name_plural = _("polls of meetings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A second poll of the same people on one day would tell, by subtraction, what whoever came late has said.
            models.UniqueConstraint(
                fields=["organisation", "kind", "held_on"], condition=Q(cast__isnull=True) | Q(cast__gt=0),
                name="meetingpoll_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["organisation", "kind"], condition=Q(cast__isnull=True), name="meetingpoll_one_open"
            ),
            models.CheckConstraint(
                condition=Q(handed__isnull=True) | Q(handed__lte=F("slips"), handed__gte=F("least")),
                name="meetingpoll_enough_handed_out",
            ),
            models.CheckConstraint(
                condition=Q(cast__isnull=True) | Q(cast__lte=F("slips")), name="meetingpoll_no_more_than_printed"
            ),
            *UrnPoll.Meta.constraints,
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.short} {self.kind}"


class Panel(models.Model):
    """The panel 社会评价小组 that a unit has named for a round; its ratings count once it is closed."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="panels")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    path = PathField(max_length=60, db_index=True)
    closed_on = models.DateField(pgettext_lazy("ratings", "closed on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("panel")
        verbose_name_plural = _("panels")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "unit"], name="panel_once"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.unit_id}"


class Panellist(models.Model):
    """Somebody whom the superior has named to rate several branches, and what he or she stands for.

    Who rates what is known by design, and said on the form. Without an account the signed paper form is entered.
    """

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="panellists")
    name = models.CharField(_("name"), max_length=60)
    stands_for = models.CharField(_("stands for"), max_length=60)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    named_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    day = models.DateField(_("named on"))
    handed_in = models.DateField(pgettext_lazy("ratings", "handed in"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("panellist")
        verbose_name_plural = _("panellists")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["panel", "name"], name="panellist_once"),
            models.UniqueConstraint(fields=["panel", "account"], name="panellist_one_account"),
        ]

    def __str__(self) -> str:
        return self.name


class Rating(models.Model):
    """What a panellist says of one branch: a line of answers as a ballot has it, empty until something is said."""

    panellist = models.ForeignKey(Panellist, models.PROTECT, related_name="ratings")
    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="ratings")
    answers = models.CharField(max_length=40, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["panellist", "declaration"], name="rating_once"),
        ]

    def __str__(self) -> str:
        return f"{self.panellist_id} {self.declaration_id}"


class Publication(models.Model):
    """The totals of a round, published 公布 once: by whom, when, why; and the job that works them out.

    `digest` is that of everything that is shown (`publishing.digest_of`); it stands in the ledger. One that has failed
    has shown nothing and is begun again.
    """

    WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
    STATES = ((WAITING, _("waiting")), (RUNNING, _("under way")), (DONE, pgettext_lazy("run", "done")),
              (FAILED, _("failed")))  # fmt: skip
    OPEN = (WAITING, RUNNING)

    round = models.OneToOneField(Round, models.PROTECT, related_name="publication")
    day = models.DateField(_("published on"))
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("published by"))
    why = models.CharField(_("why"), max_length=200)
    state = models.CharField(_("standing"), max_length=7, choices=STATES, default=WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    said = models.TextField(_("what went wrong"), blank=True)
    beat = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("publication of totals")
        verbose_name_plural = _("publications of totals")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="done") & ~Q(digest="") | ~Q(state="done") & Q(digest=""),
                name="publication_done_has_its_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.state}"


class Total(models.Model):
    """What is shown of a unit, or of a branch (`declaration`), for one source and kind (`publication.KINDS`).

    `path` and `name` are those of the round's own tree: where a unit lies today says nothing of what was published.
    `said` holds for each question its numbers, a band, or None; where nothing is shown, `why` says it, and `valid` is
    None.
    """

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="totals")
    source = models.CharField(_("source"), max_length=20)
    kind = models.CharField(max_length=6)
    path = PathField(_("path"), max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    declaration = models.ForeignKey(Declaration, models.PROTECT, null=True, related_name="totals")
    name = models.CharField(_("name"), max_length=200)
    valid = models.PositiveIntegerField(_("valid ballots"), null=True)
    said = models.JSONField(default=list)
    why = models.CharField(max_length=5, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("total")
        verbose_name_plural = _("totals")
        ordering: ClassVar[list[str]] = ["source", "kind", "path", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["publication", "path"], name="total_in_tree"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["publication", "declaration", "source", "kind"], name="total_of_branch_once"
            ),
            models.UniqueConstraint(fields=["publication", "unit", "source", "kind"], name="total_of_unit_once"),
            models.CheckConstraint(
                condition=Q(unit__isnull=True, declaration__isnull=False)
                | Q(unit__isnull=False, declaration__isnull=True),
                name="total_of_unit_or_branch",
            ),
            models.CheckConstraint(
                condition=Q(why="", valid__isnull=False) | Q(why__in=tuple(WHY), valid__isnull=True, said=[]),
                name="total_shown_or_why_not",
            ),
            models.CheckConstraint(condition=Q(kind__in=tuple(KINDS)), name="total_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.source} {self.kind}"


class Remark(models.Model):
    """Words on a ballot that wait for a person, or on which one has decided. The words themselves stay in the urn, with
    the sealed ballot; here is only `digest` (`remarks.digest_of`), by which a decision finds them again.
    """

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="remarks")
    digest = models.CharField(max_length=64)
    passed = models.BooleanField(_("let through"), null=True)
    why = models.CharField(_("why"), max_length=200, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("words on a ballot")
        verbose_name_plural = _("words on ballots")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["poll", "digest"], name="remark_once"),
            models.CheckConstraint(
                condition=Q(passed__isnull=True, why="") | Q(passed__isnull=False) & ~Q(why=""),
                name="remark_decided_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.poll_id} {self.digest[:12]}"


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
