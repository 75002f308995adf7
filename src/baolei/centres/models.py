"""Centres 党群服务中心: service centres and points, how they stand, where they lie, and how near they are.

What has a spot on the map is a public building or the middle of a village. Nobody's home is located: a hub household
that is a point counts as where its village is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baolei.organisations.models import HubHousehold, StateQuerySet, Unit
from baolei.people.models import Account
from baolei.programme.centres import CLOSED, OPEN, PAUSED, STATES

LONGEST_NAME, LONGEST_ADDRESS = 100, 200
HIGHEST, LOWEST = 2, 5
"""The levels of the tree that have centres: city, county, township, village."""


def located(prefix: str) -> list[models.BaseConstraint]:
    """Both coordinates or none, and such as there are on the earth."""
    return [
        models.CheckConstraint(
            condition=Q(lon=None, lat=None)
            | Q(lon__isnull=False, lat__isnull=False, lon__range=(-180, 180), lat__range=(-90, 90)),
            name=f"{prefix}_located_or_not",
        )
    ]


class Centre(models.Model):
    """A service centre or point of a unit. `key` is the name the page gave the record: sent twice it is kept once.

    `days` are the days of the week it is open on, 1 Monday to 7 Sunday. `hub` is the hub household that it is, if it is
    one; then it has no coordinates of its own.
    """

    CENTRE, POINT = "centre", "point"
    KINDS = ((CENTRE, _("service centre")), (POINT, _("service point")))

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="centres", verbose_name=_("kept by"))
    level = models.PositiveSmallIntegerField(_("level"))
    key = models.CharField(max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=6, choices=KINDS)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    address = models.CharField(_("address"), max_length=LONGEST_ADDRESS, blank=True)
    days = models.CharField(_("open days"), max_length=7, blank=True)
    opens = models.TimeField(_("opens"), null=True)
    closes = models.TimeField(_("closes"), null=True)
    hub = models.ForeignKey(HubHousehold, models.PROTECT, null=True, related_name="+", verbose_name=_("hub household"))
    lon = models.FloatField(_("longitude"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    entered = models.DateField(_("entered on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("service centre or point")
        verbose_name_plural = _("service centres and points")
        ordering: ClassVar[list[str]] = ["level", "name", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "kind"], name="centre_of_a_unit")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=["centre", "point"]), name="centre_kind_known"),
            models.CheckConstraint(condition=Q(level__range=(HIGHEST, LOWEST)), name="centre_level_known"),
            models.CheckConstraint(
                condition=Q(days="", opens=None, closes=None)
                | (~Q(days="") & Q(opens__isnull=False, closes__isnull=False, opens__lt=F("closes"))),
                name="centre_hours_whole",
            ),
            models.CheckConstraint(condition=Q(hub=None) | Q(kind="point", lon=None), name="centre_hub_is_a_point"),
            *located("centre"),
        ]

    def __str__(self) -> str:
        return self.name


class Offer(models.Model):
    """A class of service that a centre offers."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="offers")
    service = models.CharField(_("service"), max_length=20)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("service offered")
        verbose_name_plural = _("services offered")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["centre", "service"], name="offered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.service} at {self.centre_id}"


