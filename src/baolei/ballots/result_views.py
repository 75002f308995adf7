"""The pages of what was published: the results of a round by unit, one poll with its proof and the files to check it
by, and in plain words how these ballots work.
"""

from __future__ import annotations

import hashlib
import tempfile
from io import BytesIO
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.ballots import doors, remarks, results
from baolei.ballots.models import Poll, Publication, Sealing, Total
from baolei.ballots.poll_views import acts_on_polls, origin
from baolei.ballots.urns import opened, sealing_key
from baolei.organisations.directory import names_of
from baolei.organisations.doors import Scope, both_scopes, scope_of
from baolei.organisations.downloads import SMALL, asked_format, download, send
from baolei.organisations.models import WIDTH
from baolei.people.models import Account
from baolei.people.roles import allowing
from baolei.programme.ballot.publication import SLIPS
from baolei.programme.standard.edition import Edition, Source
from baolei.programme.visibility import least_of
from baolei.rounds.models import Round
from baolei.rounds.views import one_of, trail
from baolei.standards.at_hand import at_hand
from baolei.urn.host import PAGE as PAGE_FOLDER
from baolei.urn.host import page_files
from baolei.urn.sealing import tallied
from baolei.urn.store import PHASES, PUBLISHED, SEALED
from baolei.warehouse import tally_bundle
from baolei.warehouse.rulebook import visibility
from baolei.warehouse.spreadsheets import Column, Grid
from baolei.warehouse.verify_tally import fingerprint

PAGE = 25
"""Units or branches on a page."""
EVERYBODY, AUDITOR = "everybody", "auditor"
ZIP, SCRIPT = "application/zip", "text/x-python; charset=utf-8"


# ---- the results of a round ----


