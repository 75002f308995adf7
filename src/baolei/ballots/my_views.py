"""A member's own pages: in which polls a token can be taken, and the one on which it is signed.

The token itself is made on the ballot page, which stands under another origin and has no cookies. Between the two only
the blinded message and its signature pass, after the `#` of an address, so that no server is sent them by following it.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.ballots import electors, taking
from baolei.ballots.models import Elector, Issued, Poll
from baolei.ballots.poll_views import origin
from baolei.ballots.polling import last_day
from baolei.organisations.directory import names_of
from baolei.organisations.people_views import in_words
from baolei.people.models import Account
from baolei.programme.ballot.ballot import receipt
from baolei.programme.ballot.blind import SIGNATURE_BYTES
from baolei.programme.refusals import Refusal
from baolei.standards.at_hand import at_hand
from baolei.urn.store import ISSUE

TAKE, WAIT, CAST_IT, NO_MORE, TOO_FEW = "take", "wait", "cast", "slip", "few"
"""How a poll stands for a member: a token can be taken; it is taken; it can be cast; only slips are left; so few took
one that none counts.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A poll as its member sees it: how it stands, where it leads on, the fingerprint of its key, its last day."""

    poll: Poll
    branch: str
    source: str
    stands: str
    onward: str
    fingerprint: str
    ends: Any
    refused: str = ""


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The polls in which I may take a token, or have taken one."""
    account = request.user
    assert isinstance(account, Account)
    elector = Elector.objects.filter(account=account).select_related("member").first()
    shown = {"elector": elector, "rows": rows(request, account), "today": timezone.localdate()}
    return render(request, "ballots/mine.html", shown)


def rows(request: HttpRequest, account: Account) -> list[Row]:
    """My polls, the latest round first. Their keys are made here at the first need, for all electors the same."""
    polls = list(electors.polls_of(account).select_related("declaration__round").order_by("-pk"))
    taken = set(Issued.objects.filter(account=account, poll__in=polls).values_list("poll_id", flat=True))
    called = names_of(one.declaration.organisation_id for one in polls)
    return [_row(request, one, called[one.declaration.organisation_id], one.pk in taken) for one in polls]


def _row(request: HttpRequest, poll: Poll, branch: str, taken: bool) -> Row:
    this, key, refused = poll.declaration.round, poll.token_key, ""
    if poll.phase == ISSUE:
        try:
            key = taking.key_of(poll)
        except Refusal as refusal:
            refused = in_words(refusal)
        stands = WAIT if taken else TAKE
    else:
        stands = (CAST_IT if key else TOO_FEW) if taken else NO_MORE
    onward = f"{origin(request)}/b/#{'take.' if poll.phase == ISSUE else ''}{poll.number}"
    names = {source.code: source.name for source in at_hand(this.edition).asked()}
    source = names[poll.source].say(get_language() or "")
    return Row(poll, branch, source, stands, onward, fingerprint(key), last_day(this), refused)


def fingerprint(key: str) -> str:
    """The digest of a key as people compare it: its first 80 bits in four groups, written as a receipt is."""
    return receipt(bytes.fromhex(key)) if key else ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_token(request: HttpRequest, number: str) -> HttpResponse:
    """Have the token signed that the ballot page has made and blinded; it comes after the `#`, and is sent by form.

    What is signed goes back by a page without the shell: it is on the screen for a blink, and all of a round ask for it
    within hours.
    """
    account = request.user
    assert isinstance(account, Account)
    refused, status = "", 200
    if request.method == "POST":
        try:
            signature = taking.take(actor=account, number=number, blinded=_bytes(request.POST.get("blinded", "")))
        except Refusal as refusal:
            refused, status = in_words(refusal), 409 if isinstance(refusal, taking.TakenAlready) else 422
        else:
            onward = f"{origin(request)}/b/#signed.{number}.{_written(signature)}"
            return HttpResponse(render_to_string("ballots/signed.html", {"onward": onward}))
    found = electors.polls_of(account).filter(number=number).select_related("declaration__round").first()
    if found is None:
        raise Http404(number)
    branch = names_of([found.declaration.organisation_id])[found.declaration.organisation_id]
    way = [{"label": _("My ballots"), "url": reverse("my_ballots")}, {"label": branch, "url": ""}]
    shown = {
        "branch": branch, "round": found.declaration.round, "fingerprint": fingerprint(found.token_key),
        "issuing": found.phase == ISSUE, "refused": refused, "trail": way,
    }  # fmt: skip
    return render(request, "ballots/take.html", shown, status=status)


def _bytes(written: str) -> bytes:
    """What base64url says, 256 bytes; nothing where it says no such thing, which no key signs."""
    try:
        found = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
    except (binascii.Error, ValueError):
        found = b""
    return found if len(found) == SIGNATURE_BYTES else b""


def _written(signature: bytes) -> str:
    return base64.urlsafe_b64encode(signature).decode().rstrip("=")
