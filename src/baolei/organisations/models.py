"""Two trees of one shape: a node that stays itself, and its states, each with its days.

A unit or an organisation is a row that never changes. What it was called, its code, what it stood under: that is its
state from a day to a day. A year's figures use the trees of that year; nothing of the past is ever overwritten.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from baolei.paths import PathField, at_or_below
from baolei.people.models import Account
from baolei.people.roles import role_name
from baolei.programme.organisation.levels import LEVELS
from baolei.programme.organisation.paths import segment

WIDTH = 5
"""Characters of a path's segment: 60 million nodes, a nation's organisations ten times over."""


def segment_of(pk: int) -> str:
    """A node's own segment of its path. It never changes and never comes again."""
    return segment(pk, WIDTH)


def lineage(path: str) -> list[str]:
    """The paths of all nodes above a node, from the root down, its own last."""
    return [path[:end] for end in range(WIDTH, len(path) + 1, WIDTH)]


def holds_on(day: date) -> Q:
    """The condition that something with a first and a last day held on a day; the last day counts."""
    return Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gte=day))


class StateQuerySet(models.QuerySet[Any]):
    """States, asked for by day and by place."""

    def on(self, day: date) -> Self:
        """Those that held on that day; the last day counts."""
        return self.filter(holds_on(day))

    def open(self) -> Self:
        """Those that hold until further notice."""
        return self.filter(until__isnull=True)

    def under(self, path: str) -> Self:
        """Those at or below a node."""
        return self.filter(at_or_below(path))


class FindingQuerySet(StateQuerySet):
    """Findings, asked for by day as well."""

    def open_on(self, day: date) -> Self:
        """Those that were open at the end of that day."""
        return self.filter(Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gt=day)))


class State(models.Model):
    """What a node of a tree was from a day to a day; `path` is made of nodes, so that a new name leaves it alone.

    `initials` are those of the name in pinyin, for the search.
    """

    code = models.CharField(_("code"), max_length=30, db_index=True)
    name = models.CharField(_("name"), max_length=200)
    initials = PathField(_("initials"), max_length=200, db_index=True, default="", editable=False)
    path = PathField(_("path"), max_length=60, db_index=True)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = StateQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Unit(models.Model):
    """An administrative unit: the same one through all its names, codes and borders."""

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        return f"unit {self.pk}"


class UnitState(State):
    """A unit's name, statistical code, level (1 region to 5 village) and the unit above, from a day to a day."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="states", verbose_name=_("unit"))
    level = models.PositiveSmallIntegerField(_("level"))
    above = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("unit above"))

    class Meta:
        verbose_name = _("state of a unit")
        verbose_name_plural = _("states of units")
        ordering: ClassVar[list[str]] = ["path", "since"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(level__range=(1, len(LEVELS))), name="unit_state_level_known"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="unit_state_in_order"
            ),
            models.CheckConstraint(
                condition=Q(level=1, above__isnull=True) | Q(level__gt=1, above__isnull=False),
                name="unit_state_has_above",
            ),
            models.UniqueConstraint(fields=["unit", "since"], name="unit_state_begins_once"),
            models.UniqueConstraint(fields=["unit"], condition=Q(until__isnull=True), name="unit_state_open_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(until__isnull=True), name="unit_code_held_once"),
        ]


class Succession(models.Model):
    """Which unit goes on where another ended: one line for each in a merger or a division.

    `main` marks the one that takes over what cannot be divided, so that a past year seen in today's borders counts
    everything once.
    """

    before = models.ForeignKey(Unit, models.PROTECT, related_name="successions", verbose_name=_("until then"))
    after = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("from then on"))
    on = models.DateField(_("day"))
    main = models.BooleanField(_("takes over the rest"))

    class Meta:
        verbose_name = _("succession")
        verbose_name_plural = _("successions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(before=F("after")), name="succession_of_another"),
            models.UniqueConstraint(fields=["before", "after", "on"], name="succession_once"),
            models.UniqueConstraint(fields=["before"], condition=Q(main=True), name="succession_one_main"),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} > {self.after_id}"


# ---- Party organisations, and who belongs to them ----


class Organisation(models.Model):
    """A Party organisation: the same one through all its names and wherever it hangs."""

    class Meta:
        verbose_name = _("Party organisation")
        verbose_name_plural = _("Party organisations")

    def __str__(self) -> str:
        return f"organisation {self.pk}"


class OrganisationState(State):
    """An organisation's name, kind, field and place in both trees, from a day to a day.

    `kind` is one of the dated set-up rules; `field` one of the editions' ('' above the branch). `above` is where it is
    affiliated (隶属), `unit` where it is at home; the branch of an enterprise need not lie where it is affiliated.
    `unit_active` is false where the enterprise or body it belongs to has closed.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="states", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=30)
    field = models.CharField(_("field"), max_length=40, blank=True)
    above = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("affiliated with")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit served"))
    unit_active = models.BooleanField(_("its body is at work"), default=True)

    class Meta:
        verbose_name = _("state of an organisation")
        verbose_name_plural = _("states of organisations")
        ordering: ClassVar[list[str]] = ["path", "since"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="organisation_state_in_order"
            ),
            models.UniqueConstraint(fields=["organisation", "since"], name="organisation_state_begins_once"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(until__isnull=True), name="organisation_state_open_once"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(until__isnull=True), name="organisation_code_held_once"
            ),
        ]


