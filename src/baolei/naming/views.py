"""The pages of lists and titles: the list of a round with a reason for every line; the titles one answers for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.declarations.doors import fills_in
from baolei.naming import actions, doors, honours
from baolei.naming.forms import OF_LINE, OF_LIST, OF_TITLE, AnswerOfBranch
from baolei.naming.look_views import rows as looks
from baolei.naming.models import Line, NamingList, Title
from baolei.naming.paper_views import has_plaque
from baolei.organisations.directory import LongList, names_of, pieces
from baolei.organisations.doors import Scope, both_scopes, scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.people_views import answered
from baolei.programme import naming, titles
from baolei.programme.printed import cents
from baolei.rounds import doors as round_doors
from baolei.rounds.views import led_by, one_of, trail
from baolei.standards.at_hand import at_hand
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50
WHICH = ("listed", "visit", "held", "decided", "unnamed")


@dataclass(frozen=True, slots=True)
class Row:
    """A line as a row: itself, the branch's name, its field in words, its score as printed, its reason."""

    line: Line
    name: str
    field: str
    score: str
    why: str


@login_required
@require_safe
def naming_list(request: HttpRequest, round: int) -> HttpResponseBase:
    """The list of a round in my part of the tree: a reason for every line, fifty at a time."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    made = NamingList.objects.filter(round=this).select_related("run").first()
    found = doors.lines_of(scope, this).order_by("pk")
    which = request.GET.get("which", "") if request.GET.get("which") in WHICH else ""
    chosen = among(found, which)
    if asked_format(request):
        grid = _grid(_each_row(chosen))
        return download(request, f"{this.name} {_('List')}", {"lines": grid}, [this.name], path=this.path)
    counts, paginator = _counts(found), LongList(chosen, PAGE)
    paginator.count = counts[which or "all"]  # counted once
    page = paginator.get_page(request.GET.get("page"))
    shown = {
        "round": this, "list": made, "page": page, "rows": rows(list(page.object_list)), "which": which,
        "counts": counts, "acts": acts_on_list(writing, this, made),
        "seats": at_hand(this.edition).policy.seats is not None,
        "trail": [*trail(this, last=False), {"label": _("List"), "url": ""}],
    }  # fmt: skip
    return render(request, "naming/list.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_list(request: HttpRequest, round: int, act: str) -> HttpResponse:
    """Draw up the list of a round that one leads, or adopt it."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    this = led_by(writing, round)
    offered = acts_on_list(writing, this, NamingList.objects.filter(round=this).first())
    if act not in offered:
        raise Http404(act)
    form = offered[act](request.POST or None, about=this, actor=request.user, scope=writing, today=today)
    back = reverse("naming_list", args=[this.pk])
    return answered(request, form, this.name, back, [*_trail(this), {"label": form.verb, "url": ""}])


@login_required
@require_safe
def line(request: HttpRequest, line: int) -> HttpResponseBase:
    """One line: every condition of the title, met or not, and what people decided."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    mine = _line(scope, line)
    row = rows([mine])[0]
    reasons = [(one.met, one.words.say(get_language() or "")) for one in actions.reasons_of(mine)]
    if asked_format(request):
        return download(request, row.name, {"reasons": _reason_grid(reasons)}, [row.name], path=mine.declaration.path)
    shown = {"row": row, "reasons": reasons, "acts": acts_on_line(writing, mine),
             "trail": [*_trail(mine.list.round), {"label": row.name, "url": ""}]}  # fmt: skip
    return render(request, "naming/line.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_line(request: HttpRequest, line: int, act: str) -> HttpResponse:
    """Propose to strike or to add a branch, or agree to what another has proposed."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    mine = _line(writing, line)
    offered = acts_on_line(writing, mine)
    if act not in offered:
        raise Http404(act)
    form = offered[act](request.POST or None, about=mine, actor=request.user, scope=writing, today=today)
    row, back = rows([mine])[0], reverse("naming_line", args=[mine.pk])
    way = [*_trail(mine.list.round), {"label": row.name, "url": back}, {"label": form.verb, "url": ""}]
    return answered(request, form, row.name, back, way)


@login_required
@require_safe
def held_titles(request: HttpRequest) -> HttpResponseBase:
    """The titles of the branches I answer for, the latest first."""
    today = timezone.localdate()
    found = doors.titles(scope_of(request.user, today)).order_by("-since", "pk")
    if asked_format(request):
        grid = _title_grid(title_row for some in pieces(found) for title_row in title_rows(some))
        return download(request, _("Titles"), {"titles": grid}, [_("Titles"), today.isoformat()])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    counted = [(_("Branches with a title"), honours.by_level(found, "organisation", today))]
    shown = {"page": page, "rows": title_rows(list(page.object_list)), "counted": counted}
    return render(request, "naming/titles.html", shown)


@login_required
@require_safe
def title(request: HttpRequest, title: int) -> HttpResponseBase:
    """One title: its days, where it stands, what may be done with it."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    mine = _title(scope, title)
    row = title_rows([mine])[0]
    if asked_format(request):
        return download(request, row[1], {"titles": _title_grid([row])}, [row[1]], path=mine.round.path)
    way = [{"label": _("Titles"), "url": reverse("titles")}, {"label": row[1], "url": ""}]
    shown = {"title": mine, "name": row[1], "standing": row[2], "acts": acts_on_title(writing, mine), "trail": way,
             "plaque": has_plaque(mine), "looks": looks(list(mine.looks.select_related("title"))),
             "counts": honours.counts_with(mine, today)}  # fmt: skip
    return render(request, "naming/title.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_title(request: HttpRequest, title: int, act: str) -> HttpResponse:
    """Do something with a title one's committee has given; or answer for the branch."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    mine = _title(writing, title)
    offered = acts_on_title(writing, mine)
    if act not in offered:
        raise Http404(act)
    form = offered[act](request.POST or None, about=mine, actor=request.user, scope=writing, today=today)
    name, back = title_rows([mine])[0][1], reverse("title", args=[mine.pk])
    way = [{"label": _("Titles"), "url": reverse("titles")}, {"label": name, "url": back},
           {"label": form.verb, "url": ""}]  # fmt: skip
    return answered(request, form, name, back, way)


