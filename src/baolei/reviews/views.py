"""The pages of reviews: what waits for me, one step of one declaration, what is done there, how much waits where."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.declarations.form import form_of
from baolei.organisations.asked import as_number
from baolei.organisations.doors import scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.people_views import answered
from baolei.people.models import Account
from baolei.reviews import clock, doors, listing, workload
from baolei.reviews.bulk import bulk_of
from baolei.reviews.bulk_form import PassInBulk
from baolei.reviews.conflicts import checked
from baolei.reviews.forms import OF_STEP
from baolei.reviews.models import Step
from baolei.rounds.models import Round
from baolei.rounds.views import one_of, trail

PAGE, GAPS = 50, 50


@login_required
@require_safe
def reviews(request: HttpRequest) -> HttpResponseBase:
    """What waits for me, the late first, fifty at a time; by round, by level, or only the late."""
    today, account = timezone.localdate(), _account(request)
    clock.catch_up(timezone.now())
    everything = doors.waiting(account, today)
    found, asked = _filtered(request, everything, today)
    if asked_format(request):
        return download(request, _("Reviews"), {"reviews": listing.grid(listing.each_row(found, today))},
                        [_("Reviews"), today.isoformat()])  # fmt: skip
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    steps = list(page.object_list)
    tied = checked(account, [one.declaration for one in steps], today, [one.pk for one in steps])
    reason = {pk: one.conflict.reason.say(get_language() or "") for pk, one in tied.items() if one.conflict}
    shown = {
        "page": page, "asked": asked, "total": everything.count(),
        "late": everything.filter(due__lt=today).count(),
        "rows": [(row, reason.get(row.step.declaration_id, "")) for row in listing.rows(steps, today)],
        "rounds": Round.objects.filter(pk__in=everything.values("declaration__round")),
        "levels": [(code, listing.level_name(code)) for code in
                   sorted(set(everything.order_by().values_list("code", flat=True)))],
    }  # fmt: skip
    return render(request, "reviews/reviews.html", shown)


def _filtered(request: HttpRequest, found: Any, today: Any) -> tuple[Any, dict[str, str]]:
    """What is asked for of what waits; anything unknown counts as not asked."""
    asked = {name: request.GET.get(name, "") for name in ("round", "step", "which")}
    if (this := as_number(asked["round"])) is not None:
        found = found.filter(declaration__round=this)
    if asked["step"]:
        found = found.filter(code=asked["step"][:40])
    if asked["which"] == "late":
        found = found.filter(due__lt=today)
    return found, asked


@login_required
@require_safe
def step(request: HttpRequest, step: int) -> HttpResponseBase:
    """One step: what is declared and what it earns, what changed since it was returned, what was said as far as it is
    open, the way so far.
    """
    today, account = timezone.localdate(), _account(request)
    clock.catch_up(timezone.now())
    mine = _one(account, step)
    form = form_of(mine.declaration)
    names = _names(form)
    way = listing.history(mine.declaration, today)
    here = next(one for one in way if one.row.step.pk == mine.pk)
    if asked_format(request):
        return download(request, here.row.name, {"way": listing.past_grid(way, names)},
                        [here.row.name, today.isoformat()], path=mine.declaration.path)  # fmt: skip
    conflict = checked(account, [mine.declaration], today, [mine.pk])[mine.declaration_id].conflict
    judges = doors.holds(account, mine, today, doors.either)
    shown = {
        "here": here, "form": form, "way": way, "names": names, "said": listing.said_at(mine, account, today, names),
        "changes": listing.changes(mine, names), "trail": _trail(here.row),
        "acts": {name: OF_STEP[name] for name in listing.open_acts(account, mine, today)} if not conflict else {},
        "conflict": conflict.reason.say(get_language() or "") if conflict and judges else "",
        "named": mine.assignments.select_related("person") if doors.reads_opinions(account, mine, today) else (),
    }  # fmt: skip
    return render(request, "reviews/step.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_step(request: HttpRequest, step: int, act: str) -> HttpResponse:
    """Give an opinion, conclude, name somebody, take over, note that one has looked."""
    today, account = timezone.localdate(), _account(request)
    mine = _one(account, step)
    if act not in OF_STEP or act not in listing.open_acts(account, mine, today):
        raise Http404(act)
    writing = writing_scope(account, today)
    row = listing.rows([mine], today)[0]
    form = OF_STEP[act](request.POST or None, about=mine, actor=account,
                        scope=writing, today=today)  # fmt: skip
    return answered(request, form, row.name, reverse("review", args=[mine.pk]),
                    [*_trail(row, last=False), {"label": form.verb, "url": ""}])  # fmt: skip


@login_required
@require_safe
def round_reviews(request: HttpRequest, round: int) -> HttpResponseBase:
    """How much of a round waits where, what is late, who returns what to whom, which bodies are missing."""
    today, account = timezone.localdate(), _account(request)
    clock.catch_up(timezone.now())
    scope = scope_of(account, today)
    this = one_of(scope, round)
    heaps = workload.heaps(scope, this, today)
    levels, reaches = workload.levels(scope, this, heaps), workload.reaches(scope, this, today, heaps)
    thin, gaps = workload.thin(scope, this, today), workload.gaps(scope, this)
    if asked_format(request):
        grids = {"levels": workload.level_grid(levels), "units": workload.reach_grid(reaches),
                 "thin": workload.thin_grid(thin), "gaps": workload.gap_grid(gaps)}  # fmt: skip
        title = f"{this.name} {_('Reviews')}"
        return download(request, title, grids, [title, today.isoformat()], path=this.path)
    shown = {
        "round": this, "levels": levels, "reaches": reaches, "thin": thin, "gap_number": gaps.count(),
        "gaps": workload.gap_rows(gaps[:GAPS]),
        "trail": [*trail(this, last=False), {"label": _("Reviews"), "url": ""}],
        "bulk": doors.waiting(account, today).filter(declaration__round=this).exists(),
    }  # fmt: skip
    return render(request, "reviews/round.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest, round: int) -> HttpResponseBase:
    """Pass together what is confirmed, once the drawn sample was opened."""
    today, account = timezone.localdate(), _account(request)
    this = one_of(scope_of(account, today), round)
    found = bulk_of(account, this, today)
    form = PassInBulk(request.POST or None, about=this, actor=account, scope=writing_scope(account, today), today=today)
    back = reverse("round_reviews", args=[this.pk])
    way = [*trail(this, last=False), {"label": _("Reviews"), "url": back}, {"label": form.verb, "url": ""}]
    if request.method == "POST" and found.steps:
        return answered(request, form, this.name, back, way)
    sample = {row.step.pk: row for row in listing.rows([found.steps[code] for code in found.sample], today)}
    rows = [(sample[found.steps[code].pk], code in found.looked) for code in found.sample]
    if asked_format(request):
        grid = listing.grid(sample[found.steps[code].pk] for code in found.sample)
        return download(request, f"{this.name} {form.verb}", {"sample": grid}, [this.name], path=this.path)
    hindrance = found.hindrance
    shown = {"round": this, "found": found, "rows": rows, "form": form, "trail": way, "back": back,
             "hindrance": hindrance.say(get_language() or "") if hindrance else ""}  # fmt: skip
    return render(request, "reviews/bulk.html", shown)


def _one(account: Account, step: int) -> Step:
    """A step that somebody sees. Raises Http404 for any other."""
    mine: Step | None = doors.steps(account, timezone.localdate()).filter(pk=step).first()
    if mine is None:
        raise Http404(step)
    return mine


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def _names(form: Any) -> dict[str, str]:
    """The items by what they are called."""
    language = get_language() or ""
    names = {entry.item.code: entry.item.name.say(language) for part in form.parts for entry in part.entries}
    files = {f"files {code}": _("%(item)s: files") % {"item": name} for code, name in names.items()}
    return {**names, **files, "served": _("Households or people served")}


def _trail(row: listing.Row, *, last: bool = True) -> list[dict[str, str]]:
    here = "" if last else reverse("review", args=[row.step.pk])
    return [{"label": _("Reviews"), "url": reverse("reviews")}, {"label": f"{row.name} · {row.level}", "url": here}]