class Exemption(models.Model):
    """An approval on file that lets an organisation stay as it is: for one flag of the audit, or for any ('')."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="exemptions")
    flag = models.CharField(_("flag"), max_length=40, blank=True)
    document = models.CharField(_("document"), max_length=100)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = StateQuerySet.as_manager()

    class Meta:
        verbose_name = _("exemption")
        verbose_name_plural = _("exemptions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(document=""), name="exemption_names_its_document"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="exemption_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.document


class Member(models.Model):
    """A member, by name and by nothing else that a branch does not need.

    Birth year and education level are asked of office holders only, and shown only as figures of many.
    """

    name = models.CharField(_("name"), max_length=100)
    joined = models.DateField(_("joined the Party"), null=True, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("year of birth (office holders)"), null=True, blank=True)
    education = models.CharField(_("education (office holders)"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Where a member belongs, and as what, from a day to a day; nobody belongs to two branches on one day.

    `how` says how it ended where the member belongs nowhere afterwards.
    """

    FULL, PROBATIONARY = "full", "probationary"
    KINDS = ((FULL, _("full member")), (PROBATIONARY, _("probationary member")))
    MOVED, DIED, LEFT = "moved", "died", "left"
    WAYS = ((MOVED, _("transferred outside")), (DIED, _("deceased")), (LEFT, _("no longer a member")))

    member = models.ForeignKey(Member, models.PROTECT, related_name="memberships", verbose_name=_("member"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    kind = models.CharField(_("kind"), max_length=12, choices=KINDS)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)
    how = models.CharField(_("how it ended"), max_length=5, choices=WAYS, blank=True, db_default="")

    objects: ClassVar[models.Manager[Any]] = StateQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=["full", "probationary"]), name="membership_kind_known"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="membership_in_order"
            ),
            models.CheckConstraint(condition=Q(how="") | Q(until__isnull=False), name="membership_ends_some_way"),
            models.UniqueConstraint(fields=["member"], condition=Q(until__isnull=True), name="membership_open_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.organisation_id}"


class Term(models.Model):
    """A term of an organisation's committee, or of its secretary where it has none: elected on a day, up to a day."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="terms")
    elected = models.DateField(_("elected"))
    ends = models.DateField(_("term ends"))

    class Meta:
        verbose_name = _("term of office")
        verbose_name_plural = _("terms of office")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(ends__gt=F("elected")), name="term_ends_after_it_begins"),
            models.UniqueConstraint(fields=["organisation", "elected"], name="term_begins_once"),
        ]

    def __str__(self) -> str:
        return f"{self.elected} to {self.ends}"


POSTS = ("secretary", "deputy", "organisation", "publicity", "discipline", "member")


class Post(models.Model):
    """A post in an organisation and who holds it, from a day to a day. One secretary at a time.

    `committee` says whether the post belongs to a committee; `village_head` that the holder also heads the villagers'
    or residents' committee (一肩挑).
    """

    SECRETARY = "secretary"
    KINDS = (
        (SECRETARY, _("secretary")),
        ("deputy", _("deputy secretary")),
        ("organisation", _("committee member for organisation")),
        ("publicity", _("committee member for publicity")),
        ("discipline", _("committee member for discipline")),
        ("member", _("committee member")),
    )

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts")
    kind = models.CharField(_("post"), max_length=12, choices=KINDS)
    holder = models.ForeignKey(Member, models.PROTECT, related_name="posts", verbose_name=_("holder"))
    committee = models.BooleanField(_("in the committee"), default=False)
    village_head = models.BooleanField(_("also heads the villagers' or residents' committee"), default=False)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = StateQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=POSTS), name="post_kind_known"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="post_in_order"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(kind="secretary", until__isnull=True), name="post_one_secretary"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.organisation_id}"


class VillageHead(models.Model):
    """Who heads the villagers' or residents' committee of the village that an organisation serves, from a day to a day:
    one of its members, or somebody else (no holder), or nobody (`vacant`).

    Where nothing is noted here, the post of the secretary tells it (`Post.village_head`).
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="heads")
    holder = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", verbose_name=_("holder"))
    vacant = models.BooleanField(_("vacant"), default=False)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = StateQuerySet.as_manager()

    class Meta:
        verbose_name = _("head of a villagers' committee")
        verbose_name_plural = _("heads of villagers' committees")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(vacant=False) | Q(holder__isnull=True), name="head_vacant_without_holder"
            ),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="head_in_order"),
            models.UniqueConstraint(fields=["organisation"], condition=Q(until__isnull=True), name="head_open_once"),
        ]

    def __str__(self) -> str:
        return f"head {self.organisation_id}"


