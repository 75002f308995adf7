"""The pages beside the addresses of programs: one's own tokens, and the description of the API."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from baolei.api import problems
from baolei.api.door import Bearer, api
from baolei.api.forms import MakeToken
from baolei.api.models import Token
from baolei.api.tokens import end_token
from baolei.organisations.downloads import asked_format, download
from baolei.people.models import Account
from baolei.programme.refusals import Refusal
from baolei.warehouse.spreadsheets import Column, Grid


@sensitive_post_parameters("password")
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponseBase:
    """The own tokens, and a form for a new one, whose secret is shown on the answer and never again."""
    account, now = _account(request), timezone.now()
    today = timezone.localdate(now)
    if asked_format(request):
        title = _("Tokens for programs")
        return download(request, title, {"tokens": _grid(_own(account), today)}, [title, today.isoformat()])
    form = MakeToken(request.POST or None, account=account, now=now, today=today)
    shown: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = form.make()
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            shown = {"made": made, "secret": secret}
            form = MakeToken(account=account, now=now, today=today)
    shown |= {"form": form, "rows": [(one, _standing(one, today)) for one in _own(account)], "held": form.held}
    return render(request, "api/tokens.html", shown, status=422 if form.is_bound else 200)


@login_required
@require_POST
def end(request: HttpRequest, token: int) -> HttpResponse:
    """End one of the own tokens. Raises Http404 for any other."""
    account = _account(request)
    found = Token.objects.of(account).filter(pk=token).first()
    if found is None:
        raise Http404(token)
    try:
        end_token(actor=account, now=timezone.now(), token=found)
        messages.success(request, _("The token of %(label)s has ended") % {"label": found.label})
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("tokens")


@login_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description of the API, to read and to try."""
    return render(request, "api/docs.html")


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The description as OpenAPI, for whoever has logged in or shows a token."""
    if not request.user.is_authenticated and not Bearer()(request):
        return problems.answer("no-token", problems.advice("no-token"))
    return JsonResponse(api.get_openapi_schema(), json_dumps_params={"ensure_ascii": False, "indent": 1})


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def _own(account: Account) -> Any:
    return Token.objects.of(account).select_related("mandate__account")


def _standing(token: Token, today: date) -> str:
    """Whether a token opens anything today, in words."""
    held = token.mandate
    if token.ended_at:
        return _("ended")
    if token.expires < today:
        return _("expired")
    stands = held.ended_at is None and held.since <= today and (held.until is None or held.until >= today)
    return _("live") if stands else _("its mandate is not in force")


def _grid(found: Any, today: date) -> Grid:
    columns = (Column(_("Used by")), Column(_("Mandate")), Column(_("It may also write")), Column(_("Last day"), "day"),
               Column(_("Last used"), "day"), Column(_("Standing")))  # fmt: skip
    return Grid(_("Tokens for programs"), columns, [
        (one.label, one.mandate.title, _("yes") if one.writes else _("no"), one.expires, one.last_used,
         _standing(one, today))
        for one in found
    ])  # fmt: skip
