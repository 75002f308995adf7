"""The pages of a community and of the units above it: its wishes at its desk, counts for everybody above."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.organisations import directory
from baolei.organisations import doors as tree_doors
from baolei.organisations.asked import asked_year, drawn_key
from baolei.organisations.doors import Scope, both_scopes, scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import WIDTH, UnitState
from baolei.organisations.people_views import answered, in_words, sent
from baolei.organisations.trails import down_to_unit
from baolei.people.models import Account
from baolei.programme.evidence import up_to
from baolei.programme.refusals import Refusal
from baolei.programme.wishes import COMMUNITY, ENDED, STATES
from baolei.wishes import actions, counting, doors, facts, forms, tables
from baolei.wishes.forms import OF_DESK, OF_MEMBER, OF_WISH, WriteWish
from baolei.wishes.models import Claim, Registration, Wish

PAGE = 30


@login_required
@require_safe
def of_unit(request: HttpRequest, unit: int) -> HttpResponseBase:
    """Wishes and deeds at a unit: at its desk a community's own, for whoever stands above it counts."""
    today, year = timezone.localdate(), asked_year(request, timezone.localdate())
    scope, writing = both_scopes(request.user, today, today)
    desk: UnitState | None = doors.communities(scope).filter(unit=unit).first()
    state: UnitState | None = desk or tree_doors.units(scope).filter(unit=unit).first()
    if state is None:
        raise Http404(unit)
    if desk is not None:
        return _desk(request, desk, scope, writing, year)
    below = {one.path: (one.name, reverse("wishes_of_unit", args=[one.unit_id]))
             for one in directory.below(state, today)}  # fmt: skip
    named = below or {state.path: (state.name, "")}
    width = len(state.path) + (WIDTH if below else 0)
    told, counted = counting.kept(named, year) or (_live(state.path, year, today, width), None)
    lines = tables.places(told, named)
    title = _("%(name)s: wishes and deeds %(year)d") % {"name": state.name, "year": year}
    if asked_format(request):
        return download(request, title, {"places": tables.place_grid(lines)}, [title, today.isoformat()],
                        path=state.path)  # fmt: skip
    return render(request, "wishes/places.html", {
        "state": state, "year": year, "years": counting.years(today), "lines": lines, "columns": tables.columns(),
        "counted": counted,
        "trail": [*down_to_unit(state, scope), {"label": _("Wishes and deeds"), "url": ""}],
    })  # fmt: skip


def _desk(request: HttpRequest, state: UnitState, scope: Scope, writing: Scope, year: int) -> HttpResponseBase:
    """A community's page: what waits first, then what is on its way and what has ended this year."""
    today = timezone.localdate()
    writes = doors.communities(writing).filter(unit=state.unit_id).exists()
    mine = doors.wishes(scope).filter(unit=state.unit_id)
    living, over = mine.exclude(state__in=ENDED), mine.filter(state__in=ENDED, ended__year=year)
    pairs = tables.pair_rows(doors.pairings(scope).filter(unit=state.unit_id).order_by("ended", "-pk"),
                             (COMMUNITY,) if writes else ())  # fmt: skip
    deeds = tables.deed_rows(doors.deeds(scope).filter(unit=state.unit_id, planned__year=year).order_by("-pk"), today)
    title = _("%(name)s: wishes and deeds %(year)d") % {"name": state.name, "year": year}
    if asked_format(request):
        grids = {"wishes": tables.wish_grid(mine.filter(lit__year=year).order_by("pk"), today),
                 "pairings": tables.pair_grid(pairs), "deeds": tables.deed_grid(deeds)}  # fmt: skip
        return download(request, title, grids, [title, today.isoformat()], path=state.path)
    people = doors.registrations(scope).filter(unit=state.unit_id)
    page = Paginator(living.order_by("lit", "pk"), PAGE).get_page(request.GET.get("page"))
    told = facts.figures(state.path, date(year, 1, 1), up_to(year, today), len(state.path))
    return render(request, "wishes/desk.html", {
        "state": state, "year": year, "years": counting.years(today), "writes": writes, "page": page,
        "rows": tables.desk_rows(list(page.object_list), today, writes=writes),
        "over": [(tables.words_of(STATES, code), over.filter(state=code).count()) for code in ENDED],
        "told": told, "pairs": pairs, "deeds": deeds, "skills": tables.skills_counted(people),
        "people": list(people.order_by("pk")) if writes else [],
        "trail": [*down_to_unit(state, scope), {"label": _("Wishes and deeds"), "url": ""}],
    })  # fmt: skip