class Group(models.Model):
    """A Party group (党小组) of a branch and who leads it, from a day to a day; `place` is its grid or hamlet."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="groups")
    name = models.CharField(_("name"), max_length=100)
    place = models.CharField(_("grid or natural village"), max_length=100, blank=True)
    leader = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("leader"))
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = StateQuerySet.as_manager()

    class Meta:
        verbose_name = _("Party group")
        verbose_name_plural = _("Party groups")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="group_in_order"),
            models.UniqueConstraint(
                fields=["organisation", "name"], condition=Q(until__isnull=True), name="group_named_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class HubHousehold(models.Model):
    """A member's home where members and neighbours of a grid meet (党员中心户), from a day to a day.

    `members` and `households` are how many meet there and how many homes it serves: counts, never a list of people.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="hubs")
    grid = models.CharField(_("grid"), max_length=100)
    host = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("host"))
    members = models.PositiveSmallIntegerField(_("members who meet there"))
    households = models.PositiveSmallIntegerField(_("households served"))
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = StateQuerySet.as_manager()

    class Meta:
        verbose_name = _("hub household")
        verbose_name_plural = _("hub households")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="hub_in_order"),
            models.UniqueConstraint(fields=["host"], condition=Q(until__isnull=True), name="hub_hosted_once"),
        ]

    def __str__(self) -> str:
        return self.grid


# ---- the structural audit ----


class AuditRun(models.Model):
    """One look through the whole house on a day: how much there was. The findings stand for themselves."""

    day = models.DateField(_("day"))
    at = models.DateTimeField(_("counted at"))
    organisations = models.PositiveIntegerField(_("organisations"))

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.day}"


class UnitCount(models.Model):
    """What a look through counted at a unit and everything below it; `findings` and `excused` by flag, `posts` what
    `organisations.post_counts` names.

    Kept of every run from the region to the banner, of the last run for every unit.
    """

    run = models.ForeignKey(AuditRun, models.CASCADE, related_name="counts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="counts")
    organisations = models.PositiveIntegerField(_("organisations"))
    branches = models.PositiveIntegerField(_("Party branches"))
    members = models.PositiveIntegerField(_("members"))
    flagged = models.PositiveIntegerField(_("organisations with a finding"))
    findings = models.JSONField(_("findings"), default=dict)
    excused = models.JSONField(_("excused"), default=dict)
    posts = models.JSONField(_("posts"), default=dict)

    class Meta:
        verbose_name = _("count of a unit")
        verbose_name_plural = _("counts of units")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit", "run"], name="unit_counted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} in {self.run_id}"


