"""A list 名单 drawn up from a run, line by line with its reason; and titles 称号, from a day to a day."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from baolei.declarations.models import Declaration
from baolei.organisations.models import Organisation, Unit
from baolei.paths import PathField
from baolei.people.models import Account
from baolei.programme.naming import ADDED, STANDINGS, STRUCK
from baolei.programme.papers import KINDS
from baolei.programme.titles import IN_FORCE, STATES, Honour
from baolei.rounds.models import Round
from baolei.scores.models import Run
from baolei.warehouse.rulebook import titles as title_rules


class NamingList(models.Model):
    """The list of a round, drawn up from one run; adopted under a document it gives titles and stays as it is."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="naming", verbose_name=_("round"))
    run = models.ForeignKey(Run, models.PROTECT, related_name="+", verbose_name=_("run"))
    drawn_at = models.DateTimeField(_("drawn up"))
    drawn_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    document = models.CharField(_("number of the naming document"), max_length=100, blank=True)
    adopted_on = models.DateField(_("adopted on"), null=True)
    adopted_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    plaques = models.BooleanField(_("plaques are handed out"), default=False)

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
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["list", "listed", "field"], name="line_listed"),
            # What the page of a list counts stands here, beside the long rows.
            models.Index(fields=["list", "listed", "standing", "act", "proposed", "declaration"], name="line_counted"),
            # The few that wait for a second person are found without counting the others.
            models.Index(fields=["list"], condition=~Q(proposed=""), name="line_proposed"),
        ]
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


class Paper(models.Model):
    """An official paper about a list as somebody worded it: the document that names, or the notice that lays it open.

    Its files are set by a job (`naming.papers`) and can be set again from what stands here. `of` tells from which names
    they were set; `first` and `last` are the days of the notice.
    """

    WAITING, SETTING, DONE, FAILED = "waiting", "setting", "done", "failed"
    STATES = ((WAITING, _("waiting")), (SETTING, _("under way")), (DONE, _("done")), (FAILED, _("failed")))
    OPEN = (WAITING, SETTING)

    list = models.ForeignKey(NamingList, models.CASCADE, related_name="papers")
    kind = models.CharField(max_length=10)
    issuer = models.CharField(_("issuing body"), max_length=100)
    title = models.CharField(_("title"), max_length=200)
    recipients = models.CharField(_("main recipients"), max_length=500, blank=True)
    body = models.TextField(_("body"), max_length=5_000)
    attachment = models.CharField(_("title of the attached list"), max_length=200)
    signature = models.CharField(_("signature"), max_length=100)
    number = models.CharField(_("document number"), max_length=100, blank=True)
    day = models.DateField(_("date"))
    first = models.DateField(null=True)
    last = models.DateField(null=True)
    worded_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    worded_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=STATES, default=WAITING)
    done = models.PositiveSmallIntegerField(default=0)
    beat = models.DateTimeField(null=True)
    said = models.TextField(blank=True)
    of = models.CharField(max_length=64, blank=True)
    names = models.PositiveIntegerField(default=0)
    digests = models.JSONField(default=dict)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("official paper")
        verbose_name_plural = _("official papers")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["list", "kind"], name="paper_once_a_kind"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="paper_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="naming", first__isnull=True, last__isnull=True)
                | Q(kind="notice", first__isnull=False, last__gte=F("first")),
                name="paper_of_a_notice_has_its_days",
            ),
        ]

    def __str__(self) -> str:
        return self.title


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


class TitleReview(models.Model):
    """What a year's results ask of a title: to be kept, watched, or withdrawn. They only ask; people decide (`done`).

    `asks` is an act of `programme.titles`, '' where the branch was not scored this year. `figures`: what counted and
    the line, in cents; how many years below before; whether a veto stands.
    """

    title = models.ForeignKey(Title, models.CASCADE, related_name="looks")
    run = models.ForeignKey(Run, models.PROTECT, related_name="+")
    asks = models.CharField(_("the results ask"), max_length=8, blank=True)
    figures = models.JSONField(default=dict)
    done = models.CharField(_("decided"), max_length=8, blank=True)
    done_on = models.DateField(null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("yearly look at a title")
        verbose_name_plural = _("yearly looks at titles")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["title", "run"], name="title_looked_at_once_a_run"),
            models.CheckConstraint(condition=Q(asks__in=["", "keep", "watch", "propose"]), name="look_asks_an_act"),
            models.CheckConstraint(
                condition=Q(done="", done_on__isnull=True) | (~Q(done="") & Q(done_on__isnull=False)),
                name="look_decided_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title_id} {self.asks}"


class Demonstration(models.Model):
    """An honour that a unit gives from day to day: a demonstration site 示范点 or village, a pioneer unit, a brand (one
    branch), a demonstration base 示范基地 (branches led by one). The kinds stand in `rulebook/titles.yaml`.

    One person proposes it and another agrees; from then on it lives by the table of titles.
    """

    PROPOSED, DECLINED = "proposed", "declined"

    kind = models.CharField(_("kind"), max_length=20)
    name = models.CharField(_("name"), max_length=100)
    level = models.CharField(_("given by the level"), max_length=10)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("given by the unit"))
    path = PathField(_("path"), max_length=60, db_index=True)
    lead = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("lead branch"))
    branches: models.ManyToManyField[Organisation, Any] = models.ManyToManyField(
        Organisation, related_name="demonstrations"
    )
    document = models.CharField(_("document"), max_length=100)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"))
    state = models.CharField(_("standing"), max_length=12, default=PROPOSED)
    ended = models.DateField(_("ended"), null=True)
    reason = models.CharField(_("why"), max_length=500)
    answer = models.CharField(_("answer of the branch"), max_length=1_000, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("proposed by"))
    second = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("agreed by"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("honour")
        verbose_name_plural = _("honours")
        ordering: ClassVar[list[str]] = ["-since", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(kind=""), name="demonstration_kind_known"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="demonstration_in_order"),
            models.CheckConstraint(condition=~Q(reason=""), name="demonstration_for_a_reason"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "declined", *(state.code for state in STATES.states)]),
                name="demonstration_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["declined", *(one.code for one in STATES.states if one.final)],
                            ended__isnull=False)
                | Q(state__in=["proposed", *(one.code for one in STATES.states if not one.final)], ended__isnull=True),
                name="demonstration_ended_at_its_end",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", second__isnull=True) | ~Q(state="proposed"),
                name="demonstration_waits_for_a_second",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """What kind of title it is."""
        return str(self.kind)

    @property
    def honour(self) -> Honour:
        """What kind of honour it is."""
        return title_rules().honours[self.kind]

    @property
    def kind_name(self) -> str:
        """Its kind in the language of the page."""
        return self.honour.name.say(get_language() or "")

    @property
    def organisation_id(self) -> int:
        """The branch that answers for it."""
        return int(self.lead_id)

    @property
    def round_id(self) -> None:
        """It is given in no round."""
        return None


# Effects and support stand in a file of their own; Django looks for models here.
from baolei.naming import effect_models  # noqa: E402, F401