def acts_on_list(writing: Scope, this: Any, made: NamingList | None) -> dict[str, type[PeopleForm]]:
    """What may be done with the list of a round by whoever may write in this scope, by its name in the address."""
    if this.ended_at or not round_doors.leads(writing, this) or (made and made.adopted_on):
        return {}
    name = "adopt" if this.phase == actions.PHASE else "draw-up"
    return {name: OF_LIST[name]} if made or name == "draw-up" else {}


def acts_on_line(writing: Scope, mine: Line) -> dict[str, type[PeopleForm]]:
    """The same of a line."""
    if mine.list.adopted_on or not round_doors.leads(writing, mine.list.round):
        return {}
    names = ("agree", "leave") if mine.proposed else ("strike",) if mine.listed else ("add",)
    return {name: OF_LINE[name] for name in names}


def acts_on_title(writing: Scope, mine: Title) -> dict[str, Any]:
    """The same of a title."""
    ways = {row.act for row in titles.STATES.ways(mine.state, "committee")}
    found: dict[str, Any] = {}
    if round_doors.leads(writing, mine.round):
        found = {name: form for name, form in OF_TITLE.items() if form.act in ways}
    declaration = mine.round.declarations.filter(organisation=mine.organisation_id).first()
    if mine.state == titles.WITHDRAWING and declaration and fills_in(writing, declaration):
        found["answer"] = AnswerOfBranch
    return found


def _line(scope: Scope, line: int) -> Line:
    found: Line | None = doors.lines(scope).filter(pk=line).first()
    if found is None:
        raise Http404(line)
    return found


def _title(scope: Scope, title: int) -> Title:
    found: Title | None = doors.titles(scope).filter(pk=title).first()
    if found is None:
        raise Http404(title)
    return found


def among(found: Any, which: str) -> Any:
    """Those of some lines that are asked for by one of WHICH; all of them without one."""
    if which == "listed":
        return found.filter(listed=True)
    if which == "decided":
        return found.exclude(act="", proposed="")
    return found.filter(standing=which, listed=False) if which else found


def _counts(found: Any) -> dict[str, int]:
    """How many lines there are of each kind."""
    off = Q(listed=False)
    kinds = {"listed": Q(listed=True), "decided": ~Q(act="", proposed=""), "visit": off & Q(standing=naming.VISIT),
             "held": off & Q(standing=naming.HELD), "unnamed": off & Q(standing=naming.UNNAMED)}  # fmt: skip
    counted = found.order_by().aggregate(
        n_all=Count("pk"), **{f"n_{kind}": Count("pk", q) for kind, q in kinds.items()}
    )
    return {name.removeprefix("n_"): number for name, number in counted.items()}


def rows(found: list[Line]) -> list[Row]:
    """Lines as rows, in the order given."""
    if not found:
        return []
    name, language = names_of(one.declaration.organisation_id for one in found), get_language() or ""
    fields = {one.code: one.name.say(language) for one in at_hand(found[0].list.round.edition).fields}
    return [
        Row(one, name.get(one.declaration.organisation_id, ""), fields.get(one.field, one.field), cents(one.score),
            actions.words_of(one))
        for one in found
    ]  # fmt: skip


def title_rows(found: list[Title]) -> list[tuple[Title, str, str]]:
    """Titles with the name of the branch and where each stands in words."""
    name, language = names_of(one.organisation_id for one in found), get_language() or ""
    return [
        (one, name.get(one.organisation_id, ""), titles.STATES.state(one.state).name.say(language)) for one in found
    ]


def _each_row(found: Any) -> Iterator[Row]:
    for some in pieces(found):
        yield from rows(some)


def _trail(this: Any) -> list[dict[str, str]]:
    return [*trail(this, last=False), {"label": _("List"), "url": reverse("naming_list", args=[this.pk])}]


def _grid(listed: Iterable[Row]) -> Grid:
    columns = (
        Column(_("Party branch")), Column(_("Field")), Column(_("Score")), Column(_("On the list")), Column(_("Why")),
        Column(pgettext("list", "Decided")), Column(_("Document")),
    )  # fmt: skip
    return Grid(_("List"), columns, (
        (row.name, row.field, row.score, _("yes") if row.line.listed else _("no"), row.why,
         row.line.get_act_display(), row.line.document) for row in listed
    ))  # fmt: skip


def _reason_grid(reasons: Iterable[tuple[bool, str]]) -> Grid:
    columns = (Column(_("Condition")), Column(_("Met")))
    return Grid(_("Reasons"), columns, [(words, _("yes") if met else _("no")) for met, words in reasons])


def _title_grid(found: Iterable[tuple[Title, str, str]]) -> Grid:
    columns = (
        Column(_("Party branch")), Column(_("Title of honour")), Column(_("From"), "day"), Column(_("To"), "day"),
        Column(pgettext("process", "Standing")), Column(_("Document")), Column(_("Ended"), "day"),
    )  # fmt: skip
    return Grid(_("Titles"), columns, (
        (name, one.name, one.since, one.until, standing, one.document, one.ended) for one, name, standing in found
    ))  # fmt: skip