class Finding(models.Model):
    """Something the audit found in an organisation: from the day it was first seen until it was cured or excused.

    `figures` are those that raised it, as the rule's message names them. Nobody closes a finding by hand: the change
    that cures it does, or an approval on file.
    """

    CURED, EXCUSED, ENDED = "cured", "excused", "ended"
    WAYS = ((CURED, _("cured")), (EXCUSED, _("approved exception")), (ENDED, _("organisation ended")))

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="findings")
    flag = models.CharField(_("flag"), max_length=40)
    figures = models.JSONField(_("figures"), default=dict)
    since = models.DateField(_("first seen"))
    due = models.DateField(_("due"))
    until = models.DateField(_("closed on"), null=True, blank=True)
    how = models.CharField(_("closed by"), max_length=8, choices=WAYS, blank=True)

    objects: ClassVar[models.Manager[Any]] = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["until", "flag", "due"], name="finding_open")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(until__isnull=True, how="") | (Q(until__isnull=False) & ~Q(how="")),
                name="finding_closed_by_something",
            ),
            models.UniqueConstraint(
                fields=["organisation", "flag"], condition=Q(until__isnull=True), name="finding_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flag} {self.organisation_id}"


# ---- words from a level to those below it ----

LONGEST_NOTICE = 1_000
"""Characters of a notice."""


class NoticeQuerySet(StateQuerySet):
    """Notices, asked for by day."""

    def in_force(self, day: date) -> Self:
        """Those that hold on that day and were not withdrawn; the last day counts."""
        return self.on(day).filter(ended_at=None)


class Notice(models.Model):
    """Words (通知) to everybody who has a mandate at a unit or below it, from a day to a day: plain text, no more.

    An urgent one stands above every page until it is closed there. Nothing is kept of who has read it, nor how many.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("for the unit"))
    title = models.CharField(_("title of the notice"), max_length=80)
    text = models.CharField(_("text"), max_length=LONGEST_NOTICE)
    urgent = models.BooleanField(_("urgent"), default=False)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"))
    posted_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("posted by"))
    posted_at = models.DateTimeField(_("posted"))
    ended_at = models.DateTimeField(_("withdrawn"), null=True)

    objects: ClassVar[models.Manager[Any]] = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering: ClassVar[list[str]] = ["-since", "-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "until"], name="notice_of_unit")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="notice_in_order"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="notice_says_something"),
            models.CheckConstraint(condition=LessThanOrEqual(Length("text"), LONGEST_NOTICE), name="notice_is_short"),
        ]

    def __str__(self) -> str:
        return self.title


class NoticeRole(models.Model):
    """A role that a notice is for; one without any is for everybody."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=20)

    class Meta:
        verbose_name = _("role of a notice")
        verbose_name_plural = _("roles of notices")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["notice", "role"], name="notice_role_once"),
        ]

    def __str__(self) -> str:
        return role_name(self.role)


# ---- members who move, committees that are elected ----


