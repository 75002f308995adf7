"""The pages of a sorted round: how many stand where and what moved, the branches, one of them; what is done with it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.declarations.doors import answers_for, fills_in
from baolei.organisations.asked import as_number
from baolei.organisations.doors import Scope, both_scopes, scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import UnitState
from baolei.organisations.people_views import answered
from baolei.paths import at_or_below
from baolei.programme.rectification import COUNTY
from baolei.programme.triage import CLASSES
from baolei.rectification import doors as case_doors
from baolei.rounds import doors as round_doors
from baolei.rounds.models import Round
from baolei.rounds.views import led_by, one_of, trail
from baolei.scores.models import Run
from baolei.triage import doors, rectified, tables
from baolei.triage.forms import OF_CANDIDATE, OF_SORTED, SortRound
from baolei.triage.models import Candidate, Sorted, Sorting
from baolei.warehouse.rulebook import triage as triage_rules

PAGE = 50
STANDINGS = ("undecided", "waits", "decided", "departs")
"""How far people are with a branch; the last: otherwise than the criteria propose."""


@login_required
@require_safe
def triage(request: HttpRequest, round: int) -> HttpResponseBase:
    """A round by its three classes: how many stand where, what moved since last year, who is a candidate."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    sorting = Sorting.objects.filter(round=this).select_related("run", "by").first()
    sorts = round_doors.leads(writing, this) and not this.ended_at
    shown: dict[str, Any] = {"round": this, "sorting": sorting, "trail": _trail(this, last=True),
                             "sorts": sorts and this.runs.filter(state=Run.DONE).exists()}  # fmt: skip
    if sorting is None:
        return render(request, "triage/triage.html", shown)
    unit = _unit(request, scope, this, today)
    mine = tables.lines(_counts(scope, sorting, unit), today) if unit else []
    whole = [] if scope.whole or scope.holds(this.path) else tables.lines(doors.counts_for_all(sorting), today)
    moved = tables.movement(scope, sorting, unit.path if unit else "")
    moves = tables.moves(moved) if moved else []
    found, chosen = _candidates(request, scope, sorting, unit)
    if asked_format(request):
        grids = {"counts": tables.line_grid(mine, _("Classes")), "whole": tables.line_grid(whole, _("The whole round")),
                 "movement": tables.move_grid(moves),
                 "candidates": tables.candidate_grid(tables.each_candidate(found))}  # fmt: skip
        return download(request, f"{this.name} {_('Triage')}", grids, [this.name, sorting.run.results], path=this.path)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    names, cases = tables.classes(), rectified.standings(scope, list(page.object_list))
    shown |= {
        "unit": unit, "lines": mine, "whole": whole, "moves": moves, "page": page, "chosen": chosen,
        "rows": [(one, cases.get(one.candidate.pk)) for one in tables.candidate_rows(list(page.object_list))],
        "classes": [names[code] for code in CLASSES],
        "to": [names[code] for code in tables.TO], "situations": tables.situations(), "states": Candidate.STATES,
        "sums": [sum(column) for column in zip(*(_numbers(one) for one in mine), strict=True)],
        "criteria": _criteria(), "way": _way(scope, this, unit, today),
    }  # fmt: skip
    return render(request, "triage/triage.html", shown)


