"""The pages of public notices that everybody sees without logging in: the names, how to object, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from baolei.naming import content
from baolei.naming.models import Line, Paper
from baolei.naming.paper_views import file_answer
from baolei.notices import actions, listing
from baolei.notices.forms import Follow, Raise
from baolei.notices.models import Objection, Posting
from baolei.organisations.directory import pieces
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState
from baolei.organisations.people_views import in_words
from baolei.organisations.units import NotPossible
from baolei.programme.notice import OBJECTION, is_settled
from baolei.programme.papers import NOTICE
from baolei.programme.refusals import Refusal
from baolei.standards.at_hand import at_hand

PAGE = 50


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Every list that is or was laid open, the latest first."""
    found = Posting.objects.select_related("list__round").order_by("-first", "-pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/notices.html", {"page": page, "today": timezone.localdate()})


@require_safe
def notice(request: HttpRequest, round: int) -> HttpResponseBase:
    """A list laid open: its names by unit and field with tier and strengths, its days, what objections came to."""
    today, posting = timezone.localdate(), posting_of(round)
    this = posting.list.round
    edition = at_hand(this.edition)
    asked = request.GET.get("q", "")[:100].strip()
    found = called(posting, asked).order_by("declaration__path", "field", "pk")
    if asked_format(request):
        every = (one for some in pieces(found) for one in listing.names(list(some), today))
        title = f"{this.name} {_('Public notice')}"
        return download(request, title, {"names": listing.names_grid(every, edition)}, [title], path=this.path)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    language = get_language() or ""
    strengths = [f"{one.name.say(language)} %" for one in edition.strengths]
    sources = [_("%(source)s: ballots") % {"source": one.name.say(language)} for one in edition.asked()]
    rows = [
        (one, list(zip(strengths, one.strengths, strict=True)), list(zip(sources, one.ballots, strict=True)))
        for one in listing.names(list(page.object_list), today)
    ]
    shown = {
        "posting": posting, "round": this, "page": page, "rows": rows, "heads": [*strengths, *sources], "asked": asked,
        "open": posting.first <= today <= posting.last, "counts": listing.counts(posting),
        "changed": listing.changed(posting), "printed": _printed(posting),
    }  # fmt: skip
    return render(request, "notices/notice.html", shown)


@require_safe
def notice_file(request: HttpRequest, round: int) -> HttpResponseBase:
    """The notice as PDF, for printing. Raises Http404 while it is not made from the names as they stand."""
    posting = posting_of(round)
    if not _printed(posting):
        raise Http404(round)
    return file_answer(request, posting.list.round, NOTICE, "pdf")


def _printed(posting: Posting) -> bool:
    """Whether the notice was made from the names as they stand now."""
    mine = Paper.objects.filter(list=posting.list_id, kind=NOTICE, state=Paper.DONE).first()
    return mine is not None and mine.of == content.state_of(posting.list)


def called(posting: Posting, asked: str) -> Any:
    """The names on a list laid open in which these words stand; all of them for none."""
    found = posting.list.lines.filter(listed=True).select_related("list__round", "list__run", "declaration")
    if not asked:
        return found
    named = OrganisationState.objects.open().filter(name__contains=asked).values("organisation")
    return found.filter(declaration__organisation__in=named)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, round: int) -> HttpResponse:
    """Object to a name on a list, or to its absence; the receipt is shown once."""
    posting = posting_of(round)
    form = Raise(request.POST or None, initial={"branch": request.GET.get("branch", "")[:200]})
    if request.method == "POST" and form.is_valid():
        try:
            made, receipt = taken(posting, form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, in_words(refusal))
        else:
            shown = {"objection": made, "receipt": receipt, "posting": posting, "round": posting.list.round}
            return render(request, "notices/receipt.html", shown)
    shown = {"form": form, "posting": posting, "round": posting.list.round}
    return render(request, "notices/object.html", shown, status=422 if form.is_bound else 200)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """What became of an objection, for whoever holds its receipt: answer, appeal, withdrawal."""
    form = Follow(request.POST or None)
    shown: dict[str, Any] = {"form": form}
    wrong = False
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            mine = actions.of_receipt(said["code"])
            shown |= about(mine)
            shown |= about(followed(mine, said))
        except Refusal as refusal:
            form.add_error(None, in_words(refusal))
    wrong = form.is_bound and bool(form.errors)
    return render(request, "notices/follow.html", shown, status=422 if wrong else 200)


def followed(mine: Objection, said: Mapping[str, Any]) -> Objection:
    """The objection after what its holder asked for, if anything."""
    now = timezone.now()
    if said["act"] == "withdraw":
        return actions.withdraw(now=now, receipt=said["code"])
    if said["act"] == "appeal":
        return actions.appeal(now=now, receipt=said["code"], words=said["words"])
    return mine


def about(mine: Objection) -> dict[str, Any]:
    """What the holder of a receipt is shown: how it stands, what it came to, what may be done."""
    ways = {row.act for row in OBJECTION.ways(mine.state)}
    row = listing.rows([mine], timezone.localdate())[0]
    return {
        "row": row, "objection": mine, "round": mine.posting.list.round, "withdraws": "withdraw" in ways,
        "appeals": "appeal" in ways and not is_settled(mine.state, mine.outcome),
        "appeal_outcome": listing.outcome(mine.appeal_outcome), "outcome": listing.outcome(mine.outcome),
    }  # fmt: skip


def taken(posting: Posting, said: Mapping[str, Any]) -> tuple[Objection, str]:
    """Take in what somebody objects; the objection and its receipt. Raises Refusal."""
    line = _meant(posting, said["branch"].strip(), listed=said["kind"] != actions.OMISSION)
    return actions.object_to(now=timezone.now(), posting=posting, line=line, kind=said["kind"], words=said["words"],
                             name=said["name"], contact=said["contact"])  # fmt: skip


def _meant(posting: Posting, name: str, *, listed: bool) -> Line:
    """The line of the branch of this full name. Raises NotPossible where there is none, or more than one."""
    named = OrganisationState.objects.open().filter(name=name).values("organisation")
    found = list(posting.list.lines.filter(declaration__organisation__in=named, listed=listed)[:2])
    if not found:
        raise NotPossible(_("no such name is on the list: take the full name from the page"))
    if len(found) > 1:
        raise NotPossible(_("several branches have this name: say in your words which one, and ask the office"))
    return found[0]


def posting_of(round: int) -> Posting:
    """The list of a round as it is laid open. Raises Http404 for any other round."""
    found: Posting | None = Posting.objects.select_related("list__round", "list__run").filter(list__round=round).first()
    if found is None:
        raise Http404(round)
    return found