def _live(path: str, year: int, today: date, width: int) -> counting.Counts:
    """The counts as of now: before the first night there are no others."""
    found = facts.figures(path, date(year, 1, 1), up_to(year, today), width)
    return {code: {place: num for place, num, _den in figure.rows} for code, figure in found.items()}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, unit: int) -> HttpResponse:
    """Write a wish; then its receipt, with the code that is shown this once."""
    today, account = timezone.localdate(), request.user
    assert isinstance(account, Account)
    writing = writing_scope(account, today)
    state: UnitState | None = doors.communities(writing).filter(unit=unit).first()
    if state is None:
        raise Http404(unit)
    form = WriteWish(request.POST or None, about=state, actor=account, scope=writing, today=today)
    key, back = drawn_key(request), reverse("wishes_of_unit", args=[unit])
    way = [*down_to_unit(state, scope_of(account, today)), {"label": _("Wishes and deeds"), "url": back},
           {"label": str(form.verb), "url": ""}]  # fmt: skip
    shown: dict[str, Any] = {"form": form, "name": state.name, "back": back, "trail": way, "key": key, "state": state}
    if request.method == "POST" and form.is_valid():
        try:
            wish, code = actions.write(actor=account, now=timezone.now(), unit=unit, key=key, written=form.written)
        except Refusal as refused:
            form.add_error(None, in_words(refused))
        else:
            return render(request, "wishes/written.html", {**shown, "wish": wish, "code": code})
    return render(request, "wishes/write.html", shown, status=422 if form.is_bound else 200)


# ---- what is done with a wish ----


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_wish(request: HttpRequest, wish: int, act: str) -> HttpResponse:
    """Do something with a wish: at its desk, or as a member near it or who has taken it up."""
    today, account = timezone.localdate(), request.user
    assert isinstance(account, Account)
    writing = writing_scope(account, today)
    one = _for_desk(writing, wish, act) if act in OF_DESK else _for_member(account, wish, act, today)
    if one is None or act not in OF_WISH:
        raise Http404(act)
    form = OF_WISH[act](sent(request), about=one, actor=account, scope=writing, today=today)
    back = reverse("wishes_of_unit", args=[one.unit_id]) if act in OF_DESK else reverse("my_wishes")
    here = _("Wishes and deeds") if act in OF_DESK else _("Wishes near me")
    way = [{"label": here, "url": back}, {"label": str(form.verb), "url": ""}]
    return answered(request, form, "", back, way, "wishes/act.html")


def _for_desk(writing: Scope, wish: int, act: str) -> Wish | None:
    one: Wish | None = doors.wishes(writing).filter(pk=wish).first()
    return one if one and any(row.act == act for row in STATES.ways(one.state, COMMUNITY)) else None


def _for_member(account: Account, wish: int, act: str, today: date) -> Wish | None:
    """A wish that a member may take up, or has in hand."""
    held, one = doors.registration_of(account), Wish.objects.filter(pk=wish).first()
    if held is None or one is None or act not in OF_MEMBER:
        return None
    if act == "claim":
        return one if one.state == STATES.start and actions.near(held, one, today) else None
    mine = held.claims.filter(wish=one, state__in=Claim.GOING).exists()
    return one if mine and any(row.act == act for row in STATES.ways(one.state)) else None


# ---- a member's page ----


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Wishes near me: what I have in hand, what is suggested and why, what else is open around here."""
    today, account = timezone.localdate(), request.user
    held, member = doors.registration_of(account), doors.member_of(account)
    shown: dict[str, Any] = {"held": held, "member": member, "today": today}
    if held is not None:
        shown |= _around(request, held, today)
    return render(request, "wishes/mine.html", shown)


def _around(request: HttpRequest, held: Registration, today: date) -> dict[str, Any]:
    page = Paginator(tables.nearby(held, today), PAGE).get_page(request.GET.get("page"))
    names = forms.skill_names()
    return {
        "community": directory.names_of_units([held.unit_id]).get(held.unit_id, ""), "page": page,
        "skills": [names[one] for one in held.skills if one in names],
        "in_hand": tables.in_hand(held, today), "suggested": tables.suggested(held, today),
        "others": tables.near_rows(list(page.object_list), held, today),
    }  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register oneself with a community."""
    member = doors.member_of(request.user)
    if member is None or doors.registration_of(request.user) is not None:
        raise Http404(request.path)
    return _of_mine(request, forms.Register, member)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Withdraw from the community."""
    held = doors.registration_of(request.user)
    if held is None:
        raise Http404(request.path)
    return _of_mine(request, forms.Withdraw, held)


def _of_mine(request: HttpRequest, form_of: type[forms.Plain], about: Any) -> HttpResponse:
    today = timezone.localdate()
    form = form_of(sent(request), about=about, actor=request.user, scope=writing_scope(request.user, today),
                   today=today)  # fmt: skip
    back = reverse("my_wishes")
    way = [{"label": _("Wishes near me"), "url": back}, {"label": str(form.verb), "url": ""}]
    return answered(request, form, "", back, way)
