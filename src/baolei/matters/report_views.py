"""How a matter comes in: from a phone in a grid, with or without a line; at the code of a grid, without a log-in. And
how whoever holds its receipt follows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from baolei.matters import actions, asking, doors, tables
from baolei.matters.actions import Said
from baolei.matters.forms import Follow, Report
from baolei.matters.models import LONGEST_LINE, LONGEST_WORDS, Grid, Landmark, Matter
from baolei.organisations import doors as tree_doors
from baolei.organisations.asked import KEY, as_number, drawn_key
from baolei.organisations.directory import names_of_units
from baolei.organisations.models import UnitState
from baolei.organisations.people_views import in_words
from baolei.people.models import Account
from baolei.programme.matters import CLOSED, LOWEST, MERGED
from baolei.programme.refusals import Refusal
from baolei.warehouse.rulebook import matters as matter_rules

OFFERED = 300
"""So many grids stand in the list of a phone at most: those of a township."""


# ---- by somebody who has logged in ----


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Report a matter from the field or the desk; without the script the form is sent as any other."""
    account, today = _account(request), timezone.localdate()
    grids = offered(account, today)
    if not grids:
        raise Http404(request.path)
    told: dict[str, str] = {}
    if request.method == "POST":
        made, receipt, told = _kept(request)
        if made is not None:
            return render(
                request, "matters/receipt.html", {"matter": made, "receipt": receipt, "again": "report_matter"}
            )
    units = {one.unit_id for one in grids}
    places = Landmark.objects.filter(unit__in=units, until=None).order_by("name", "pk")
    shown = {
        "grids": grids, "kinds": tables.kinds(), "landmarks": places, "faults": told, "sent": request.POST,
        "key": drawn_key(request), "longest": LONGEST_WORDS, "line": LONGEST_LINE,
        "trail": [{"label": _("Matters"), "url": reverse("matters")}, {"label": _("Report a matter"), "url": ""}],
    }  # fmt: skip
    return render(request, "matters/report.html", shown, status=422 if told else 200)


@login_required
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Take the matter that a browser kept, once however often it is sent; its receipt, or what is wrong with it."""
    made, receipt, told = _kept(request)
    if made is None:
        return JsonResponse({"faults": told})
    return JsonResponse({"receipt": receipt, "url": reverse("asked", args=[made.pk]), "words": made.words[:20]})


def offered(account: Account, today: date) -> list[Grid]:
    """The grids for which somebody reports, the own ones first, then those of the unit and below it."""
    seats = doors.seats(account, today)
    near = [unit for unit, level in seats.items() if level >= LOWEST - 1]
    paths = UnitState.objects.on(today).filter(unit__in=near).values_list("path", flat=True)
    units = UnitState.objects.on(today).filter(tree_doors.ranges(paths)).values("unit")
    found = list(Grid.objects.on(today).filter(unit__in=units).order_by("code", "pk")[:OFFERED])
    own = set(Grid.objects.filter(holdings__worker__account=account, holdings__until=None).values_list("pk", flat=True))
    return sorted(found, key=lambda one: one.pk not in own)


def _kept(request: HttpRequest) -> tuple[Matter | None, str, dict[str, str]]:
    """The matter that was sent, on record now, with its receipt; or what is wrong with it."""
    sent, account, today = request.POST, _account(request), timezone.localdate()
    number, key = as_number(sent.get("grid", "")), sent.get("key", "")
    grid = Grid.objects.on(today).filter(pk=number).first() if number else None
    if not KEY.fullmatch(key):
        return None, "", {"": _("This page is out of date: open it anew. What you typed is kept in this browser.")}
    channel = doors.reports_for(account, grid, today) if grid else ""
    if grid is None or not channel:
        return None, "", {"grid": _("choose one of your grids")}
    landmark = as_number(sent.get("landmark", ""))
    said = Said(sent.get("kind", ""), sent.get("words", ""), landmark, sent.get("name", ""), sent.get("contact", ""))
    try:
        made, receipt = actions.report(now=timezone.now(), grid=grid, said=said, channel=channel,
                                       key=f"{account.pk}:{key}", actor=account)  # fmt: skip
    except Refusal as refusal:
        return None, "", {"": in_words(refusal)}
    return made, receipt, {}


# ---- by anybody, at the code of a grid ----


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def report_here(request: HttpRequest, code: str) -> HttpResponse:
    """Report a matter of the grid whose code was scanned; the receipt is shown once."""
    grid = doors.grid_of_code(code, timezone.localdate())
    if grid is None:
        raise Http404(code)
    form = Report(request.POST or None, landmarks=list(actions.landmarks(grid.unit_id)))
    key = drawn_key(request)
    if request.method == "POST" and form.is_valid():
        try:
            made, receipt = actions.report(
                now=timezone.now(), grid=grid, said=form.said, channel=Matter.RESIDENT, key=key
            )
        except Refusal as refusal:
            form.add_error(None, in_words(refusal))
        else:
            return render(request, "matters/receipt.html", {"matter": made, "receipt": receipt, "grid": grid})
    unit = names_of_units([grid.unit_id]).get(grid.unit_id, "")
    shown = {"form": form, "grid": grid, "unit": unit, "key": key}
    return render(request, "matters/report_here.html", shown, status=422 if form.is_bound else 200)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponseBase:
    """How a matter stands, for whoever holds its receipt: it is fixed, it is not, it goes on, how content one is."""
    form = Follow(request.POST or None)
    shown: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            mine = actions.of_receipt(said["code"])
            shown |= about(mine)
            shown |= about(_done(mine, said))
        except Refusal as refusal:
            form.add_error(None, in_words(refusal))
    wrong = form.is_bound and bool(form.errors)
    return render(request, "matters/follow.html", shown, status=422 if wrong else 200)


def _done(mine: Matter, said: Mapping[str, Any]) -> Matter:
    """The matter after what its asker said, if anything."""
    now, act = timezone.now(), said["act"]
    if act == "rate" and said["satisfaction"]:
        return asking.rate(now=now, receipt=said["code"], satisfaction=said["satisfaction"])
    if act and act != "rate":
        return asking.say(now=now, receipt=said["code"], act=act, words=said["words"])
    return mine


def about(mine: Matter) -> dict[str, Any]:
    """What the holder of a receipt is shown: how it stands, what was done, what they may say. One that was merged shows
    how the other one stands, and nothing else of it.
    """
    today = timezone.localdate()
    leading = mine.merged_into if mine.state == MERGED and mine.merged_into else mine
    last = leading.steps.filter(act__in=["fix", "leave_unfixed", "pause"]).order_by("-pk").first()
    told = last if last and leading.state not in ("lying", "taken") and leading.pk == mine.pk else None
    return {
        "row": tables.rows([leading], today)[0], "matter": mine, "merged": leading.pk != mine.pk, "told": told,
        "held": mine.channel in matter_rules().held, "ways": asking.ways(mine),
        "rates": mine.ending in CLOSED and mine.satisfaction is None,
        "waits": tables.reasons(matter_rules().paused).get(leading.paused, ""), "grades": range(asking.MOST, 0, -1),
        "unfixed": tables.reasons(matter_rules().unfixed).get(mine.unfixed, ""),
    }  # fmt: skip


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user
