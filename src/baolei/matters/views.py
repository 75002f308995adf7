"""The queue of matters that lie with me, and the page of one matter: its clocks, what was done, what may be done."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from baolei.matters import actions, calling, contacts, doors, handling, tables, walk
from baolei.matters.forms import OF_MATTER, CallBack
from baolei.matters.models import Call, Matter
from baolei.organisations.directory import names_of_units
from baolei.organisations.doors import Scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import UnitState
from baolei.organisations.people_views import answered, in_words, sent
from baolei.people.models import Account
from baolei.programme.matters import OPEN
from baolei.programme.refusals import Refusal
from baolei.warehouse.rulebook import matters as matter_rules

PAGE = 20
MINE, BELOW = "mine", "below"


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponseBase:
    """The matters that lie with me, what is due first on top; or those that are open anywhere below."""
    today = timezone.localdate()
    account = _account(request)
    scope, seats = doors.scope(account, today), doors.seats(account, today)
    chosen, found = _asked(request, scope, seats, today)
    if asked_format(request):
        title = f"{_('Matters')} {today.isoformat()}"
        return download(request, title, {"matters": tables.matter_grid(tables.each_row(found, today))}, [title])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page, "rows": tables.rows(page.object_list, today), "chosen": chosen, "kinds": tables.kinds(),
        "states": {one: tables.states()[one] for one in OPEN}, "seats": bool(seats), "today": today,
        "reports": bool(seats), "calls": calling.waiting(seats).count() if seats else 0,
        "units": names_of_units(seats), "first": _first_unit(scope),
    }  # fmt: skip
    return render(request, "matters/queue.html", shown)


def _asked(request: HttpRequest, scope: Scope, seats: dict[int, int], today: date) -> tuple[dict[str, str], Any]:
    """What was asked for, and the open matters that answer it, what is due first before the others."""
    where = BELOW if request.GET.get("where") == BELOW or not seats else MINE
    chosen = {"where": where}
    found = doors.matters(scope) if where == BELOW else Matter.objects.filter(holder__in=seats)
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    if kind in matter_rules().kinds:
        chosen["kind"] = kind
        found = found.filter(kind=kind)
    if state in OPEN:
        chosen["state"] = state
        found = found.filter(state=state)
    else:
        found = found.filter(state__in=OPEN)
    if request.GET.get("late"):
        chosen["late"] = "1"
        found = found.filter(Q(due__lt=today) | Q(ends__lt=today))
    if request.GET.get("hands"):
        chosen["hands"] = "1"
        found = found.filter(handler=request.user)
    return chosen, found.select_related("grid", "landmark").order_by("due", "pk")


def _first_unit(scope: Scope) -> int | None:
    """The unit whose months the page leads to."""
    if not scope.units:
        return None
    found: int | None = (
        UnitState.objects.on(scope.day).filter(path=scope.units[0]).values_list("unit", flat=True).first()
    )
    return found


# ---- one matter ----


@login_required
@require_safe
def matter(request: HttpRequest, asked: int) -> HttpResponseBase:
    """A matter: where it lies and until when, what was done with it, what may be done now, what may be the same."""
    today = timezone.localdate()
    mine = _matter(request, asked)
    return _shown(request, mine, today)


def _shown(request: HttpRequest, mine: Matter, today: date, contact: tuple[str, str] | None = None) -> HttpResponseBase:
    row = tables.rows([mine], today)[0]
    steps = tables.step_rows(mine.steps.select_related("by"))
    if asked_format(request) and contact is None:
        title = f"{_('Matter')} {mine.pk}"
        grids = {"steps": tables.step_grid(steps), "matter": tables.matter_grid([row])}
        return download(request, title, grids, [title, today.isoformat()], path=doors.path_of(mine.unit_id))
    account = _account(request)
    acts, same = acts_on(mine, account, today)
    scope = doors.scope(account, today)
    shown = {
        "row": row, "matter": mine, "steps": steps, "acts": acts, "today": today, "contact": contact,
        "holds": bool(doors.acts_as(account, mine, today)), "unit": names_of_units([mine.unit_id])[mine.unit_id],
        "alike": same,
        "waits": tables.reasons(matter_rules().paused).get(mine.paused, ""),
        "unfixed": tables.reasons(matter_rules().unfixed).get(mine.unfixed, ""),
        "ending": tables.states().get(mine.ending, ""), "parts": mine.parts.order_by("pk"),
        "merged": mine.merged.order_by("pk"), "sees_grid": doors.grids(scope).filter(pk=mine.grid_id).exists(),
        "trail": [{"label": _("Matters"), "url": reverse("matters")}, {"label": f"{row.kind} {mine.pk}", "url": ""}],
    }  # fmt: skip
    return render(request, "matters/matter.html", shown)


def acts_on(mine: Matter, account: Account, today: date) -> tuple[dict[str, Any], list[tuple[Matter, int]]]:
    """What somebody may do with a matter as it stands, by its name in the address; what it may be merged into."""
    offered = {row.act for row in walk.may(account, mine, today)}
    at = doors.places(mine.unit_id, today)
    for act, up in (("escalate", True), ("send_back", False)):
        if act in offered and handling.goes_to(mine, at, up=up) is None:
            offered.discard(act)
    same = actions.alike(mine) if "merge" in offered else []
    if not same:
        offered.discard("merge")
    return {name: form for name, form in OF_MATTER.items() if name in offered}, same


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_matter(request: HttpRequest, asked: int, act: str) -> HttpResponse:
    """Do something with a matter that the table gives to whoever asks."""
    today = timezone.localdate()
    mine, account = _matter(request, asked), _account(request)
    offered, _same = acts_on(mine, account, today)
    if act not in offered:
        raise Http404(act)
    form = offered[act](sent(request), about=mine, actor=account, scope=doors.scope(account, today), today=today)
    name, back = f"{tables.kinds().get(mine.kind, '')} {mine.pk}", reverse("asked", args=[mine.pk])
    way = [{"label": _("Matters"), "url": reverse("matters")}, {"label": name, "url": back},
           {"label": str(form.verb), "url": ""}]  # fmt: skip
    return answered(request, form, name, back, way)


@never_cache
@login_required
@require_POST
def contact(request: HttpRequest, asked: int) -> HttpResponseBase:
    """The page of a matter with the asker's contact on it, for whoever handles it; looking at it is on record."""
    mine = _matter(request, asked)
    try:
        found = contacts.look_up(actor=_account(request), now=timezone.now(), matter=mine)
    except Refusal as refusal:
        raise Http404(in_words(refusal)) from refusal
    return _shown(request, mine, timezone.localdate(), found)


