"""The pages of the register of forms: the list, one form, a new one, what branches say and what they are answered."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from baolei.burden import actions, doors, existing, register, tables
from baolei.burden.forms import OF_FORM, AnswerComplaint, Propose
from baolei.burden.models import Complaint, RegisteredForm
from baolei.organisations.directory import pieces
from baolei.organisations.doors import Scope, scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState
from baolei.organisations.people_views import answered, in_words
from baolei.people.models import Account
from baolei.programme.asked import cost
from baolei.programme.refusals import Refusal
from baolei.warehouse.rulebook import forms as form_rules

PAGE = 50


@login_required
@require_safe
def forms(request: HttpRequest) -> HttpResponseBase:
    """The register: the house's own forms, and those that units have registered, by where they stand."""
    today, scope = timezone.localdate(), scope_of(request.user, timezone.localdate())
    which = request.GET.get("which", "")
    which = which if which in tables.WHICH else tables.WHICH[0]
    found = tables.part(doors.forms(scope), which, today)
    if asked_format(request):
        rows = (row for some in pieces(found) for row in tables.form_rows(some, today))
        grids = {"forms": tables.form_grid(rows), "house": tables.house_grid(tables.house_rows())}
        return download(request, _("Register of forms"), grids, [_("Register of forms"), today.isoformat()])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    own = register.own_branch(scope)
    shown = {
        "page": page, "rows": tables.form_rows(list(page.object_list), today), "house": tables.house_rows(),
        "which": which, "parts": _parts(), "proposes": doors.own_units(_account(request), today).exists(),
        "own": own, "reports": bool(scope.units), "rules": form_rules().source,
    }  # fmt: skip
    return render(request, "burden/forms.html", shown)


@login_required
@require_safe
def asked_form(request: HttpRequest, form: int) -> HttpResponseBase:
    """A registered form: what it asks and what exists of that, what it costs, who decided, what branches say."""
    today, scope = timezone.localdate(), scope_of(request.user, timezone.localdate())
    this = _one(doors.forms(scope).annotate(number=Count("boxes")), form)
    row = tables.form_rows([this], today)[0]
    boxes = tables.box_rows((one.asks, one.found, one.duplicate) for one in this.boxes.all())
    said = _said(scope, doors.complaints(scope).filter(form=this), today)
    if asked_format(request):
        grids = {"boxes": tables.box_grid(boxes), "complaints": tables.complaint_grid(said)}
        return download(request, this.title, grids, [this.title, today.isoformat()], path=this.path)
    shown = {
        "row": row, "boxes": boxes, "said": said, "acts": acts_on(_account(request), this, today),
        "cost": cost(register.asking_of(this, this.number), this.branches, form_rules().number("day_hours")),
        "complains": register.own_branch(scope) if this.state == RegisteredForm.AGREED else None,
        "answers": doors.keeps(_account(request), today, this.path),
        "trail": [*trail(), {"label": this.title, "url": ""}],
    }  # fmt: skip
    return render(request, "burden/form.html", shown)


