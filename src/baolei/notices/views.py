"""The pages of objections for those who lead the round, those who look into one, and the branches they are about."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.naming.models import Line, NamingList
from baolei.naming.paper_views import paper_page
from baolei.notices import actions, doors, listing, own
from baolei.notices.forms import OF_OBJECTION, ObjectAsBranch, OnObjection, Post, WordNotice
from baolei.notices.models import Objection, Posting
from baolei.organisations.directory import names_of
from baolei.organisations.doors import Scope, both_scopes, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.people_views import answered
from baolei.programme.notice import OBJECTION, is_settled
from baolei.programme.papers import NOTICE
from baolei.rounds import doors as round_doors
from baolei.rounds.models import Round
from baolei.rounds.views import led_by, one_of, trail


@login_required
@require_safe
def objections(request: HttpRequest, round: int) -> HttpResponseBase:
    """The objections of a round: the queue of those I deal with; of those about my branches only that there are any."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    mine = listing.rows(doors.objections(request.user, writing).filter(posting__list__round=this), today)  # type: ignore[arg-type]
    about = doors.concerning(scope).filter(posting__list__round=this).exclude(pk__in=[row.objection.pk for row in mine])
    others = listing.rows(about, today)
    if asked_format(request):
        grids = {"queue": listing.queue_grid(mine), "told": listing.told_grid(others)}
        return download(request, f"{this.name} {_('Objections')}", grids, [this.name, today.isoformat()],
                        path=this.path)  # fmt: skip
    shown = {
        "round": this, "posting": Posting.objects.filter(list__round=this).first(), "rows": mine,
        "others": [(row.name, listing.told(row)) for row in others], "posts": may_post(writing, this),
        "missing": _missing(writing, this, today),
        "trail": [*trail(this, last=False), {"label": _("Objections"), "url": ""}],
    }  # fmt: skip
    return render(request, "notices/objections.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest, round: int) -> HttpResponse:
    """Lay the list of a round that one leads open."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    this = led_by(writing, round)
    if not may_post(writing, this):
        raise Http404(round)
    form = Post(request.POST or None, about=this, actor=request.user, scope=writing, today=today)
    return answered(request, form, this.name, _queue(this), [*_trail(this), {"label": form.verb, "url": ""}])


def _missing(writing: Scope, this: Round, today: Any) -> list[tuple[Any, str, Any, bool]]:
    """The branches I speak for that are not on the list laid open: line, name, until when, whether it may object."""
    posting = Posting.objects.filter(list__round=this).first()
    if posting is None or not writing.organisations:
        return []
    found = list(own.lines_of(doors.held(writing), this))
    called = names_of(one.declaration.organisation_id for one in found)
    return [
        (one, called.get(one.declaration.organisation_id, ""), own.days_for(one, posting).last,
         own.may_object(one, posting, today)) for one in found
    ]  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def object_as_branch(request: HttpRequest, line: int) -> HttpResponse:
    """Object for the branch one speaks for to its name being missing."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    mine = Line.objects.select_related("list__round", "declaration").filter(pk=line).first()
    if mine is None or not acts_of_branch(writing, mine, today):
        raise Http404(line)
    form = ObjectAsBranch(request.POST or None, about=mine, actor=request.user, scope=writing, today=today)
    this, whose = mine.list.round, mine.declaration.organisation_id
    way = [*_trail(this), {"label": form.verb, "url": ""}]
    return answered(request, form, names_of([whose]).get(whose, ""), _queue(this), way)


def acts_of_branch(writing: Scope, line: Line, today: date) -> dict[str, type[ObjectAsBranch]]:
    """What somebody who speaks for the branch of a line may do about its name: object to its missing, in its days."""
    posting = Posting.objects.filter(list=line.list_id).first()
    may = posting is not None and doors.speaks_for(writing, line) and own.may_object(line, posting, today)
    return {"object": ObjectAsBranch} if may else {}


@login_required
@require_safe
def notice_paper(request: HttpRequest, round: int) -> HttpResponse:
    """The notice of a list laid open as a paper to print: how far it is, its files, its words."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    words = reverse("word_notice_paper", args=[this.pk]) if _posting(writing, this) else ""
    return paper_page(request, this, NOTICE, {
        "heading": _("Notice to print"), "words": words, "here": reverse("notice_paper", args=[this.pk]),
        "none": _("Once the list is laid open, whoever leads the round words the notice here."),
        "trail": [*_trail(this), {"label": _("Notice to print"), "url": ""}],
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def word_notice_paper(request: HttpRequest, round: int) -> HttpResponse:
    """Word the notice of a list that one has laid open."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    this = one_of(writing, round)
    posting = _posting(writing, this)
    if posting is None:
        raise Http404(round)
    form = WordNotice(request.POST or None, about=posting.list, actor=request.user, scope=writing, today=today)
    back = reverse("notice_paper", args=[this.pk])
    return answered(request, form, this.name, back, [*_trail(this), {"label": form.verb, "url": ""}])


def _posting(writing: Scope, this: Round) -> Posting | None:
    """The posting of a round that this scope leads."""
    if not round_doors.leads(writing, this):
        return None
    found: Posting | None = Posting.objects.filter(list__round=this).select_related("list__round").first()
    return found


@login_required
@require_safe
def objection(request: HttpRequest, objection: int) -> HttpResponseBase:
    """One objection, for whoever leads the round or looks into it; who raised it only for the latter."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    mine = _one(request, writing, objection)
    row, this = listing.rows([mine], today)[0], mine.posting.list.round
    leads = round_doors.leads(writing, this)
    if asked_format(request):
        return download(request, f"{_('Objection')} {mine.pk}", {"queue": listing.queue_grid([row])}, [this.name],
                        path=this.path)  # fmt: skip
    shown = {
        "row": row, "objection": mine, "acts": acts_on(request.user, writing, mine),
        "outcome": listing.outcome(mine.outcome),
        "appeal_outcome": listing.outcome(mine.appeal_outcome), "passed_to": actions.kind_of(mine).passed_to,
        "by": actions.raised_by(mine) if not mine.own and doors.looks_into(request.user, mine) else None,
        "inside": leads or doors.looks_into(request.user, mine),
        "trail": [*_trail(this), {"label": f"{row.name} {mine.pk}", "url": ""}],
    }  # fmt: skip
    return render(request, "notices/objection.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_objection(request: HttpRequest, objection: int, act: str) -> HttpResponse:
    """Acknowledge an objection, pass it on, answer it."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    mine = _one(request, writing, objection)
    offered = acts_on(request.user, writing, mine)
    if act not in offered:
        raise Http404(act)
    # A form without a field to fill in is sent empty all the same.
    data = request.POST if request.method == "POST" else None
    form = offered[act](data, about=mine, actor=request.user, scope=writing, today=today)
    name = f"{listing.rows([mine], today)[0].name} {mine.pk}"
    still = doors.looks_into(request.user, mine) and not round_doors.leads(writing, mine.posting.list.round)
    back = _queue(mine.posting.list.round) if still else reverse("objection", args=[mine.pk])
    way = [*_trail(mine.posting.list.round), {"label": name, "url": reverse("objection", args=[mine.pk])},
           {"label": form.verb, "url": ""}]  # fmt: skip
    return answered(request, form, name, back, way)


def acts_on(account: Any, writing: Scope, mine: Objection) -> dict[str, type[OnObjection]]:
    """What may be done with an objection now, by this account."""
    here = actions.kind_of(mine).passed_to is None
    leads, handles = round_doors.leads(writing, mine.posting.list.round), doors.looks_into(account, mine)
    speaks = mine.own and doors.speaks_for(writing, mine.line)
    ways = {row.act for row in OBJECTION.ways(mine.state)}
    allowed = {
        "withdraw": speaks and "withdraw" in ways,
        "appeal": speaks and "appeal" in ways and not is_settled(mine.state, mine.outcome),
        "acknowledge": leads and here and mine.state == "received",
        "pass-on": leads and not here and mine.state == "received",
        "reassign": leads and (mine.state == "overdue" or (mine.state == "appealed" and not mine.appeal_handler_id)),
        "answer": handles and mine.state == "handling",
        "answer-appeal": handles and mine.state == "appealed" and bool(mine.appeal_handler_id),
    }
    return {name: form for name, form in OF_OBJECTION.items() if allowed[name]}


def may_post(writing: Scope, this: Round) -> bool:
    """Whether this scope may lay the list of a round open now."""
    waits = NamingList.objects.filter(round=this, posting=None).exists()
    return bool(waits and this.phase == actions.PHASE and round_doors.leads(writing, this))


def _one(request: HttpRequest, writing: Scope, objection: int) -> Objection:
    found: Any = doors.objections(request.user, writing).filter(pk=objection).first()  # type: ignore[arg-type]
    if found is None:
        raise Http404(objection)
    mine: Objection = found
    return mine


def _queue(this: Round) -> str:
    return reverse("objections", args=[this.pk])


def _trail(this: Round) -> list[dict[str, str]]:
    return [*trail(this, last=False), {"label": _("Objections"), "url": _queue(this)}]
