"""The pages of a branch's dues: its book, what came in, amounts agreed on, a collection; and the calculator."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from baolei.dues import actions, book, doors, facts, forms, share_views
from baolei.dues.book import Line
from baolei.organisations import doors as tree_doors
from baolei.organisations.asked import KEY, asked_year, drawn_key
from baolei.organisations.doors import scope_of
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState, UnitState
from baolei.organisations.people_views import answered, in_words
from baolei.organisations.trails import down_to_organisation
from baolei.people.models import Account
from baolei.programme import dues as rules
from baolei.programme.dues import FEN
from baolei.programme.refusals import Refusal
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50


@login_required
@require_safe
def dues(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """The dues book of a branch, for the branch itself; for whoever stands above it shares of many."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    state = tree_doors.organisations(scope).filter(organisation=organisation).first()
    if state is None:
        raise Http404(organisation)
    year = asked_year(request, today)
    if not doors.keeps(request.user, organisation, today):
        return share_views.from_above(request, scope, state, year)
    lines = book.book(organisation, rules.first_of(today), today)
    months = facts.by_month(organisation, year, today)
    collected = _collected(request, organisation).filter(day__year=year)
    waivers = doors.waivers(scope).filter(organisation=organisation).order_by("-pk")
    if asked_format(request):
        title = _("%(name)s: dues %(year)d") % {"name": state.name, "year": year}
        grids = {"members": _member_grid(lines), "months": share_views.month_grid(months),
                 "collections": _collection_grid(collected), "waivers": _waiver_grid(waivers)}  # fmt: skip
        return download(request, title, grids, [title, today.isoformat()], path=_home(state))
    shown = {
        "state": state, "year": year, "years": share_views.years(today), "month": rules.first_of(today),
        "members": Paginator(lines, PAGE).get_page(request.GET.get("page")), "months": months,
        "total": facts.total(months),
        "behind": sum(bool(one.owed) for one in lines), "talks": [one for one in lines if one.talk], "size": len(lines),
        "collections": Paginator(collected, PAGE).get_page(request.GET.get("received")), "waivers": waivers[:PAGE],
        "trail": _way(state, scope, last=True),
    }  # fmt: skip
    return render(request, "dues/dues.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def collect(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """Enter what came in for the whole branch: everybody is ticked who owes no more than is usual."""
    today = timezone.localdate()
    state = _mine(request, organisation, today)
    faults: dict[str, str] = {}
    if request.method == "POST":
        faults = _entered(request, state)
        if not faults:
            return redirect("dues", organisation)
    through = forms.month_read(request.POST.get("through") or request.GET.get("through", "")) or rules.first_of(today)
    choices = forms.months_to_choose(today)
    if through not in choices:
        raise Http404(str(through))
    lines = book.book(organisation, through, today)
    ticked = set(request.POST.getlist("member")) if faults else {str(one.member) for one in lines if one.usual}
    shown = {
        "state": state, "today": today, "through": through, "choices": choices, "faults": faults,
        "key": drawn_key(request), "day": request.POST.get("day", today.isoformat()), "ticked": ticked,
        "owing": [(one, str(one.member) in ticked) for one in lines if one.owed],
        "settled": [one for one in lines if not one.owed],
        "trail": _way(state, scope_of(request.user, today), _("Enter dues received")),
    }  # fmt: skip
    return render(request, "dues/collect.html", shown, status=422 if faults else 200)


def _entered(request: HttpRequest, state: OrganisationState) -> dict[str, str]:
    """Enter what was sent; what is wrong with it by field, nothing where it is on record now."""
    assert isinstance(request.user, Account)
    sent, key = forms.received(request.POST), request.POST.get("key", "")
    if not KEY.fullmatch(key):
        return {"": _("This page is out of date: open it anew.")}
    if sent.faults or sent.day is None or sent.through is None:
        return dict(sent.faults)
    try:
        made = actions.collect(actor=request.user, now=timezone.now(), organisation=state.organisation, key=key,
                               day=sent.day, through=sent.through, members=sent.members)  # fmt: skip
    except Refusal as refused:
        return {"": in_words(refused)}
    people = len(set().union(*({pk for (pk,) in one.payments.values_list("member")} for one in made)))
    messages.success(request, _("Entered: %(people)d members, paid through %(month)s")
                     % {"people": people, "month": sent.through.strftime("%Y-%m")})  # fmt: skip
    return {}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """The amounts agreed on, all members on one page; only what is changed is entered."""
    today = timezone.localdate()
    state = _mine(request, organisation, today)
    lines = book.book(organisation, rules.first_of(today), today)
    faults: dict[str, str] = {}
    if request.method == "POST":
        assert isinstance(request.user, Account)
        found = forms.amounts(request.POST, {one.member: one.fen for one in lines}, faults)
        since = forms.month_read(request.POST.get("since", ""))
        if since is None:
            faults["since"] = _("Enter the month as 2026-11.")
        if not faults and since and found:
            actions.agree(actor=request.user, now=timezone.now(), organisation=state.organisation, since=since,
                          amounts=found)  # fmt: skip
            messages.success(request, _("Amounts entered: %(number)d") % {"number": len(found)})
        if not faults:
            return redirect("dues", organisation)
    sent = request.POST if faults else {}
    shown = {
        "state": state, "faults": faults, "since": sent.get("since", rules.first_of(today).strftime("%Y-%m")),
        "rows": [(one, sent.get(f"yuan-{one.member}", f"{one.fen / FEN:.2f}" if one.fen else ""),
                  faults.get(str(one.member), "")) for one in lines],
        "trail": _way(state, scope_of(request.user, today), _("Amounts agreed on")),
    }  # fmt: skip
    return render(request, "dues/agree.html", shown, status=422 if faults else 200)


@login_required
@require_safe
def collection(request: HttpRequest, collection: int) -> HttpResponseBase:
    """One collection: who is on it; open to the branch alone."""
    today = timezone.localdate()
    one = doors.collections(request.user, today).filter(pk=collection).select_related("by", "organisation").first()
    if one is None:
        raise Http404(collection)
    state = _mine(request, one.organisation_id, today)
    paid = one.payments.select_related("member").order_by("member__name", "member")
    if asked_format(request):
        columns = (Column(pgettext("person", "Name")), Column(_("Struck on"), "day"))
        grid = Grid(_("List of members"), columns, ((row.member.name, row.struck_on) for row in paid.iterator()))
        title = f"{state.name} {one.day}"
        return download(request, title, {"members": grid}, [title, today.isoformat()], path=_home(state))
    shown = {"one": one, "state": state, "page": Paginator(paid, PAGE).get_page(request.GET.get("page")),
             "trail": _way(state, scope_of(request.user, today), str(one.day))}  # fmt: skip
    return render(request, "dues/collection.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def strike(request: HttpRequest, collection: int) -> HttpResponse:
    """Strike a collection that was entered in error, or one payment of it."""
    today = timezone.localdate()
    one = doors.collections(request.user, today).filter(pk=collection, struck_on=None).first()
    if one is None:
        raise Http404(collection)
    state, scope = _mine(request, one.organisation_id, today), scope_of(request.user, today)
    form = forms.Strike(request.POST or None, about=one, actor=request.user, scope=scope, today=today)
    back = reverse("dues_collection", args=[one.pk])
    way = [*_way(state, scope, str(one.day), back), {"label": str(form.verb), "url": ""}]
    return answered(request, form, f"{state.name} {one.day}", back, way)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calculator(request: HttpRequest) -> HttpResponse:
    """What a month's dues are by the rules: nothing that is typed is kept, neither here nor in an address."""
    form = forms.Calculator(request.POST or None)
    told = form.cleaned_data if form.is_bound and form.is_valid() else {}
    shown = {"form": form, "least": told.get("least"), "most": told.get("most"), "rules": share_views.rules_said()}
    return render(request, "dues/calculator.html", shown, status=422 if form.is_bound and not told else 200)


# ---- tables and ways ----


def _mine(request: HttpRequest, organisation: int, today: date) -> OrganisationState:
    """The branch whose dues one keeps. Raises Http404 for any other."""
    state: OrganisationState | None = doors.kept_by(request.user, today).filter(organisation=organisation).first()
    if state is None:
        raise Http404(organisation)
    return state


def _collected(request: HttpRequest, organisation: int) -> Any:
    found = doors.collections(request.user, timezone.localdate()).filter(organisation=organisation)
    return found.select_related("by").order_by("-day", "-pk")


def _home(state: OrganisationState) -> str:
    return UnitState.objects.filter(unit=state.unit_id, until=None).values_list("path", flat=True).first() or ""


def _way(
    state: OrganisationState, scope: tree_doors.Scope, label: str = "", url: str = "", *, last: bool = False
) -> list[dict[str, str]]:
    here = {"label": _("Party dues"), "url": "" if last else reverse("dues", args=[state.organisation_id])}
    return [*down_to_organisation(state, scope), here, *([] if last else [{"label": label, "url": url}])]


def _month(month: date | None) -> str:
    return month.strftime("%Y-%m") if month else ""


def _member_grid(lines: list[Line]) -> Grid:
    columns = (Column(pgettext("person", "Name")), Column(_("Paid through")), Column(_("Months owed"), "whole"),
               Column(_("Yuan a month"), "points"), Column(_("Waived")), Column(_("A talk is due")))  # fmt: skip
    return Grid(_("List of members"), columns, (
        (one.name, _month(one.paid_to), len(one.owed), one.fen / FEN if one.fen else None,
         "；".join(f"{_month(first)} – {_month(last)}" for first, last in one.waived), _("yes") if one.talk else "")
        for one in lines
    ))  # fmt: skip


def _collection_grid(found: Any) -> Grid:
    columns = (Column(_("Dues received on"), "day"), Column(_("First month")), Column(_("Last month")),
               Column(_("Members"), "whole"), Column(_("Entered on"), "day"),
               Column(_("Struck on"), "day"))  # fmt: skip
    return Grid(_("Dues received"), columns, (
        (one.day, _month(one.first_month), _month(one.last_month), one.people, one.entered, one.struck_on)
        for one in found.iterator()
    ))  # fmt: skip


def _waiver_grid(found: Any) -> Grid:
    columns = (Column(pgettext("person", "Name")), Column(_("First month")), Column(_("Last month")),
               Column(_("How it stands")), Column(_("Document")))  # fmt: skip
    return Grid(_("Waivers"), columns, (
        (one.member.name, _month(one.first_month), _month(one.last_month), one.get_state_display(), one.document)
        for one in found.iterator()
    ))  # fmt: skip