@login_required
@require_safe
def branches(request: HttpRequest, round: int) -> HttpResponseBase:
    """The sorted branches of my part of the tree, by class and by how far people are with them."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    this = one_of(scope, round)
    sorting = Sorting.objects.filter(round=this).first()
    unit = unit_asked(request, scope, this, today)
    found = doors.branches(scope).filter(sorting=sorting).order_by("declaration__path", "pk")
    if unit:
        found = found.filter(at_or_below(unit.path, "declaration__path"))
    stands, standing = _word(request, "class", CLASSES), _word(request, "standing", STANDINGS)
    found = found.filter(stands=stands) if stands else found
    found = so_far(found, standing)
    if asked_format(request):
        grid = tables.branch_grid(tables.each_branch(found))
        return download(request, f"{this.name} {_('Sorted branches')}", {"branches": grid},
                        [this.name, today.isoformat()], path=unit.path if unit else this.path)  # fmt: skip
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    names = tables.classes()
    shown = {
        "round": this, "page": page, "rows": tables.branch_rows(list(page.object_list)), "unit": unit,
        "classes": [(code, names[code]) for code in CLASSES], "stands": stands, "standing": standing,
        "standings": _standings(), "trail": [*_trail(this), {"label": _("Sorted branches"), "url": ""}],
    }  # fmt: skip
    return render(request, "triage/branches.html", shown)


@login_required
@require_safe
def show(request: HttpRequest, sorted: int) -> HttpResponseBase:
    """One branch: where the criteria put it and why, what people decided, what the branch says."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    mine = _one(doors.branches(scope), sorted)
    row = tables.branch_rows([mine])[0]
    raised = doors.candidates(scope).filter(sorting=mine.sorting_id, declaration=mine.declaration_id)
    candidates = tables.candidate_rows(list(raised))
    cases = rectified.standings(scope, list(raised))
    if asked_format(request):
        grids = {"figures": tables.figure_grid(mine.why), "candidates": tables.candidate_grid(candidates)}
        return download(request, row.name, grids, [row.name, today.isoformat()], path=mine.declaration.path)
    acts = acts_on(writing, mine)
    if mine.decided_by_id == request.user.pk:
        acts.pop("agree", None)  # it takes another person
    shown = {
        "row": row, "figures": tables.figures(mine.why), "acts": acts,
        "candidates": [(one, acts_on_candidate(request.user, writing, one.candidate), cases.get(one.candidate.pk))
                       for one in candidates],
        "trail": [*_trail(mine.declaration.round), _branches_step(mine), {"label": row.name, "url": ""}],
    }  # fmt: skip
    return render(request, "triage/sorted.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sort_round(request: HttpRequest, round: int) -> HttpResponse:
    """Sort a round that one leads, by the criteria."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    this = led_by(writing, round)
    form = SortRound(request.POST or None, about=this, actor=request.user, scope=writing, today=today)
    back = reverse("triage", args=[this.pk])
    return answered(request, form, this.name, back, [*_trail(this), {"label": form.verb, "url": ""}])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_sorted(request: HttpRequest, sorted: int, act: str) -> HttpResponse:
    """Decide a branch's class, agree or not as the second person, or answer for the branch."""
    writing = writing_scope(request.user, timezone.localdate())
    mine = _one(doors.branches(writing), sorted)
    return _done(request, writing, mine, mine, acts_on(writing, mine), act)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_candidate(request: HttpRequest, candidate: int, act: str) -> HttpResponse:
    """Confirm or dismiss a situation that was raised, or answer for the branch."""
    writing = writing_scope(request.user, timezone.localdate())
    one = _one(doors.candidates(writing), candidate)
    mine = doors.branches(writing).get(sorting=one.sorting_id, declaration=one.declaration_id)
    return _done(request, writing, one, mine, acts_on_candidate(request.user, writing, one), act)


def _done(
    request: HttpRequest, writing: Scope, about: Any, mine: Sorted, offered: dict[str, Any], act: str
) -> HttpResponse:
    if act not in offered:
        raise Http404(act)
    form = offered[act](
        request.POST or None, about=about, actor=request.user, scope=writing, today=timezone.localdate()
    )
    name, back = tables.branch_rows([mine])[0].name, reverse("sorted", args=[mine.pk])
    way = [*_trail(mine.declaration.round), {"label": name, "url": back}, {"label": form.verb, "url": ""}]
    return answered(request, form, name, back, way)


def acts_on(writing: Scope, mine: Sorted) -> dict[str, Any]:
    """What may be done with a sorted branch as it stands, by its name in the address."""
    if mine.declaration.round.ended_at:
        return {}
    offered: list[str] = []
    if answers_for(writing, mine.declaration):
        offered += ["decide", *(("agree", "decline") if mine.waits else ())]
    if fills_in(writing, mine.declaration):
        offered.append("answer")
    return {name: OF_SORTED[name] for name in offered}


def acts_on_candidate(account: Any, writing: Scope, one: Candidate) -> dict[str, Any]:
    """The same of a candidate; a case may be opened for a confirmed one when its round has ended, too."""
    offered = ["open_case"] if _opens_case(account, writing, one) else []
    if one.declaration.round.ended_at:
        return {name: OF_CANDIDATE[name] for name in offered}
    if one.state == Candidate.RAISED and answers_for(writing, one.declaration):
        offered += ["confirm", "dismiss"]
    if fills_in(writing, one.declaration):
        offered.append("answer")
    return {name: OF_CANDIDATE[name] for name in offered}


def _opens_case(account: Any, writing: Scope, one: Candidate) -> bool:
    """Whether this person opens a case for a candidate: the county, for a confirmed one that has led to none yet."""
    if one.state != Candidate.CONFIRMED or rectified.standings(writing, [one]):
        return False
    return COUNTY in case_doors.seats(account, one.declaration.organisation_id, writing.day)


def _one(found: Any, number: int) -> Any:
    one = found.filter(pk=number).first()
    if one is None:
        raise Http404(number)
    return one


def _unit(request: HttpRequest, scope: Scope, this: Round, today: date) -> UnitState | None:
    """The unit whose numbers are shown: the one asked for, within the scope and the round; else the top of both."""
    here = UnitState.objects.on(today).filter(at_or_below(this.path))
    asked = as_number(request.GET.get("unit", ""))
    if asked is not None:
        unit: UnitState | None = here.filter(unit=asked).first()
        if unit is None or not (scope.whole or scope.holds(unit.path)):
            raise Http404(asked)
        return unit
    tops = [this.path] if scope.whole or scope.holds(this.path) else list(scope.units)
    found: UnitState | None = here.filter(path__in=tops).order_by("path").first()
    return found


def unit_asked(request: HttpRequest, scope: Scope, this: Round, today: date) -> UnitState | None:
    """The unit that was asked for, None where none was. Raises Http404 for one outside the scope or the round."""
    return _unit(request, scope, this, today) if request.GET.get("unit") else None


def _way(scope: Scope, this: Round, unit: UnitState | None, today: date) -> list[UnitState]:
    """The units above the one that is shown, as far up as the scope and the round reach."""
    if unit is None:
        return []
    above = [unit.path[:end] for end in range(len(this.path), len(unit.path)) if scope.whole or
             scope.holds(unit.path[:end])]  # fmt: skip
    return list(UnitState.objects.on(today).filter(path__in=above).order_by("path"))


def _counts(scope: Scope, sorting: Sorting, unit: UnitState) -> doors.Counts:
    found = doors.branches(scope).filter(at_or_below(unit.path, "declaration__path"), sorting=sorting)
    return doors.counts(found, unit.path)


def _candidates(
    request: HttpRequest, scope: Scope, sorting: Sorting, unit: UnitState | None
) -> tuple[Any, dict[str, str]]:
    """The candidates asked for, and what was asked."""
    found = doors.candidates(scope).filter(sorting=sorting).order_by("declaration__path", "declaration", "situation")
    chosen = {"situation": _word(request, "situation", tuple(triage_rules().situations)),
              "state": _word(request, "state", tuple(code for code, _name in Candidate.STATES))}  # fmt: skip
    found = found.filter(**{name: word for name, word in chosen.items() if word})
    if unit and request.GET.get("unit"):
        found = found.filter(at_or_below(unit.path, "declaration__path"))
    return found, chosen


def so_far(found: Any, standing: str) -> Any:
    """Those of some sorted branches with which people are so far; all of them for none of STANDINGS."""
    if standing == "undecided":
        return found.filter(asked="")
    if standing == "waits":
        return found.filter(decided="").exclude(asked="")
    if standing == "decided":
        return found.exclude(decided="")
    return found.exclude(asked="").exclude(asked=F("proposed")) if standing == "departs" else found


def _standings() -> list[tuple[str, str]]:
    return list(zip(STANDINGS, (_("not decided"), _("waits for a second person"), _("decided"),
                                _("otherwise than proposed")), strict=True))  # fmt: skip


def _word(request: HttpRequest, name: str, known: tuple[str, ...]) -> str:
    said = request.GET.get(name, "")
    return said if said in known else ""


def _numbers(one: tables.Line) -> list[int]:
    return [number or 0 for number in one.numbers]


def _criteria() -> list[tuple[str, list[str]]]:
    """The published criteria in words: each class with its alternatives."""
    names = tables.classes()
    return [(names[one.code], [tables.conditions(every) for every in one.when]) for one in triage_rules().classes]


def _branches_step(mine: Sorted) -> dict[str, str]:
    return {"label": _("Sorted branches"), "url": reverse("sorted_branches", args=[mine.declaration.round_id])}


def _trail(this: Round, *, last: bool = False) -> list[dict[str, str]]:
    return [*trail(this, last=False), {"label": _("Triage"), "url": "" if last else reverse("triage", args=[this.pk])}]
