"""The pages of tasks set from above: for whoever sets them, what is open; for a branch, to report one done."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from baolei.life import affairs_doors, affairs_forms, set_tasks
from baolei.life import affairs_page as shown_as
from baolei.life.affairs_forms import OF_BRANCH_TASK
from baolei.life.affairs_models import BranchTask, SetTask
from baolei.life.affairs_views import way_of
from baolei.organisations import doors as tree_doors
from baolei.organisations.asked import as_number, asked_organisation
from baolei.organisations.doors import Scope, both_scopes, held_by, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState
from baolei.organisations.people_views import answered, in_words
from baolei.people.models import Account
from baolei.programme.refusals import Refusal
from baolei.warehouse.rulebook import fields as field_names
from baolei.warehouse.spreadsheets import Column, Grid

PAGE, SHOWN = 20, 200
"""So many rows on a page; so many branches are shown to choose from, more are taken together."""


@login_required
@require_safe
def set_by_us(request: HttpRequest) -> HttpResponseBase:
    """The tasks that my unit or committee set, and those below it: how many branches, reports, confirmations."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    found = affairs_doors.set_tasks(scope).order_by("-due", "-pk").annotate(
        n=Count("branches"), reported=Count("branches", filter=Q(branches__reported__isnull=False)),
        waits=Count("branches", filter=Q(branches__reported__isnull=False, branches__confirmed=None)),
    )  # fmt: skip
    if asked_format(request):
        return download(request, _("Tasks set from above"), {"tasks": _grid(found)}, [_title(), today.isoformat()])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "today": today, "sets": affairs_doors.sets_tasks(writing),
             "trail": [{"label": _title(), "url": ""}]}  # fmt: skip
    return render(request, "life/set_tasks.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def set_one(request: HttpRequest) -> HttpResponse:
    """Set a task: choose the branches, seeing what they have open this month; then what, by when, by which document."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    if not affairs_doors.sets_tasks(writing):
        raise Http404
    asked = request.POST if request.method == "POST" else request.GET
    unit, field = _unit(writing, asked.get("unit", "")), asked.get("field", "")
    found = affairs_doors.branches(writing, unit.path if unit else "", field).order_by("code")
    number = found.count()
    burden = set_tasks.burden(found.order_by().values("organisation"), today)
    to = _chosen(request, found)
    form = affairs_forms.SetTaskForm(
        request.POST or None, about=to, actor=request.user, scope=writing, today=today
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, form.perform(timezone.now()))
        except Refusal as refusal:
            form.add_error(None, in_words(refusal))
        else:
            return redirect("set_tasks")
    language = get_language() or ""
    shown = {
        "form": form, "unit": unit, "field": field, "units": _units(writing), "number": number, "many": number > SHOWN,
        "fields": [(code, name.say(language)) for code, name in field_names().items()], "chosen": set(to),
        "branches": [(one, burden.get(one.organisation_id, 0)) for one in found[:SHOWN]] if number <= SHOWN else [],
        "all": request.POST.get("all", ""), "open": sum(burden.values()), "busiest": max(burden.values(), default=0),
        "trail": [{"label": _title(), "url": reverse("set_tasks")}, {"label": str(form.verb), "url": ""}],
    }  # fmt: skip
    return render(request, "life/set_task.html", shown, status=422 if form.is_bound else 200)


@login_required
@require_safe
def of_branches(request: HttpRequest, task: int) -> HttpResponseBase:
    """A task as it stands with each branch."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    one = _task(scope, task)
    found = one.branches.select_related("task").order_by("confirmed", "-reported", "pk")
    which = request.GET.get("which", "")
    if which == "waits":
        found = found.filter(reported__isnull=False, confirmed=None)
    elif which == "open":
        found = found.filter(reported=None)
    if asked_format(request):
        grid = _branch_grid(found, today)
        return download(request, one.words, {"branches": grid}, [one.words, today.isoformat()],
                        path=set_tasks.path_of(one, today))  # fmt: skip
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    names = _names([row.organisation_id for row in page.object_list], today)
    decides = not one.withdrawn_on and affairs_doors.set_tasks(writing).filter(pk=task).exists()
    waits = one.branches.filter(reported__isnull=False, confirmed=None).count()
    shown = {
        "one": one, "page": page, "which": which, "decides": decides, "waits": waits,
        "rows": [{**shown_as.task_row(row, today), "name": names.get(row.organisation_id, "")}
                 for row in page.object_list],
        "trail": [{"label": _title(), "url": reverse("set_tasks")}, {"label": one.words, "url": ""}],
    }  # fmt: skip
    return render(request, "life/set_task_of_branches.html", shown)


@login_required
@require_POST
def confirm_all(request: HttpRequest, task: int) -> HttpResponse:
    """Confirm every report of a task that waits."""
    one = _task(writing_scope(request.user, timezone.localdate()), task)
    assert isinstance(request.user, Account)
    try:
        number = set_tasks.confirm_all(actor=request.user, now=timezone.now(), task=one)
    except Refusal as refused:
        messages.error(request, in_words(refused))
    else:
        messages.success(request, ngettext("%(number)d report is confirmed", "%(number)d reports are confirmed",
                                           number) % {"number": number})  # fmt: skip
    return redirect("task_of_branches", task)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, task: int) -> HttpResponse:
    """Withdraw a task from all its branches."""
    writing = writing_scope(request.user, timezone.localdate())
    one = _task(writing, task)
    if one.withdrawn_on:
        raise Http404(task)
    form = affairs_forms.WithdrawTask(request.POST or None, about=one, actor=request.user, scope=writing,
                                      today=writing.day)  # fmt: skip
    back = reverse("task_of_branches", args=[task])
    way = [{"label": _title(), "url": reverse("set_tasks")}, {"label": one.words, "url": back},
           {"label": str(form.verb), "url": ""}]  # fmt: skip
    return answered(request, form, one.words, back, way)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_branch_task(request: HttpRequest, branch_task: int, act: str) -> HttpResponse:
    """A branch reports its task done; whoever set it confirms the report, or sends it back."""
    writing = writing_scope(request.user, timezone.localdate())
    form_of = OF_BRANCH_TASK.get(act)
    one: BranchTask | None = BranchTask.objects.select_related("task").filter(
        pk=branch_task, task__withdrawn_on=None
    ).first()  # fmt: skip
    if one is None or form_of is None:
        raise Http404(branch_task)
    if act == "report":
        state = asked_organisation(writing, one.organisation_id)
        if not held_by(writing, state.organisation):
            raise Http404(branch_task)
        back, way = reverse("affairs", args=[one.organisation_id]), way_of(state, writing)
    else:
        _task(writing, one.task_id)
        back = reverse("task_of_branches", args=[one.task_id])
        way = [{"label": _title(), "url": reverse("set_tasks")}, {"label": one.task.words, "url": back}]
    sent = request.POST if request.method == "POST" else None  # a confirmation has no fields
    form = form_of(sent, about=one, actor=request.user, scope=writing, today=writing.day)
    return answered(request, form, one.task.words, back, [*way, {"label": str(form.verb), "url": ""}])


