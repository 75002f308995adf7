"""The yearly look at titles: what this year's results ask of those the unit has given before; people decide."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.naming import doors, life
from baolei.naming.look_forms import OF_LOOKS
from baolei.naming.models import TitleReview
from baolei.organisations.directory import names_of, pieces
from baolei.organisations.doors import Scope, both_scopes, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.people_views import answered
from baolei.programme import titles
from baolei.programme.printed import cents
from baolei.rounds import doors as round_doors
from baolei.rounds.models import Round
from baolei.rounds.views import led_by, one_of, trail
from baolei.scores.models import Run
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50
KINDS = {"propose": Q(asks="propose"), "watch": Q(asks="watch"), "keep": Q(asks="keep"), "unscored": Q(asks=""),
         "undecided": Q(done="")}  # fmt: skip
Row = tuple[TitleReview, str, str, str, str]
"""A look, the branch, what the results ask, why, what was decided; in words."""


@login_required
@require_safe
def title_looks(request: HttpRequest, round: int) -> HttpResponseBase:
    """What the results of a round ask of the titles of the branches I answer for."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    found = doors.looks(scope).filter(run__round=this).order_by("pk")
    which = request.GET.get("which", "") if request.GET.get("which") in KINDS else ""
    chosen = found.filter(KINDS[which]) if which else found
    if asked_format(request):
        title = f"{this.name} {_('Yearly look at titles')}"
        grid = _grid(row for some in pieces(chosen) for row in rows(some))
        return download(request, title, {"looks": grid}, [title, today.isoformat()], path=this.path)
    page = Paginator(chosen, PAGE).get_page(request.GET.get("page"))
    counts = found.order_by().aggregate(all=Count("pk"), **{name: Count("pk", kind) for name, kind in KINDS.items()})
    shown = {
        "round": this, "page": page, "rows": rows(list(page.object_list)), "which": which, "counts": counts,
        "acts": _acts(writing, this), "trail": _trail(this, last=True),
    }  # fmt: skip
    return render(request, "naming/looks.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_looks(request: HttpRequest, round: int, act: str) -> HttpResponse:
    """Hold the titles against a run of a round that one leads; or keep all of which nothing else is asked."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    this = led_by(writing, round)
    offered = _acts(writing, this)
    if act not in offered:
        raise Http404(act)
    form = offered[act](request.POST or None, about=this, actor=request.user, scope=writing, today=today)
    back = reverse("title_looks", args=[this.pk])
    return answered(request, form, this.name, back, [*_trail(this), {"label": form.verb, "url": ""}])


def _acts(writing: Scope, this: Round) -> dict[str, type[PeopleForm]]:
    if this.ended_at or not round_doors.leads(writing, this):
        return {}
    held = this.runs.filter(state=Run.DONE).exists() and life.titles_before(this, timezone.localdate()).exists()
    asked = TitleReview.objects.filter(run__round=this, asks="keep", done="").exists()
    return {name: form for name, form in OF_LOOKS.items() if (asked if name == "keep-all" else held)}


def rows(found: list[TitleReview]) -> list[Row]:
    """Looks as rows, in the order given."""
    names, language = names_of(one.title.organisation_id for one in found), get_language() or ""
    words = {code: text.say(language) for code, text in titles.STATES.words.items()}
    return [
        (one, names.get(one.title.organisation_id, ""), asked(one), why(one), words.get(one.done, ""))
        for one in found
    ]  # fmt: skip


def asked(one: TitleReview) -> str:
    """What the results ask, in words."""
    return {"keep": _("to keep it"), "watch": _("to watch it"), "propose": _("to withdraw it")}.get(
        one.asks, _("nothing: it was not scored")
    )


def why(one: TitleReview) -> str:
    """The figures behind it, in words."""
    if not one.figures:
        return ""
    told = {name: cents(one.figures[name]) for name in ("counted", "line")}
    said = [_("%(counted)s counts, the line is %(line)s") % told]
    if one.figures["below"]:
        said.append(_("years below it before: %(number)d") % {"number": one.figures["below"]})
    if one.figures["veto"]:
        said.append(_("a veto stands"))
    return ("; " if (get_language() or "").startswith("en") else "；").join(said)


def _trail(this: Round, *, last: bool = False) -> list[dict[str, str]]:
    here = "" if last else reverse("title_looks", args=[this.pk])
    return [*trail(this, last=False), {"label": _("Yearly look at titles"), "url": here}]


def _grid(found: Iterable[Row]) -> Grid:
    columns = (
        Column(_("Party branch")), Column(_("Title of honour")), Column(_("Document")), Column(_("The results ask")),
        Column(_("Why")), Column(_("What became of it")), Column(_("Day of the decision"), "day"),
    )  # fmt: skip
    return Grid(_("Yearly look at titles"), columns, (
        (name, one.title.name, one.title.document, ask, because, done, one.done_on)
        for one, name, ask, because, done in found
    ))  # fmt: skip