class Standing(models.Model):
    """How a centre stands from a day to a day: open, paused, closed."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="standings")
    state = models.CharField(_("standing"), max_length=6)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True)

    objects: ClassVar[models.Manager[Any]] = StateQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing of a centre")
        verbose_name_plural = _("standings of centres")
        ordering: ClassVar[list[str]] = ["since"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=[OPEN, PAUSED, CLOSED]), name="standing_known"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="standing_in_order"),
            models.UniqueConstraint(fields=["centre", "since"], name="standing_begins_once"),
            models.UniqueConstraint(fields=["centre"], condition=Q(until=None), name="standing_open_once"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.since}"

    @property
    def name(self) -> Any:
        """How it stands, in both languages."""
        return STATES[self.state]


class Look(models.Model):
    """That somebody from above looked in at a centre on a day, and whether it was open as announced."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="looks")
    day = models.DateField(_("day"))
    open = models.BooleanField(_("open as announced"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("looked in"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("look at a centre")
        verbose_name_plural = _("looks at centres")
        ordering: ClassVar[list[str]] = ["-day", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["centre", "day"], name="looked_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.centre_id} {self.day}"


class Spot(models.Model):
    """Where the middle of a village or community is: from a file, as the nearest named place of the roads, or invented
    for the demo. `households` weigh it where a place is sought for a new point; 0: not known.
    """

    FILE, NAMED, SYNTHETIC = "file", "named", "synthetic"
    HOWS = ((FILE, _("from a file")), (NAMED, _("a named place of the map")), (SYNTHETIC, _("invented for the demo")))

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    households = models.PositiveIntegerField(_("households"), default=0)
    how = models.CharField(_("known from"), max_length=9, choices=HOWS)
    day = models.DateField(_("entered on"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("spot of a village")
        verbose_name_plural = _("spots of villages")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(how__in=["file", "named", "synthetic"]), name="spot_known_from"),
            *located("spot"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}"


class RoadMap(models.Model):
    """A network of roads that was read in; the arrays lie in a file named by its digest. The one read in last is used.

    `synthetic`: invented for the demo; every page and file that rests on it says so.
    """

    digest = models.CharField("SHA-256", max_length=64, unique=True)
    name = models.CharField(_("file"), max_length=255)
    synthetic = models.BooleanField(_("invented"), default=False)
    nodes = models.PositiveIntegerField(_("junctions"))
    pieces = models.PositiveIntegerField(_("pieces of road"))
    named = models.PositiveIntegerField(_("named places"), default=0)
    read_at = models.DateTimeField(_("read in at"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("network of roads")
        verbose_name_plural = _("networks of roads")
        ordering: ClassVar[list[str]] = ["-read_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def file(self) -> Path:
        """Where its arrays lie."""
        return Path(settings.BAOLEI_NETWORKS) / f"{self.digest}.npz"


class CircleRun(models.Model):
    """One reckoning of the minutes of all places of a unit, as a job. `inputs` is the digest of roads, rules, spots and
    points together: the same inputs give the same minutes.
    """

    WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
    STATES = ((WAITING, _("waiting")), (RUNNING, _("under way")), (DONE, _("done")), (FAILED, _("failed")))

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("for the unit"))
    roads = models.ForeignKey(RoadMap, models.PROTECT, related_name="+", verbose_name=_("roads"))
    day = models.DateField(_("as of"))
    asked_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("asked for by"))
    asked_at = models.DateTimeField(_("asked for at"))
    state = models.CharField(_("standing"), max_length=7, choices=STATES, default=WAITING)
    inputs = models.CharField("SHA-256", max_length=64, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    said = models.CharField(max_length=500, blank=True)
    beat = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("reckoning of the circle")
        verbose_name_plural = _("reckonings of the circle")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(state__in=["waiting", "running"]), name="circle_asked_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | (~Q(inputs="") & Q(ended_at__isnull=False)), name="circle_done_is_proved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def under_way(self) -> bool:
        """Whether the machine is at it."""
        return self.state in (self.WAITING, self.RUNNING)


class PlaceCircle(models.Model):
    """A place in a reckoning: by which profile its circle is measured, whether it is complete. `located` is false where
    its spot is not known or lies off every road: then nothing is said of it.
    """

    run = models.ForeignKey(CircleRun, models.CASCADE, related_name="places")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    profile = models.CharField(max_length=10)
    located = models.BooleanField()
    complete = models.BooleanField()

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("circle of a place")
        verbose_name_plural = _("circles of places")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "unit"], name="place_in_a_run_once"),
            models.CheckConstraint(condition=Q(complete=False) | Q(located=True), name="only_located_is_complete"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} in {self.run_id}"


class Minutes(models.Model):
    """The minutes from a place to the nearest point of a class of service, and which point; without any none is reached
    on this network.
    """

    run = models.ForeignKey(CircleRun, models.CASCADE, related_name="minutes")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    service = models.CharField(max_length=20)
    profile = models.CharField(max_length=10)
    minutes = models.FloatField(null=True)
    centre = models.ForeignKey(Centre, models.PROTECT, null=True, related_name="+")

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("minutes to a service")
        verbose_name_plural = _("minutes to services")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "unit", "service", "profile"], name="minutes_once"),
            models.CheckConstraint(
                condition=Q(minutes=None, centre=None) | Q(minutes__gte=0, centre__isnull=False),
                name="minutes_to_a_centre",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.service} {self.profile}"