def _title() -> str:
    return _("Tasks set from above")


def _task(scope: Scope, task: int) -> SetTask:
    one: SetTask | None = affairs_doors.set_tasks(scope).filter(pk=task).first()
    if one is None:
        raise Http404(task)
    return one


def _unit(writing: Scope, asked: str) -> Any:
    """The unit whose branches are chosen among; without one all that lie below."""
    number = as_number(asked)
    if number is None:
        return None
    state = tree_doors.units(writing).filter(unit=number).first()
    if state is None:
        raise Http404(asked)
    return state


def _units(writing: Scope) -> list[Any]:
    """The units right below those of the scope, to choose among."""
    own = tree_doors.units(writing).filter(path__in=writing.units).values("unit")
    return list(tree_doors.units(writing).filter(above__in=own).order_by("code")[:SHOWN])


def _chosen(request: HttpRequest, found: Any) -> list[int]:
    """The branches that were ticked; all of them where that was ticked."""
    if request.method != "POST":
        return []
    if request.POST.get("all"):
        return list(found.order_by().values_list("organisation", flat=True))
    ticked = (as_number(one) for one in request.POST.getlist("to"))
    return sorted({one for one in ticked if one is not None})


def _names(organisations: list[int], today: date) -> dict[int, str]:
    found = OrganisationState.objects.on(today).filter(organisation__in=organisations)
    return dict(found.values_list("organisation", "name"))


def _grid(found: Any) -> Grid:
    columns = (Column(_("Task")), Column(_("Document")), Column(_("Set on"), "day"), Column(_("Due on"), "day"),
               Column(_("Party branches"), "whole"), Column(_("Reported"), "whole"),
               Column(_("Waits to be confirmed"), "whole"), Column(_("Withdrawn on"), "day"))  # fmt: skip
    return Grid(_("Tasks set from above"), columns, (
        (one.words, one.document, one.on, one.due, one.n, one.reported, one.waits, one.withdrawn_on)
        for one in found.iterator(chunk_size=500)
    ))  # fmt: skip


def _branch_grid(found: Any, today: date) -> Grid:
    names = dict(
        OrganisationState.objects.on(today).filter(organisation__in=found.order_by().values("organisation"))
        .values_list("organisation", "name")
    )  # fmt: skip
    columns = (Column(_("Party branch")), Column(_("Done on"), "day"), Column(_("Report")),
               Column(_("Reported on"), "day"), Column(_("Standing")))  # fmt: skip
    return Grid(_("Party branches"), columns, (
        (names.get(one.organisation_id, ""), one.done_on, one.report, one.reported,
         shown_as.task_row(one, today)["words"])
        for one in found.iterator(chunk_size=500)
    ))  # fmt: skip
