"""The pages of paper ballots: which piles of a round are entered, and one to be entered. No page tells what stands on
a ballot but the one on which two looks differ, to the person who takes the third.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.ballots import actions, doors, listing
from baolei.ballots.counted import OUT
from baolei.ballots.forms import EnterPile, told
from baolei.ballots.models import Pile
from baolei.declarations.models import Declaration
from baolei.declarations.views import rows as branches
from baolei.organisations.doors import both_scopes, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.people_views import in_words
from baolei.people.models import Account
from baolei.programme import piles as rules
from baolei.programme.refusals import Refusal
from baolei.programme.standard.edition import Edition, Source
from baolei.rounds.models import Round
from baolei.rounds.views import one_of, trail
from baolei.standards.at_hand import at_hand

PAGE = 20
"""Branches on a page; each has a row for every source that is asked."""


@login_required
@require_safe
def piles(request: HttpRequest, round: int) -> HttpResponseBase:
    """The piles of a round that I may enter, by where they stand."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    if not writing.units:
        raise Http404(round)
    found = doors.counted_by(writing).filter(round=this, submitted_at__isnull=False).exclude(state__in=OUT)
    numbers = listing.numbers(found)
    which = request.GET.get("which", "") if request.GET.get("which") in numbers else ""
    chosen = found.filter(pk__in=listing.standing_so(which).values("declaration")) if which else found
    chosen = chosen.order_by("path", "pk")
    if asked_format(request):
        title = f"{this.name} {_('Paper ballots')}"
        return download(request, title, {"piles": listing.grid(listing.each_row(chosen, which))},
                        [title, today.isoformat()], path=this.path)  # fmt: skip
    page = Paginator(chosen, PAGE).get_page(request.GET.get("page"))
    said = listing.said()
    shown = {
        "round": this, "page": page, "rows": listing.rows(list(page.object_list), which), "which": which,
        "standings": [(code, said[code], number) for code, number in numbers.items()], "collected": _collected(this),
        "trail": [*trail(this, last=False), {"label": _("Paper ballots"), "url": ""}],
    }  # fmt: skip
    return render(request, "ballots/piles.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pile(request: HttpRequest, declaration: int, source: str) -> HttpResponse:
    """Enter the ballots of a source about a branch: the first look, the second, or the one that settles."""
    today, actor = timezone.localdate(), request.user
    assert isinstance(actor, Account)
    mine = doors.counted_by(writing_scope(actor, today)).filter(pk=declaration).first()
    edition = at_hand(mine.round.edition) if mine else None
    asked = next((one for one in edition.asked() if one.code == source), None) if edition else None
    if mine is None or edition is None or asked is None:
        raise Http404(source)
    form = EnterPile(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _entered(actor, mine, source, form)
        except Refusal as refusal:
            form.add_error(None, in_words(refusal))
        else:
            messages.success(request, told(made))
            return redirect("piles", mine.round_id)
    shown = {**_shown(actor, mine, edition, asked), "form": form}
    return render(request, "ballots/pile.html", shown, status=422 if form.is_bound else 200)


def _entered(actor: Account, mine: Declaration, source: str, form: EnterPile) -> Pile:
    said = form.cleaned_data
    return actions.enter_pile(actor=actor, now=timezone.now(), declaration=mine, source=source, text=said["papers"],
                              issued=said["issued"], spoiled=said["spoiled"])  # fmt: skip


def _shown(actor: Account, mine: Declaration, edition: Edition, asked: Source) -> dict[str, Any]:
    language, looks = get_language() or "", actions.looks_at(mine, asked.code)
    standing = listing.standing(looks)
    looked = actor.pk in {one.by_id for one in looks}
    takes = may_look(actor, mine, looks)
    branch = branches([mine])[0]
    way = [*trail(mine.round, last=False),
           {"label": _("Paper ballots"), "url": reverse("piles", args=[mine.round_id])},
           {"label": f"{branch.name} · {asked.name.say(language)}", "url": ""}]  # fmt: skip
    return {
        "branch": branch, "source": asked, "trail": way, "looks": looks, "standing": listing.said()[standing],
        "takes": takes, "looked": looked, "settled": next((one for one in looks if one.agrees), None),
        "differing": differing(looks) if takes and standing == listing.DIFFERS else (),
        "questions": [one.text.say(language) for one in edition.questions[asked.code]],
        "signs": signs(edition),
    }  # fmt: skip


def signs(edition: Edition) -> list[tuple[str, str]]:
    """The signs of which a ballot is written, and what each says."""
    language = get_language() or ""
    grades = [(str(place), one.name.say(language)) for place, one in enumerate(edition.grades, 1)]
    return [*grades, (rules.UNKNOWN, _("don't know")), (rules.BLANK, _("left blank"))]


def may_look(actor: Account, mine: Declaration, looks: list[Pile]) -> bool:
    """Whether the next look at a pile may be this person's."""
    settled = listing.standing(looks) == listing.SETTLED
    mine_already = actor.pk in {one.by_id for one in looks} or actor.pk == mine.submitted_by_id
    return actions.takes_ballots(mine) and not settled and not mine_already


def differing(looks: list[Pile]) -> list[tuple[str, list[tuple[str, int]]]]:
    """What only one of the first two looks has: each ballot once, and how often."""
    first, second = rules.differences(looks[0].papers, looks[1].papers)
    titles = (_("Only in the first look"), _("Only in the second look"))
    return [
        (title, [(_("spoiled paper") if paper == rules.SPOILED else paper, often)
                 for paper, often in sorted(Counter(papers).items())])
        for title, papers in zip(titles, (first, second), strict=True)
    ]  # fmt: skip


def _collected(this: Round) -> bool:
    return this.phase == rules.PHASE