@login_required
@require_safe
def house_form(request: HttpRequest, code: str) -> HttpResponseBase:
    """A form of the house: what it asks, on what basis, where what it holds is read, what branches say."""
    today, scope = timezone.localdate(), scope_of(request.user, timezone.localdate())
    row = next((one for one in tables.house_rows() if one.code == code), None)
    if row is None:
        raise Http404(code)
    found = doors.complaints(scope).filter(house=code)
    said = _said(scope, found, today)
    boxes = [{"asks": one, "found": [], "duplicate": False} for one in row.boxes]
    if asked_format(request):
        grids = {"boxes": tables.box_grid(boxes), "complaints": tables.complaint_grid(said)}
        return download(request, row.name, grids, [row.name, today.isoformat()])
    shown = {
        "row": row, "boxes": boxes, "said": said, "complains": register.own_branch(scope),
        "read": reverse(form_rules().forms[code].read), "trail": [*trail(), {"label": row.name, "url": ""}],
        "answers": bool(said) and doors.keeps(_account(request), today, said[0].one.owner),
    }  # fmt: skip
    return render(request, "burden/house_form.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose_form(request: HttpRequest) -> HttpResponseBase:
    """A new form: first what exists already and what it would cost, then the button."""
    today, account = timezone.localdate(), _account(request)
    form = Propose(request.POST or None, about=None, actor=account, scope=writing_scope(account, today), today=today)
    if not form.units:
        raise Http404
    found, costs = None, None
    if request.method == "POST" and form.is_valid():
        try:
            found, costs = form.looked_up()
            if request.POST.get("step") == "propose" and (made := _proposed(request, form)):
                return redirect("asked_form", made.pk)
        except Refusal as refusal:
            form.add_error(None, in_words(refusal))
    boxes = tables.box_rows(
        (asks, [existing.told(one) for one in on], existing.same(on)) for asks, on in found or ()
    )  # fmt: skip
    shown = {
        "form": form, "boxes": boxes, "cost": costs, "doubled": [one for one in boxes if one["duplicate"]],
        "standing": _standing(form, today), "day_hours": form_rules().number("day_hours"), "back": reverse("forms"),
        "trail": [*trail(), {"label": _("Propose a form"), "url": ""}],
    }  # fmt: skip
    return render(request, "burden/propose.html", shown, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_form(request: HttpRequest, form: int, act: str) -> HttpResponse:
    """Agree to a form or refuse it as the second person, withdraw it, or say what it was used for."""
    today, account = timezone.localdate(), _account(request)
    this = _one(doors.forms(scope_of(account, today)), form)
    offered = acts_on(account, this, today)
    if act not in offered:
        raise Http404(act)
    asked = offered[act](request.POST or None, about=this, actor=account, scope=writing_scope(account, today),
                         today=today)  # fmt: skip
    back = reverse("asked_form", args=[this.pk])
    way = [*trail(), {"label": this.title, "url": back}, {"label": asked.verb, "url": ""}]
    return answered(request, asked, this.title, back, way)


@login_required
@require_safe
def form_complaints(request: HttpRequest) -> HttpResponseBase:
    """What branches say of forms: of mine and of those below, and what my own branch said; the unanswered first."""
    today, scope = timezone.localdate(), scope_of(request.user, timezone.localdate())
    found = doors.complaints(scope).order_by("answered_on", "due", "pk")
    if request.GET.get("which") == "open":
        found = found.filter(answered_on=None)
    if asked_format(request):
        grid = tables.complaint_grid(row for some in pieces(found) for row in _said(scope, some, today))
        return download(request, _("What branches say"), {"complaints": grid}, [today.isoformat()])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = _said(scope, page.object_list, today)
    account = _account(request)
    shown = {
        "page": page, "which": request.GET.get("which", ""), "days": form_rules().number("answer_days"),
        "rows": [(row, not row.one.answered_on and doors.keeps(account, today, row.one.owner)) for row in rows],
        "trail": [*trail(), {"label": _("What branches say"), "url": ""}],
    }  # fmt: skip
    return render(request, "burden/complaints.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_complaint(request: HttpRequest, complaint: int) -> HttpResponse:
    """Answer what a branch says of a form of mine."""
    today, account = timezone.localdate(), _account(request)
    one: Complaint = _one(doors.complaints(scope_of(account, today)).filter(answered_on=None), complaint)
    if not doors.keeps(account, today, one.owner):
        raise Http404(complaint)
    name, _url = tables.form_named(one)
    asked = AnswerComplaint(request.POST or None, about=one, actor=account, scope=writing_scope(account, today),
                            today=today)  # fmt: skip
    back = reverse("form_complaints")
    way = [*trail(), {"label": _("What branches say"), "url": back}, {"label": asked.verb, "url": ""}]
    return answered(request, asked, f"{name}: {one.get_kind_display()} {one.words}", back, way)


# ---- parts ----


def acts_on(account: Account, this: RegisteredForm, today: date) -> dict[str, Any]:
    """What somebody may do with a form as it stands, by its name in the address."""
    offered: list[str] = []
    if this.state == RegisteredForm.PROPOSED and doors.may_agree(account, today, this):
        offered += ["agree", "refuse"]
    if doors.keeps(account, today, this.path):
        in_force = this.standing(today) == RegisteredForm.AGREED
        offered += ["use"] if in_force else []
        offered += ["withdraw"] if in_force or this.state == RegisteredForm.PROPOSED else []
    return {name: OF_FORM[name] for name in offered}


def trail() -> list[dict[str, str]]:
    """The way to the register."""
    return [{"label": _("Forms and burden"), "url": reverse("forms")}]


def _proposed(request: HttpRequest, form: Propose) -> RegisteredForm | None:
    """The form that is proposed now; None where what it asks is on record, which the page says."""
    outcome = actions.propose(
        actor=form.actor, now=timezone.now(), unit=form.chosen, draft=form.draft, why=form.cleaned_data["why"]
    )
    if outcome.form is None:
        form.add_error("asks", _("On record already: %(boxes)s. Take them out, or say below why they are asked all the"
                                 " same.") % {"boxes": "、".join(asks for asks, _one in outcome.refused)})  # fmt: skip
        return None
    messages.success(request, _("Proposed: another person decides"))
    return outcome.form


def _standing(form: Propose, today: date) -> list[tuple[str, str, int, int]]:
    """The registered forms that ask branches of the own unit already: title, owner, boxes and minutes."""
    unit = next(iter(form.units.values()))
    return [(one.name, one.owner, one.asking.boxes, one.asking.minutes)
            for one in register.listed(unit.path) if one.asking.ends >= today and not one.asking.some]  # fmt: skip


def _parts() -> list[tuple[str, str]]:
    return list(
        zip(tables.WHICH, (_("in force"), pgettext("form", "proposed"), _("to be pruned"), _("over")), strict=True)
    )


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def _said(scope: Scope, found: Any, today: date) -> list[tables.Said]:
    own = OrganisationState.objects.on(scope.day).filter(path__in=scope.organisations)
    return tables.complaint_rows(found, own.values_list("organisation", flat=True), today)


def _one(found: Any, number: int) -> Any:
    one = found.filter(pk=number).first()
    if one is None:
        raise Http404(number)
    return one