@login_required
@require_safe
def poll_results(request: HttpRequest, round: int) -> HttpResponseBase:
    """What was published of the ballots of a round, in my part of the tree: a unit, and what lies right below it."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    if not scope.units:
        raise Http404(round)
    edition, acts = at_hand(this.edition), acts_on_polls(writing, this)
    mine: Publication | None = Publication.objects.filter(round=this).select_related("by").first()
    shown: dict[str, Any] = {
        "round": this, "publication": mine, "acts": {name: acts[name] for name in ("publish",) if name in acts},
        "trail": _way(this, last=True), "remarks": remarks.waiting(writing, this).count(),
    }  # fmt: skip
    if mine is None or mine.state != Publication.DONE:
        if asked_format(request):
            return download(request, _title(this), {"totals": _empty()}, [_title(this)], path=this.path)
        return render(request, "ballots/results.html", shown)
    source = _source(request, edition)
    found = results.totals(scope, mine, source)
    here = _here(request, found, scope, this)
    below = results.directly_below(found, here)
    at = list(found.filter(path=here, declaration=None).order_by("kind"))
    if asked_format(request):
        grids = {
            "totals": results.grid(results.rows(at, edition, source), edition, source),
            "below": results.grid(
                results.each_row(below, edition, source), edition, source, _("Units and branches below")
            ),
        }
        return download(request, _title(this), grids, [_title(this), f"SHA-256 {mine.digest}"], path=here)
    page = Paginator(below, PAGE).get_page(request.GET.get("page"))
    language = get_language() or ""
    shown |= {
        "here": results.rows(at, edition, source), "page": page, "source": source.code,
        "rows": _with_polls(results.rows(list(page.object_list), edition, source), source),
        "tones": results.tones(edition), "sources": [(one.code, one.name.say(language)) for one in edition.asked()],
        "questions": [one.text.say(language) for one in edition.questions[source.code]],
        "least": least_of(visibility(), source), "trail": [*_way(this), *_above(found, here, source)],
        "parts": _parts(found, scope, this), "unit": request.GET.get("unit", ""),
    }  # fmt: skip
    return render(request, "ballots/results.html", shown)


def _title(this: Round) -> str:
    return f"{this.name} {_('Results of the polls')}"


def _empty() -> Grid:
    return Grid(_("Results of the polls"), (Column(_("Unit or branch")),), ())


def _source(request: HttpRequest, edition: Edition) -> Source:
    asked = edition.asked()
    return next((one for one in asked if one.code == request.GET.get("source")), asked[0])


def _here(request: HttpRequest, found: Any, scope: Scope, this: Round) -> str:
    """The path of the unit asked for, else where my part begins. Raises Http404 for one that is not mine."""
    asked = request.GET.get("unit", "")
    if not asked:
        return results.roots(scope, this)[0] if results.roots(scope, this) else this.path
    path = (
        found.filter(unit=asked).values_list("path", flat=True).first() if asked.isascii() and asked.isdigit() else None
    )
    if path is None:
        raise Http404(asked)
    return str(path)


def _parts(found: Any, scope: Scope, this: Round) -> list[tuple[int, str]]:
    """The units at which my part begins, where there are several."""
    paths = results.roots(scope, this)
    if len(paths) < 2:
        return []
    return list(found.filter(path__in=paths, declaration=None).order_by("unit").values_list("unit", "name").distinct())


def _way(this: Round, *, last: bool = False) -> list[dict[str, str]]:
    here = {"label": _("Results of the polls"), "url": "" if last else reverse("poll_results", args=[this.pk])}
    return [*trail(this, last=False), {"label": _("Polls"), "url": reverse("polls", args=[this.pk])}, here]


def _above(found: Any, here: str, source: Source) -> list[dict[str, str]]:
    """The units from where my part begins down to this one."""
    paths = [here[:end] for end in range(WIDTH, len(here) + 1, WIDTH)]
    listed = (
        found.filter(path__in=paths, declaration=None).order_by("path").values_list("path", "unit", "name").distinct()
    )
    return [{"label": name, "url": "" if path == here else f"?source={source.code}&unit={unit}"}
            for path, unit, name in listed.distinct()]  # fmt: skip


def _with_polls(listed: list[results.Row], source: Source) -> list[tuple[results.Row, int | None]]:
    """Rows, each with the poll of a branch, which leads to its proof."""
    asked = [row.total.declaration_id for row in listed if row.total.declaration_id]
    polls = Poll.objects.filter(declaration__in=asked, source=source.code, phase=PUBLISHED)
    found: dict[int, int] = dict(polls.values_list("declaration", "pk"))
    return [(row, found.get(row.total.declaration_id or 0)) for row in listed]


# ---- one poll and its proof ----


@login_required
@require_safe
def poll(request: HttpRequest, poll: int) -> HttpResponseBase:
    """A poll as it was sealed: head, root, signature, what became of the slips, what was published, files to check."""
    mine, scope = _poll_of(request, poll)
    audits, declaration, language = scope is None, mine.declaration, get_language() or ""
    source, branch = _source_of(mine), declaration.organisation_id
    shown: dict[str, Any] = {
        "poll": mine, "number": spaced(mine.short), "phase": PHASES[mine.phase].say(language),
        "source": source.name.say(language), "branch": names_of([branch])[branch],
        "audits": audits, "receipts": f"{origin(request)}/b/receipt.html", "enough": _enough(mine),
        "script": hashlib.sha256(tally_bundle.script()).hexdigest(), "least": least_of(visibility(), source),
    }  # fmt: skip
    facts = []
    if shown["enough"]:
        with opened() as urn:
            sealed = urn.sealed(mine.key)
        if sealed:
            shown |= {"head": sealed.head, "signature": sealed.signature.hex(), "key": _house_key()}
            facts = _facts(sealed.head)
    edition = at_hand(declaration.round.edition)
    totals = Total.objects.filter(declaration=declaration, source=mine.source).order_by("kind")
    rows = results.rows(totals, edition, source) if shown["enough"] else []
    if asked_format(request):
        grid = Grid(_("Poll"), (Column(_("Slips and ballots")), Column(_("How many"), "whole")), facts)
        grids = {"poll": grid, "totals": results.grid(rows, edition, source)}
        return download(request, f"{_('Poll')} {mine.short}", grids, [mine.number], path=declaration.path)
    shown |= {
        "facts": facts, "rows": rows, "tones": results.tones(edition),
        "words": remarks.shown(mine, scope) if scope else (),
    }  # fmt: skip
    way = [{"label": _("Audit of the polls"), "url": reverse("audit_polls")}] if audits else _way(declaration.round)
    shown["trail"] = [*way, {"label": f"{_('Poll')} {shown['number']}", "url": ""}]
    return render(request, "ballots/poll.html", shown)


def _poll_of(request: HttpRequest, number: int) -> tuple[Poll, Scope | None]:
    """A poll that I see, and by which scope; None as an auditor. Raises Http404 for any other."""
    today, account = timezone.localdate(), request.user
    assert isinstance(account, Account)
    found, scope = Poll.objects.select_related("declaration__round").filter(pk=number), None
    if not audits_ballots(account):
        scope = scope_of(account, today)
        if not scope.units:
            raise Http404(number)
        found = found.filter(declaration__in=doors.counted_by(scope).values("pk"))
    mine: Poll | None = found.first()
    if mine is None:
        raise Http404(number)
    return mine, scope


def audits_ballots(account: Account) -> bool:
    """Whether somebody audits ballots: who reads the ledger of the whole house, and has no other work in it. Who leads
    a round, counts or answers for branches does not: who reads ballots with their leaves and is shown a receipt finds
    the ballot.
    """
    return any(one.role in allowing("read_ledger") for one in account.in_force(timezone.localdate()))


def _source_of(mine: Poll) -> Source:
    return next(one for one in at_hand(mine.declaration.round.edition).asked() if one.code == mine.source)


def _enough(mine: Poll) -> bool:
    """Whether a poll is sealed with so many ballots in it that their number may be told."""
    return mine.phase in (SEALED, PUBLISHED) and (mine.cast or 0) >= least_of(visibility(), _source_of(mine))


def _facts(head: Any) -> list[tuple[str, int]]:
    return [
        (_("slips and tokens out"), head["issued"]), (pgettext("ballots", "cast"), head["cast"]),
        (pgettext("slips", "unused"), head["unused"]), (pgettext("slips", "spoiled"), head["spoiled"]),
    ]  # fmt: skip


def _house_key() -> str:
    """By which people know the key that seals: as `verify_tally.py` prints it."""
    return fingerprint(sealing_key().public_key())


@login_required
@require_safe
def poll_bundle(request: HttpRequest, poll: int, kind: str) -> HttpResponseBase:
    """The tally of a poll as a file: everybody's, with the totals where they were published; the auditors', with every
    ballot. Of fewer ballots than may be told of there is neither.
    """
    mine, scope = _poll_of(request, poll)
    audits = scope is None
    if not _enough(mine) or kind not in (EVERYBODY, AUDITOR) or (kind == AUDITOR) is not audits:
        raise Http404(kind)
    with opened() as urn:
        sealed = urn.sealed(mine.key)
    if sealed is None:
        raise Http404(poll)
    whole, key = tallied(sealed), sealing_key()
    files = tally_bundle.auditors(whole, key) if audits else tally_bundle.everybodys(whole, key, _exact(mine))
    body = tempfile.SpooledTemporaryFile(max_size=SMALL)  # noqa: SIM115  the answer closes it
    tally_bundle.write(files, body)
    name = f"{mine.short}-{kind}.zip"
    return send(request, body, ZIP, name, rows=len(whole.leaves), path="" if audits else mine.declaration.path)


def _exact(mine: Poll) -> list[int] | None:
    """The questions whose numbers were published of a poll by itself; None where nothing was."""
    total = Total.objects.filter(declaration=mine.declaration_id, source=mine.source, kind=SLIPS, why="").first()
    if total is None or mine.phase != PUBLISHED:
        return None
    return [place for place, said in enumerate(total.said) if isinstance(said, list)]


@require_safe
def verify_tally(request: HttpRequest) -> HttpResponseBase:
    """The script that checks a bundle, for everybody."""
    return send(request, BytesIO(tally_bundle.script()), SCRIPT, "verify_tally.py", rows=0)


@login_required
@require_safe
def audit_polls(request: HttpRequest) -> HttpResponseBase:
    """The sealed polls of the whole house, for those who audit ballots; found by what stands on a slip."""
    account = request.user
    assert isinstance(account, Account)
    if not audits_ballots(account):
        raise Http404
    asked = "".join(sign for sign in request.GET.get("q", "") if sign.isdigit())
    found = Poll.objects.filter(phase__in=(SEALED, PUBLISHED), short__startswith=asked)
    found = found.select_related("declaration__round").order_by("-declaration__round", "short")
    if asked_format(request):
        grid = Grid(_("Polls"), (Column(_("Round")), Column(_("Number")), Column(_("Root"))),
                    ((one.declaration.round.name, one.short, one.root) for one in found.iterator()))  # fmt: skip
        return download(request, _("Audit of the polls"), {"polls": grid}, [_("Audit of the polls")])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    listed = [(one, spaced(one.short)) for one in page.object_list]
    return render(request, "ballots/audit.html", {"page": page, "rows": listed})


def spaced(short: str) -> str:
    """The number of a poll as a slip prints it."""
    return " ".join(short[at : at + 3] for at in range(0, len(short), 3))


# ---- in plain words ----


@require_safe
def how_ballots_work(request: HttpRequest) -> HttpResponse:
    """What is protected, what is not, how anybody checks it; with the hash of everything the ballot page is made of."""
    files = [
        (address, len(one.plain), hashlib.sha256(one.plain).hexdigest())
        for address, one in page_files(PAGE_FOLDER).items()
    ]
    return render(request, "ballots/how.html", {
        "files": files, "origin": origin(request), "key": _house_key() if Sealing.objects.exists() else "",
        "script": hashlib.sha256(tally_bundle.script()).hexdigest(),
    })  # fmt: skip