class Transfer(models.Model):
    """A member's affiliation on its way from one organisation to another (组织关系转接): dates and counterparts only.

    `to` is None where the member leaves the house, and `outside` then names where to. Asked for, sent with a letter
    that is good up to a day, received (the member belongs there from then on), and its receipt slip back; or ended.
    """

    REQUESTED, SENT, RECEIVED, CLOSED, ENDED = "requested", "sent", "received", "closed", "ended"
    STATES = (
        (REQUESTED, _("requested")),
        (SENT, _("letter sent")),
        (RECEIVED, _("received")),
        (CLOSED, _("receipt returned")),
        (ENDED, _("not carried out")),
    )
    UNDER_WAY = (REQUESTED, SENT)

    member = models.ForeignKey(Member, models.PROTECT, related_name="transfers", verbose_name=_("member"))
    source = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("from"))
    to = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("to"))
    outside = models.CharField(_("outside this house"), max_length=200, blank=True)
    state = models.CharField(_("standing"), max_length=9, choices=STATES, default=REQUESTED)
    requested = models.DateField(_("requested on"))
    letter = models.CharField(_("number of the letter"), max_length=60, blank=True)
    sent = models.DateField(_("sent on"), null=True, blank=True)
    valid_to = models.DateField(_("letter good until"), null=True, blank=True)
    received = models.DateField(_("received on"), null=True, blank=True)
    receipt = models.DateField(_("receipt returned on"), null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "valid_to"], name="transfer_on_its_way")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(to__isnull=False, outside="") | (Q(to__isnull=True) & ~Q(outside="")),
                name="transfer_has_one_goal",
            ),
            models.UniqueConstraint(
                fields=["member"], condition=Q(state__in=["requested", "sent"]), name="transfer_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.source_id} > {self.to_id or self.outside}"


class Election(models.Model):
    """The record of an election held on paper: who should attend, who did, slips, votes, and what the rules made of it.

    `votes` by number of the candidate (a member); `elected` their numbers, most votes first; `posts` the post of
    each; `valid` whether it stands. A second vote (`first` is the election it completes) is for the seats left open;
    a by-election 补选 for those that fell vacant within a term.
    """

    TERM, SECOND, BY = "term", "second", "by"
    KINDS = ((TERM, _("term election")), (SECOND, _("second vote for open seats")), (BY, _("by-election")))

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="elections")
    on = models.DateField(_("held on"))
    should_attend = models.PositiveIntegerField(_("should attend"))
    present = models.PositiveIntegerField(_("present"))
    issued = models.PositiveIntegerField(_("slips handed out"))
    returned = models.PositiveIntegerField(_("slips returned"))
    void = models.PositiveIntegerField(_("void slips"))
    seats = models.PositiveSmallIntegerField(_("seats"))
    votes = models.JSONField(_("votes"), default=dict)
    elected = models.JSONField(_("elected"), default=list)
    needed = models.PositiveIntegerField(_("votes needed"))
    valid = models.BooleanField(_("stands"))
    document = models.CharField(_("approval"), max_length=100)
    kind = models.CharField(_("kind"), max_length=6, choices=KINDS, default=TERM, db_default=TERM)
    first = models.ForeignKey("self", models.PROTECT, null=True, related_name="votes_after")
    posts = models.JSONField(_("posts"), default=dict)

    class Meta:
        verbose_name = _("election")
        verbose_name_plural = _("elections")
        ordering: ClassVar[list[str]] = ["-on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=["term", "second", "by"]), name="election_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="second", first__isnull=False) | (~Q(kind="second") & Q(first__isnull=True)),
                name="election_second_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.on}"


# ---- numbers kept of a quarter ----


class QuarterNumbers(models.Model):
    """The numbers a branch keeps of a quarter (支部名册数): counts, no names. Which: `rulebook/register.yaml`.

    `members` and `probationary` are those of the list of members on the last day of the quarter, or on the day of the
    entry where that is earlier. Numbers entered anew strike those before, which stay to be seen.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="numbers")
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    entered = models.DateField(_("entered on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    struck_on = models.DateField(_("struck on"), null=True)
    members = models.PositiveIntegerField(_("members"))
    probationary = models.PositiveIntegerField(_("probationary members"))
    applicants = models.PositiveIntegerField(_("applicants"))
    activists = models.PositiveIntegerField(_("activists"))
    prospects = models.PositiveIntegerField(_("candidates for admission"))
    steps_due = models.PositiveIntegerField(_("steps due"))
    steps_done = models.PositiveIntegerField(_("steps done by their date"))
    migrants = models.PositiveIntegerField(_("migrant members"))
    reached = models.PositiveIntegerField(_("migrant members reached"))
    reserve = models.PositiveIntegerField(_("reserve"))
    trained = models.PositiveIntegerField(_("reserve with a mentor and trained"))
    linked = models.PositiveIntegerField(_("members spoken to every month"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("numbers of a quarter")
        verbose_name_plural = _("numbers of quarters")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(quarter__range=(1, 4)), name="numbers_of_a_quarter"),
            models.UniqueConstraint(
                fields=["year", "quarter", "organisation"],
                condition=Q(struck_on__isnull=True),
                name="numbers_stand_once",
            ),
            *(models.CheckConstraint(condition=Q(**{f"{part}__lte": F(whole)}), name=f"numbers_{part}_of_{whole}")
              for part, whole in (("steps_done", "steps_due"), ("reached", "migrants"), ("trained", "reserve"),
                                  ("linked", "members"))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.year}-{self.quarter}"
