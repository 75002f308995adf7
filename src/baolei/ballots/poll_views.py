"""The pages of the polls of a round: how many slips are out and how many ballots are in, and never what they say."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.ballots import doors, polling, printing, publishing
from baolei.ballots.doors import printings_of
from baolei.ballots.models import Poll, Sealing
from baolei.ballots.poll_forms import OF_POLLS, SetUp
from baolei.ballots.urns import opened
from baolei.declarations.actions import BEFORE_THE_FREEZE
from baolei.declarations.models import Declaration
from baolei.declarations.views import rows as branch_rows
from baolei.organisations.asked import as_number
from baolei.organisations.directory import pieces
from baolei.organisations.doors import Scope, both_scopes, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import WIDTH, UnitState
from baolei.organisations.people_views import answered
from baolei.paths import at_or_below
from baolei.programme.piles import PHASE
from baolei.programme.visibility import least
from baolei.rounds import doors as round_doors
from baolei.rounds.models import Round
from baolei.rounds.views import led_by, one_of, trail
from baolei.standards.at_hand import at_hand
from baolei.urn.store import CAST, CLOSED, ISSUE, PHASES, SET_UP
from baolei.warehouse.rulebook import visibility
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 20
"""Branches on a page, each with a row for every source that is asked by slips."""
MOST_UNITS = 30
"""So many units are listed whose slips are to be printed; where there are more, those above them."""
ORIGIN = "BAOLEI_URN_ORIGIN"
"""The environment says under which origin the casting host is reached."""


@dataclass(frozen=True, slots=True)
class Row:
    """A poll as a row: branch, unit, source, phase in words; slips; ballots in so far, None where so few are closed."""

    poll: Poll
    name: str
    unit: str
    source: str
    phase: str
    cast: int | None

    @property
    def prints_more(self) -> bool:
        """Whether more slips can be printed."""
        return self.poll.phase in (ISSUE, CAST)


def origin(request: HttpRequest) -> str:
    """Under which origin slips are cast: as the environment says, else on this host beside the pages."""
    return os.environ.get(ORIGIN, "").rstrip("/") or f"http://{request.get_host().partition(':')[0]}:8001"


def house(request: HttpRequest) -> str:
    """Under which origin members reach these pages, as the ballot page is told: as the environment says, else as they
    are reached now.
    """
    return polling.house_origin() or f"{request.scheme}://{request.get_host()}"


@login_required
@require_safe
def polls(request: HttpRequest, round: int) -> HttpResponseBase:
    """The polls of a round in my part of the tree, and the units whose slips I print."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    if not scope.units:
        raise Http404(round)
    mine = doors.counted_by(scope).filter(round=this)
    unit = UnitState.objects.on(today).filter(unit=as_number(request.GET.get("unit", ""))).first()
    if unit is not None and not scope.holds(unit.path):
        unit = None
    if unit is not None:
        mine = mine.filter(at_or_below(unit.path))
    found = Poll.objects.filter(declaration__in=mine.values("pk"))
    branches = mine.filter(polls__isnull=False).distinct().order_by("path", "pk")
    if asked_format(request):
        title = f"{this.name} {_('Polls')}"
        return download(request, title, {"polls": _grid(_each(branches))}, [title, today.isoformat()], path=this.path)
    page = Paginator(branches, PAGE).get_page(request.GET.get("page"))
    shown = {
        "round": this, "unit": unit, "page": page, "rows": rows(list(page.object_list)), "counts": _counts(found),
        "units": units_to_print(this, writing, today), "files": waiting_files(this, writing),
        "acts": acts_on_polls(writing, this), "more": _prints_more(this, writing),
        "sealing": getattr(this, "sealing", None),
        "linked": set(doors.branches_from_above(writing).filter(
            organisation__in=[one.organisation_id for one in page.object_list]).values_list("organisation", flat=True)),
        "trail": [*trail(this, last=False), {"label": _("Polls"), "url": ""}],
    }  # fmt: skip
    return render(request, "ballots/polls.html", shown)


