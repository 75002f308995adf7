"""The pages of the numbers of quarters: a branch's year, and one quarter to be entered; counts, no names."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.organisations import doors, numbers
from baolei.organisations.asked import as_number
from baolei.organisations.doors import Scope, both_scopes, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState, QuarterNumbers, UnitState
from baolei.organisations.trails import down_to_organisation
from baolei.people.models import Account
from baolei.programme.refusals import Refusal
from baolei.programme.register import MEMBERS, Figure, Quarter, entered_late, quarter_said
from baolei.warehouse.rulebook import register, setup_rules
from baolei.warehouse.spreadsheets import Column, Grid

QUARTERS = (1, 2, 3, 4)
YEARS = 3
MOST = 9_999


@login_required
@require_safe
def year(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """The numbers of a branch in a year, quarter by quarter: what is on record, what may be entered, what uses them."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    state = _one(scope, organisation, today)
    asked = as_number(request.GET.get("year", "")) or _current(today)
    if not 2000 <= asked <= today.year:
        raise Http404(asked)
    rows = {
        one.quarter: one
        for one in doors.numbers(scope).filter(organisation=organisation, year=asked).select_related("by")
    }
    title = _("%(name)s: numbers of quarters %(year)d") % {"name": state.name, "year": asked}
    if asked_format(request):
        home = UnitState.objects.on(today).filter(unit=state.unit_id).values_list("path", flat=True).first()
        return download(
            request,
            title,
            {"numbers": _grid(rows), "quarters": _entries(asked, rows)},
            [title, today.isoformat()],
            path=home or "",
        )
    keeps, begun = doors.held_by(writing, state.organisation), numbers.founded(organisation, today)
    shown = {
        "state": state, "year": asked, "years": range(today.year, today.year - YEARS, -1), "lines": _lines(rows),
        "quarters": [_quarter(Quarter(asked, one), rows.get(one), keeps, begun, today) for one in QUARTERS],
        "any": bool(rows), "keeps": keeps,
        "trail": [*down_to_organisation(state, scope), {"label": _("Numbers of quarters"), "url": ""}],
    }  # fmt: skip
    return render(request, "organisations/numbers.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, organisation: int) -> HttpResponse:
    """Enter the numbers of a quarter (`?quarter=2026-3`), what stands or stood before already filled in."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    state = _one(writing, organisation, today)
    try:
        quarter = quarter_said(request.GET.get("quarter", ""))
    except ValueError as wrong:
        raise Http404(str(wrong)) from wrong
    if not doors.held_by(writing, state.organisation) or not _open(
        quarter, numbers.founded(organisation, today), today
    ):
        raise Http404(organisation)
    form = Numbers(request.POST or None, initial=numbers.proposed(organisation, quarter))
    back = f"{reverse('branch_numbers', args=[organisation])}?year={quarter.year}"
    if request.method == "POST" and form.is_valid() and _kept(request, form, state, quarter):
        messages.success(request, _("The numbers are on record"))
        return redirect(back)
    shown = {
        "state": state, "quarter": quarter, "form": form, "back": back,
        "late": entered_late(quarter, today, register()),
        "told": numbers.counted(organisation, min(today, quarter.last)),
        "trail": [*down_to_organisation(state, writing), {"label": _("Numbers of quarters"), "url": back},
                  {"label": _("quarter %(quarter)d of %(year)d")
                   % {"quarter": quarter.number, "year": quarter.year}, "url": ""}],
    }  # fmt: skip
    return render(request, "organisations/numbers_keep.html", shown, status=422 if form.is_bound else 200)


class Numbers(forms.Form):
    """One field for each figure that is asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or ""
        for code, one in register().figures.items():
            self.fields[code] = forms.IntegerField(
                label=one.name.say(language), min_value=0, max_value=MOST, help_text=_used(one),
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )  # fmt: skip

    @property
    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The fields by group: its code, its name, its fields."""
        language, rules = get_language() or "", register()
        return [
            (code, name.say(language), [self[one.code] for one in rules.figures.values() if one.group == code])
            for code, name in rules.groups.items()
        ]


def _kept(request: HttpRequest, form: Numbers, state: OrganisationState, quarter: Quarter) -> bool:
    assert isinstance(request.user, Account)
    try:
        numbers.keep_numbers(actor=request.user, now=timezone.now(), organisation=state.organisation, quarter=quarter,
                             figures=form.cleaned_data)  # fmt: skip
    except Refusal as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _one(scope: Scope, organisation: int, today: date) -> OrganisationState:
    """A branch of the scope. Raises Http404 for what is none."""
    state: OrganisationState | None = doors.organisations(scope).filter(organisation=organisation).first()
    if state is None or setup_rules(today).kinds[state.kind].tier != "branch":
        raise Http404(organisation)
    return state


def _current(today: date) -> int:
    """The year of the last quarter that may be entered: in January and February the year before."""
    return today.year if Quarter(today.year, 1).asked_from <= today else today.year - 1


def _open(quarter: Quarter, begun: date, today: date) -> bool:
    """Whether the numbers of a quarter may be entered."""
    return quarter.asked_from <= today and begun <= quarter.last


def _quarter(
    quarter: Quarter, row: QuarterNumbers | None, keeps: bool, begun: date, today: date
) -> dict[str, Any]:  # fmt: skip
    """A quarter as the page heads it: when it was entered, whether late, whether it may be entered now."""
    late = row is not None and _late(row)
    return {"quarter": quarter, "row": row, "late": late, "open": keeps and _open(quarter, begun, today),
            "coming": today < quarter.asked_from}  # fmt: skip


def _names() -> dict[str, str]:
    """What each number is called, those taken from the list of members first."""
    language = get_language() or ""
    told = {MEMBERS: _("members (from the list)"), "probationary": _("probationary members (from the list)")}
    return told | {code: one.name.say(language) for code, one in register().figures.items()}


def _used(one: Figure) -> str:
    """For what a number is used, '' for one that is only kept."""
    language, items = get_language() or "", register().items
    named = _(", ").join(items[code].say(language) for code in one.uses)
    return _("Recorded once, used for: %(items)s") % {"items": named} if named else ""


def _lines(rows: dict[int, QuarterNumbers]) -> list[dict[str, Any]]:
    """Each number as a line: its name, the four quarters (None where nothing is entered), what uses it."""
    figures = register().figures
    return [
        {"name": name, "used": _used(figures[code]) if code in figures else "",
         "values": [getattr(rows[one], code) if one in rows else None for one in QUARTERS]}
        for code, name in _names().items()
    ]  # fmt: skip


def _entries(year: int, rows: dict[int, QuarterNumbers]) -> Grid:
    """When each quarter was entered, by whom, and whether later than usual; from when it is open, where it is not."""
    columns = (Column(_("Quarter"), "whole"), Column(_("Open from"), "day"), Column(_("Entered on"), "day"),
               Column(_("Entered by")), Column(_("later than usual")))  # fmt: skip
    told = {one: (row.entered, row.by.name, _("yes") if _late(row) else "") for one, row in rows.items()}
    return Grid(_("The four quarters"), columns, [
        (one, Quarter(year, one).asked_from, *told.get(one, (None, None, ""))) for one in QUARTERS
    ])  # fmt: skip


def _late(row: QuarterNumbers) -> bool:
    return entered_late(Quarter(row.year, row.quarter), row.entered, register())


def _grid(rows: dict[int, QuarterNumbers]) -> Grid:
    quarters = [_("quarter %(quarter)d") % {"quarter": one} for one in QUARTERS]
    columns = (Column(_("What is kept")), *(Column(name, "whole") for name in quarters), Column(_("Used for")))
    return Grid(_("Numbers of quarters"), columns, [
        (line["name"], *line["values"], line["used"]) for line in _lines(rows)
    ])  # fmt: skip
