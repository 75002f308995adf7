"""The pages of evidence: what a branch's records say of each item, the rows behind one, what the branch says to it, and
how much of each field nobody has to type.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.declarations import doors, evidence
from baolei.declarations.evidence_forms import AnswerDispute, SayNotRight
from baolei.declarations.sources import KNOWN, fact_of, rows_of
from baolei.organisations import doors as tree_doors
from baolei.organisations.asked import asked_organisation, asked_year
from baolei.organisations.doors import Scope, both_scopes, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState
from baolei.organisations.people_views import answered
from baolei.organisations.trails import down_to_organisation
from baolei.programme.evidence import up_to
from baolei.programme.refusals import EditionRefused
from baolei.programme.standard.edition import Edition
from baolei.standards.at_hand import at_hand, codes_at_hand

YEARS = 3
"""The years that are offered: this one and those before."""


@login_required
@require_safe
def of_branch(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """What the records of a branch say of every item of its field, in a year as far as it is over."""
    today = timezone.localdate()
    scope, _writing = both_scopes(request.user, today, today)
    state = asked_organisation(scope, organisation)
    year = asked_year(request, today)
    edition = evidence.edition_of(state)
    told = evidence.told_of(state, edition, year, up_to(year, today)) if edition else []
    if asked_format(request):
        title = _("%(name)s: evidence %(year)d") % {"name": state.name, "year": year}
        return download(request, title, {"evidence": evidence.told_grid(told)}, [title, today.isoformat()],
                        path=tree_doors.home_path(state))  # fmt: skip
    shown = {
        "state": state, "told": told, "year": year, "years": range(today.year, today.year - YEARS, -1),
        "edition": edition, "known": sum(one.fact is not None for one in told),
        "trail": [*down_to_organisation(state, scope), {"label": _("Evidence"), "url": ""}],
    }  # fmt: skip
    return render(request, "declarations/evidence.html", shown)


@login_required
@require_safe
def of_item(request: HttpRequest, organisation: int, item: str) -> HttpResponseBase:
    """The rows behind the fact of one item, and what the branch and those above it have said to it."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    state, year = asked_organisation(scope, organisation), asked_year(request, today)
    named = _item(state, item)
    rows = rows_of(item, organisation, year, up_to(year, today))
    if asked_format(request):
        title = f"{state.name} {named} {year}"
        return download(
            request,
            title,
            {"rows": evidence.row_grid(rows)},
            [title, today.isoformat()],
            path=tree_doors.home_path(state),
        )
    said = list(doors.disputes(scope).filter(organisation=organisation, item=item, year=year))
    shown = {
        "state": state, "name": named, "item": item, "rows": rows, "fact": fact_of(rows),
        "year": year, "years": range(today.year, today.year - YEARS, -1), "disputes": said,
        "disputes_it": bool(rows) and all(one.answered_on for one in said)
        and tree_doors.held_by(writing, organisation),
        "answers": tree_doors.from_above(writing, state), "trail": _way(state, scope, named),
    }  # fmt: skip
    return render(request, "declarations/evidence_item.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def say_not_right(request: HttpRequest, organisation: int, item: str) -> HttpResponse:
    """Call the fact of an item not right."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    state, year = asked_organisation(writing, organisation), asked_year(request, today)
    if not tree_doors.held_by(writing, organisation):
        raise Http404(organisation)
    named = _item(state, item)
    form = SayNotRight(request.POST or None, about=(state.organisation, item, year), actor=request.user, scope=writing,
                       today=today)  # fmt: skip
    back = f"{reverse('evidence_item', args=[organisation, item])}?year={year}"
    return answered(request, form, f"{state.name} {named}", back,
                    _way(state, writing, named, back, {"label": str(form.verb), "url": ""}))  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_dispute(request: HttpRequest, dispute: int) -> HttpResponse:
    """Answer a branch that calls a fact not right."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    one = doors.disputes(writing).filter(pk=dispute, answered_on=None).first()
    if one is None:
        raise Http404(dispute)
    state = asked_organisation(writing, one.organisation_id)
    if not tree_doors.from_above(writing, state):
        raise Http404(dispute)
    named = _item(state, one.item)
    form = AnswerDispute(request.POST or None, about=one, actor=request.user, scope=writing, today=today)
    back = f"{reverse('evidence_item', args=[one.organisation_id, one.item])}?year={one.year}"
    return answered(request, form, f"{state.name} {named}", back,
                    _way(state, writing, named, back, {"label": str(form.verb), "url": ""}))  # fmt: skip


@login_required
@require_safe
def disputes(request: HttpRequest) -> HttpResponse:
    """What branches below me call not right and nobody has answered, the oldest first."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    found = doors.disputes_to_answer(writing).order_by("said_on", "pk")[:100]
    pks = [one.organisation_id for one in found]
    states = {one.organisation_id: one for one in OrganisationState.objects.on(today).filter(organisation__in=pks)}
    editions = evidence.editions_of(states.values())
    rows = [{"one": one, "state": states[one.organisation_id], "name": _named(editions[one.organisation_id], one.item)}
            for one in found if one.organisation_id in states]  # fmt: skip
    return render(request, "declarations/disputes.html", {"rows": rows})


@login_required
@require_safe
def catalogue(request: HttpRequest) -> HttpResponseBase:
    """For every field of an edition how many points nobody types, and which items are asked in the declaration."""
    edition = _edition(request)
    fields = evidence.covered(edition)
    if asked_format(request):
        title = f"{_('Evidence catalogue')} {edition.code}"
        return download(request, title, {"catalogue": evidence.covered_grid(fields)}, [title], path="")
    return render(request, "declarations/evidence_catalogue.html",
                  {"edition": edition, "fields": fields, "editions": codes_at_hand()})  # fmt: skip


def _edition(request: HttpRequest) -> Edition:
    try:
        return at_hand(request.GET.get("edition") or codes_at_hand()[0])
    except EditionRefused as refused:
        raise Http404(str(refused)) from None


def _item(state: OrganisationState, item: str) -> str:
    """What an item of the branch's edition is called. Raises Http404 for one that is not counted from records."""
    return _named(evidence.edition_of(state), item)


def _named(edition: Edition | None, item: str) -> str:
    if edition is None or item not in edition.items or item not in KNOWN:
        raise Http404(item)
    return evidence.named(edition.items[item])


def _way(state: OrganisationState, scope: Scope, name: str, url: str = "", *more: dict[str, str]) -> list[Any]:
    here = {"label": _("Evidence"), "url": reverse("evidence", args=[state.organisation_id])}
    return [*down_to_organisation(state, scope), here, {"label": name, "url": url}, *more]