def acts_on_polls(writing: Scope, this: Round) -> dict[str, type[PeopleForm]]:
    """What whoever leads a round may do with its polls now."""
    if not round_doors.leads(writing, this):
        return {}
    if this.phase not in BEFORE_THE_FREEZE:
        return {"publish": OF_POLLS["publish"]} if publishing.may_publish(this) else {}
    there = set(Poll.objects.filter(declaration__round=this).order_by().values_list("phase", flat=True).distinct())
    failed = Sealing.objects.filter(round=this, state=Sealing.FAILED).exists()
    tokens = Poll.objects.filter(declaration__round=this, phase=SET_UP, tokens=True, people__gt=0).exists()
    allowed = {
        "set-up": True, "give-out": tokens, "begin": this.phase == PHASE and ISSUE in there,
        "remind": this.phase == PHASE and CAST in there,
        "end": CAST in there or (CLOSED in there and failed),
    }  # fmt: skip
    return {name: OF_POLLS[name] for name, here in allowed.items() if here}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_polls(request: HttpRequest, round: int, act: str) -> HttpResponse:
    """Set the polls of a round that one leads up, begin the casting, end it."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    this = led_by(writing, round)
    offered = acts_on_polls(writing, this)
    if act not in offered:
        raise Http404(act)
    form = offered[act](request.POST or None, about=this, actor=request.user, scope=writing, today=today)
    if isinstance(form, SetUp):
        form.house = house(request)
    back = reverse("poll_results" if act == "publish" else "polls", args=[this.pk])
    return answered(request, form, this.name, back, way(this, str(form.verb)))


def units_to_print(this: Round, writing: Scope, today: Any) -> list[tuple[UnitState, int]]:
    """The units of a scope whose slips wait to be printed, each with its files: townships, or banners or leagues where
    there are too many of them.
    """
    if this.phase not in BEFORE_THE_FREEZE:
        return []
    paths = {path for unit in writing.units for path in printing.to_print(this, unit)}
    for depth in (4, 3, 2, 1):
        files = Counter(path[: depth * WIDTH] for path in paths)
        if len(files) <= MOST_UNITS:
            break
    states = UnitState.objects.on(today).filter(path__in=files).order_by("code")
    return [(state, files[state.path]) for state in states if writing.holds(state.path)]


def _prints_more(this: Round, writing: Scope) -> bool:
    """Whether this scope prints more slips where too few have voted."""
    return bool(writing.units) and this.phase in BEFORE_THE_FREEZE


def waiting_files(this: Round, writing: Scope) -> dict[str, int]:
    """How many files of a scope stand how: being made, ready to be taken, failed."""
    mine = printings_of(this, writing).order_by()
    return dict(mine.values_list("state").annotate(Count("pk")))


def _counts(found: Any) -> list[tuple[str, int, int]]:
    """By phase in their order: polls, and slips."""
    language = get_language() or ""
    counted = {phase: (number, slips or 0) for phase, number, slips in
               found.order_by().values_list("phase").annotate(Count("pk"), Sum("slips"))}  # fmt: skip
    return [(said.say(language), *counted[phase]) for phase, said in PHASES.items() if phase in counted]


def rows(branches: Iterable[Declaration]) -> list[Row]:
    """The polls of some branches, in their order; of open ones the urn says how many ballots are in."""
    listed, language = list(branches), get_language() or ""
    named = {row.declaration.pk: row for row in branch_rows(listed)}
    found = list(Poll.objects.filter(declaration__in=listed).select_related("declaration__round").order_by("pk"))
    inside, fewest = _inside(found), least(visibility())
    order = {one.pk: place for place, one in enumerate(listed)}
    told = []
    for one in sorted(found, key=lambda poll: (order[poll.declaration_id], poll.pk)):
        row = named[one.declaration_id]
        names = {source.code: source.name for source in at_hand(one.declaration.round.edition).asked()}
        number = inside.get(one.key, one.cast)
        few = number is not None and 0 < number < fewest
        told.append(Row(one, row.name, row.unit, names[one.source].say(language), PHASES[one.phase].say(language),
                        None if few else number))  # fmt: skip
    return told


def _inside(found: Iterable[Poll]) -> dict[bytes, int]:
    open_ones = [one.key for one in found if one.phase == CAST]
    if not open_ones:
        return {}
    with opened() as urn:
        return {key: counts.cast for key, counts in urn.counts(open_ones).items()}


def _each(branches: Any) -> Iterator[Row]:
    for some in pieces(branches):
        yield from rows(some)


def _grid(listed: Iterable[Row]) -> Grid:
    columns = (
        Column(_("Party branch")), Column(_("Unit served")), Column(_("Asked")),
        Column(pgettext("process", "Standing")), Column(_("may vote"), "whole"), Column(_("Slips"), "whole"),
        Column(_("Ballots"), "whole"),
    )  # fmt: skip
    return Grid(_("Polls"), columns, (
        (row.name, row.unit, row.source, row.phase, row.poll.people, row.poll.slips, row.cast) for row in listed
    ))  # fmt: skip


def way(this: Round, last: str) -> list[dict[str, str]]:
    """The way to a page below the polls of a round."""
    here = {"label": _("Polls"), "url": reverse("polls", args=[this.pk])}
    return [*trail(this, last=False), here, {"label": last, "url": ""}]
