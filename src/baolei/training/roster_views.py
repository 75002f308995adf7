"""The pages of a class: what is on record of it, its roster, and a roster on its way in that somebody settles."""

from __future__ import annotations

import hashlib
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
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from baolei.organisations import doors as tree_doors
from baolei.organisations.directory import names_of
from baolei.organisations.doors import Scope, both_scopes, scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import UnitState
from baolei.organisations.people_views import answered, in_words
from baolei.people.models import Account
from baolei.programme.refusals import Refusal
from baolei.training import actions, doors, forms, rosters, tables
from baolei.training.models import Attendance, Roster, TrainingClass
from baolei.training.trails import way_to

PAGE, TO_SETTLE = 50, 20


@login_required
@require_safe
def training_class(request: HttpRequest, training_class: int) -> HttpResponseBase:
    """A class on record, and who of one's own people attended it."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    held = _one(scope, training_class)
    found = doors.attendances(scope).filter(held=held).order_by("member__name", "pk")
    host = doors.host_of(held, today)
    if asked_format(request):
        names = names_of(found.order_by().values_list("organisation", flat=True).distinct())
        path = doors.unit_path(host) if host else ""
        return download(request, held.title, {"roster": tables.roster_grid(found, names)},
                        [held.title, today.isoformat()], path=path)  # fmt: skip
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    names, roles = names_of(one.organisation_id for one in page.object_list), forms.role_names()
    records = host is not None and not held.struck_on and _may(request, host, today)
    shown = {
        "held": held, "row": tables.class_rows([held], scope)[0], "page": page, "records": records,
        "seats": [(one, names.get(one.organisation_id, ""), roles[one.role]) for one in page.object_list],
        "roster": Roster.objects.filter(held=held).first() if records else None,
        "missed": _missed(held, host, scope), "trail": way_to(held, host, scope),
        "paste": forms.Paste() if records and not held.whole else None,
    }  # fmt: skip
    return render(request, "training/class.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def strike(request: HttpRequest, training_class: int) -> HttpResponse:
    """Strike a class that was recorded in error."""
    held, host = _mine(request, training_class)
    return _struck(request, forms.StrikeClass, held, held, host)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def strike_attendance(request: HttpRequest, attendance: int) -> HttpResponse:
    """Strike somebody from a roster who did not attend."""
    writing = writing_scope(request.user, timezone.localdate())
    seat = doors.attendances(writing).filter(pk=attendance, struck_on=None).first()
    if seat is None:
        raise Http404(attendance)
    held, host = _mine(request, seat.held_id)
    return _struck(request, forms.StrikeAttendance, seat, held, host)


def _struck(request: HttpRequest, form_of: Any, about: Any, held: TrainingClass, host: actions.Host) -> HttpResponse:
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    form = form_of(request.POST or None, about=about, actor=request.user, scope=writing, today=today)
    back = reverse("training_class", args=[held.pk])
    way = way_to(held, host, writing, str(form.verb))
    name = about.member.name if isinstance(about, Attendance) else held.title
    return answered(request, form, name, back, way)


# ---- a roster on its way in ----


@login_required
@require_POST
def paste(request: HttpRequest, training_class: int) -> HttpResponse:
    """Take a short roster in that was pasted as lines."""
    held, host = _mine(request, training_class)
    form = forms.Paste(request.POST)
    if form.is_valid():
        words = request.POST["lines"].encode()
        try:
            rosters.send(actor=_who(request), now=timezone.now(), held=held, name=str(_("pasted lines")),
                         digest=hashlib.sha256(words).hexdigest(), rows=form.cleaned_data["lines"])  # fmt: skip
        except Refusal as refused:
            form.add_error(None, in_words(refused))
        else:
            return redirect("roster", held.pk)
    scope = scope_of(request.user, timezone.localdate())
    shown = {"held": held, "form": form, "trail": way_to(held, host, scope, _("Put people on the roster"))}
    return render(request, "training/paste.html", shown, status=422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def roster(request: HttpRequest, training_class: int) -> HttpResponseBase:
    """The rows of a roster that somebody has to settle, or with `?which=all` all of them."""
    today = timezone.localdate()
    held, host = _mine(request, training_class)
    waits = Roster.objects.filter(held=held).select_related("by", "held").first()
    if waits is None:
        raise Http404(training_class)
    if request.method != "POST" and asked_format(request):
        lines = waits.lines.select_related("member").order_by("number")
        return download(request, held.title, {"rows": tables.line_grid(lines)}, [held.title, today.isoformat()],
                        path=doors.unit_path(host))  # fmt: skip
    fault = _settle(request, waits) if request.method == "POST" else ""
    which = "all" if request.GET.get("which") == "all" else ""
    if request.method == "POST" and not fault:
        return redirect(f"{reverse('roster', args=[held.pk])}{'?which=all' if which else ''}")
    scope, writing = both_scopes(request.user, today, today)
    page = Paginator(_listed(waits, which), TO_SETTLE).get_page(request.GET.get("page"))
    left = rosters.waiting(waits).count()
    all_rows = waits.lines.count()
    shown = {
        "held": held, "roster": waits, "page": page, "which": which, "fault": fault, "left": left, "rows": all_rows,
        "people": waits.lines.filter(member__isnull=False).count(), "out": waits.lines.exclude(left_out="").count(),
        "offered": forms.offered(page.object_list, held.last, writing), "last": left == 0,
        "trail": way_to(held, host, scope, _("Roster to be settled")),
    }  # fmt: skip
    return render(request, "training/roster.html", shown, status=422 if fault else 200)


@login_required
@require_POST
def enter(request: HttpRequest, training_class: int) -> HttpResponse:
    """Enter a roster of which every row is settled."""
    held, waits = _waiting(request, training_class)
    try:
        people = rosters.enter(actor=_who(request), now=timezone.now(), roster=waits)
    except Refusal as refused:
        messages.error(request, in_words(refused))
        return redirect("roster", held.pk)
    words = ngettext("%(people)d person is entered", "%(people)d people are entered", people)
    messages.success(request, words % {"people": people})
    return redirect("training_class", held.pk)


@login_required
@require_POST
def put_away(request: HttpRequest, training_class: int) -> HttpResponse:
    """Put a roster away; nothing of it was entered."""
    held, waits = _waiting(request, training_class)
    rosters.put_away(actor=_who(request), now=timezone.now(), roster=waits)
    messages.success(request, _("The roster is put away; nothing of it was entered"))
    return redirect("training_class", held.pk)


def _settle(request: HttpRequest, waits: Roster) -> str:
    """Take what was chosen; what is wrong with it, '' where nothing is."""
    said = forms.choices(request.POST.dict())
    try:
        rosters.settle(actor=_who(request), now=timezone.now(), roster=waits, said=said)
    except Refusal as refused:
        return in_words(refused)
    return ""


def _listed(waits: Roster, which: str) -> Any:
    return waits.lines.order_by("number") if which else rosters.waiting(waits)


def _waiting(request: HttpRequest, training_class: int) -> tuple[TrainingClass, Roster]:
    held, _host = _mine(request, training_class)
    waits: Roster | None = Roster.objects.filter(held=held).select_related("held").first()
    if waits is None:
        raise Http404(training_class)
    return held, waits


# ---- whose ----


def _one(scope: Scope, training_class: int) -> TrainingClass:
    held: TrainingClass | None = doors.classes(scope).filter(pk=training_class).first()
    if held is None:
        raise Http404(training_class)
    return held


def _mine(request: HttpRequest, training_class: int) -> tuple[TrainingClass, actions.Host]:
    """A class that stands and that one records for, with its host. Raises Http404 for any other."""
    found = actions.to_record(request.user, training_class, timezone.localdate())
    if found is None:
        raise Http404(training_class)
    return found


def _may(request: HttpRequest, host: actions.Host, today: date) -> bool:
    return isinstance(request.user, Account) and actions.may_record(request.user, host, today)


def _who(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def _missed(held: TrainingClass, host: actions.Host | None, scope: Scope) -> list[str]:
    """Who missed a branch's own study, by name: to the branch itself."""
    if not held.whole or host is None or isinstance(host, UnitState) or not tree_doors.itself(scope, host):
        return []
    return list(held.missed.order_by("member__name").values_list("member__name", flat=True))