# ---- call-backs ----


@login_required
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """The call-backs that wait for me, and how each sample was drawn."""
    today = timezone.localdate()
    found = calling.waiting(doors.seats(_account(request), today))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [(one, tables.kinds().get(one.matter.kind, "")) for one in page.object_list]
    shown = {"page": page, "rows": rows, "trail": [{"label": _("Matters"), "url": reverse("matters")},
                                                   {"label": _("Call-backs"), "url": ""}]}  # fmt: skip
    return render(request, "matters/calls.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def call_back(request: HttpRequest, call: int) -> HttpResponse:
    """Enter what the asker said when called."""
    today, account = timezone.localdate(), _account(request)
    one: Call | None = calling.waiting(doors.seats(account, today)).filter(pk=call).first()
    if one is None:
        raise Http404(call)
    form = CallBack(sent(request), about=one, actor=account, scope=doors.scope(account, today), today=today)
    name, back = f"{tables.kinds().get(one.matter.kind, '')} {one.matter_id}", reverse("matter_calls")
    way = [{"label": _("Matters"), "url": reverse("matters")}, {"label": _("Call-backs"), "url": back},
           {"label": name, "url": ""}]  # fmt: skip
    return answered(request, form, name, back, way)


# ---- shared ----


def _matter(request: HttpRequest, matter: int) -> Matter:
    """A matter that one sees, or that lies with one. Raises Http404 for any other."""
    today, account = timezone.localdate(), _account(request)
    seen = Q(pk__in=doors.matters(doors.scope(account, today)).filter(pk=matter).values("pk"))
    found: Matter | None = actions.whole().filter(seen).first()
    if found is None:
        raise Http404(matter)
    return found


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user
