"""The pages of accounts and mandates, for those who open, give and approve; everybody else is as if they were not."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.organisations import appointing
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.forms_of_people import OF_ACCOUNT, OF_MANDATE, OpenAccount, PeopleForm
from baolei.organisations.models import OrganisationState, UnitState
from baolei.people.mandates import Node, gives_any, may_approve, may_give
from baolei.people.models import Account, InTree, Mandate
from baolei.people.second_factor import has_one, may_forget
from baolei.programme.refusals import ActRefused, Refusal
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50


@login_required
@require_safe
def accounts(request: HttpRequest) -> HttpResponseBase:
    """The accounts one has to do with, by name; `q` searches names, `which` those disabled or without a mandate."""
    actor, today = _appointing(request)
    asked, which = request.GET.get("q", "")[:100].strip(), request.GET.get("which", "")
    found = appointing.accounts(actor, today).order_by("name", "pk")
    if asked:
        found = found.filter(Q(name__contains=asked) | Q(username__contains=asked))
    if which == "disabled":
        found = found.filter(is_active=False)
    elif which == "idle":
        found = found.exclude(pk__in=Mandate.objects.standing(today).values("account"))
    if asked_format(request):
        return download(request, _("Accounts"), {"accounts": _account_grid(found)}, [_("Accounts"), today.isoformat()])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    held = Mandate.objects.filter(account__in=[one.pk for one in page.object_list], ended_at=None)
    by_account: dict[int, list[Mandate]] = {}
    for one in held:
        by_account.setdefault(one.account_id, []).append(one)
    rows = [{"account": one, "mandates": by_account.get(one.pk, [])} for one in page.object_list]
    shown = {"page": page, "rows": rows, "asked": asked, "which": which, "opens": _opens(actor, today)}
    return render(request, "organisations/accounts.html", shown)


@login_required
@require_safe
def account(request: HttpRequest, account: int) -> HttpResponseBase:
    """One account: the mandates it holds, held, or waits for; and what may be done with it."""
    actor, today = _appointing(request)
    found = appointing.accounts(actor, today).filter(pk=account).first()
    if found is None:
        raise Http404(account)
    seen = appointing.mandates(actor, today).filter(account=found).select_related("account", "given_by", "approved_by")
    if asked_format(request):
        grid = _mandate_grid(seen.order_by("-since", "-pk"), _("Mandates"))
        return download(request, found.name, {"mandates": grid}, [found.name, today.isoformat()])
    shown = {
        "found": found, "rows": _rows(actor, list(seen.order_by("-since", "-pk")), today),
        "acts": _acts_on(actor, found, today),
        "trail": [{"label": _("Accounts"), "url": reverse("accounts")}, {"label": found.name, "url": ""}],
    }  # fmt: skip
    return render(request, "organisations/account.html", shown)


@login_required
@require_safe
def waiting(request: HttpRequest) -> HttpResponseBase:
    """The mandates that wait for approval, with what one may decide oneself."""
    actor, today = _appointing(request)
    found = appointing.mandates(actor, today).waiting().select_related("account", "given_by").order_by("pk")
    if asked_format(request):
        title = _("Mandates that wait")
        return download(request, title, {"mandates": _mandate_grid(found, title)}, [title, today.isoformat()])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "rows": _rows(actor, list(page.object_list), today)}
    return render(request, "organisations/waiting.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_account(request: HttpRequest) -> HttpResponse:
    """Open an account."""
    actor, today = _appointing(request)
    if not _opens(actor, today):
        raise Http404
    trail = [{"label": _("Accounts"), "url": reverse("accounts")}, {"label": OpenAccount.verb, "url": ""}]
    return _page(request, OpenAccount, None, actor, "", reverse("accounts"), trail)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_account(request: HttpRequest, account: int, act: str) -> HttpResponse:
    """Do something with an account."""
    actor, today = _appointing(request)
    found = appointing.accounts(actor, today).filter(pk=account).first()
    if found is None or act not in _acts_on(actor, found, today):
        raise Http404(act)
    back = reverse("account", args=[account])
    trail = [{"label": _("Accounts"), "url": reverse("accounts")}, {"label": found.name, "url": back},
             {"label": OF_ACCOUNT[act].verb, "url": ""}]  # fmt: skip
    return _page(request, OF_ACCOUNT[act], found, actor, found.name, back, trail)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_mandate(request: HttpRequest, mandate: int, act: str) -> HttpResponse:
    """Approve, refuse or end a mandate."""
    actor, today = _appointing(request)
    found = appointing.mandates(actor, today).filter(pk=mandate).select_related("account").first()
    if found is None or act not in _decisions(actor, found, today):
        raise Http404(act)
    back = reverse("account", args=[found.account_id])
    trail = [{"label": _("Accounts"), "url": reverse("accounts")}, {"label": found.account.name, "url": back},
             {"label": OF_MANDATE[act].verb, "url": ""}]  # fmt: skip
    return _page(request, OF_MANDATE[act], found, actor, f"{found.account.name} {found.title}", back, trail)


def _appointing(request: HttpRequest) -> tuple[Account, Any]:
    """Who asks, and the day. Raises Http404 for whoever has nothing to do with accounts."""
    today = timezone.localdate()
    actor = request.user
    if not isinstance(actor, Account):
        raise Http404
    if not appointing.appoints(one.role for one in actor.in_force(today)):
        raise Http404
    return actor, today


def _opens(actor: Account, today: Any) -> bool:
    return actor.may("open_accounts", today)


def _acts_on(actor: Account, account: Account, today: Any) -> dict[str, type[PeopleForm]]:
    if actor.pk == account.pk:
        return {}
    disables = actor.may("disable_accounts", today)
    allowed = {
        "give": account.is_active and bool(gives_any(actor, today)),
        "password": _opens(actor, today) and (disables or account.opened_by_id == actor.pk),
        "factor": may_forget(actor, account, today) and has_one(account),
        "disable": disables and account.is_active,
        "enable": disables and not account.is_active,
    }
    return {name: form for name, form in OF_ACCOUNT.items() if allowed[name]}


def _decisions(actor: Account, mandate: Mandate, today: Any) -> dict[str, type[PeopleForm]]:
    """What somebody may decide about a mandate."""
    if mandate.ended_at is not None or mandate.account_id == actor.pk:
        return {}
    home = appointing.home_of(mandate, today)
    if mandate.approved_at is not None:
        gives = may_give(actor, mandate.role, Node(InTree(mandate.tree), mandate.path, home), today)
        return {"end": OF_MANDATE["end"]} if gives else {}
    if may_approve(actor, mandate, home, today):
        return {name: OF_MANDATE[name] for name in ("approve", "refuse")}
    return {"refuse": OF_MANDATE["refuse"]} if mandate.given_by_id == actor.pk else {}


def _rows(actor: Account, found: list[Mandate], today: Any) -> list[dict[str, Any]]:
    paths = {tree: {one.path for one in found if one.tree == tree} for tree in (InTree.UNIT, InTree.PARTY)}
    units = dict(UnitState.objects.on(today).filter(path__in=paths[InTree.UNIT]).values_list("path", "name"))
    party = dict(OrganisationState.objects.on(today).filter(path__in=paths[InTree.PARTY]).values_list("path", "name"))
    places = {InTree.UNIT: units, InTree.PARTY: party}
    return [
        {"mandate": one, "place": places.get(InTree(one.tree), {}).get(one.path, _("the whole house")),
         "acts": _decisions(actor, one, today)}
        for one in found
    ]  # fmt: skip


def _page(
    request: HttpRequest, form_of: type[PeopleForm], about: Any, actor: Account, name: str, back: str, trail: list[Any]
) -> HttpResponse:
    today = timezone.localdate()
    form = form_of(request.POST or None, about=about, actor=actor, scope=appointing.nodes(actor, today),
                   today=today)  # fmt: skip
    return answered(request, form, name, back, trail)


def sent(request: HttpRequest) -> Any:
    """What was sent; also where it is nothing but the button."""
    return request.POST if request.method == "POST" else None


def in_words(refusal: Refusal) -> str:
    """What a refusal says, in the language of the page."""
    return refusal.say(get_language() or "") if isinstance(refusal, ActRefused) else str(refusal)


def answered(
    request: HttpRequest, form: PeopleForm, name: str, back: str, trail: list[Any],
    template: str = "organisations/act.html",
) -> HttpResponse:  # fmt: skip
    """The page of a form; once it is sent and nothing is wrong, it is done, and the way leads back."""
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, form.perform(timezone.now()))
        except Refusal as refusal:
            form.add_error(None, in_words(refusal))
        else:
            return redirect(back)
    shown = {"form": form, "name": name, "back": back, "trail": trail}
    return render(request, template, shown, status=422 if form.is_bound else 200)


def _account_grid(found: Any) -> Grid:
    columns = (
        Column(
            _(
                "Name",
            )
        ),
        Column(_("User name")),
        Column(_("May log in")),
        Column(_("Last log-in"), "day"),
    )
    return Grid(_("Accounts"), columns, (
        (one.name, one.username, _("yes") if one.is_active else _("no"),
         timezone.localdate(one.last_login) if one.last_login else None)
        for one in found.iterator()
    ))  # fmt: skip


def _mandate_grid(found: Any, name: str) -> Grid:
    words = (_("Holder"), _("Role"), pgettext("mandate", "Title"))
    columns = (*map(Column, words), Column(_("From"), "day"), Column(_("To"), "day"), Column(_("Given by")))
    return Grid(name, columns, (
        (one.account.name, one.role_name, one.title, one.since, one.until, one.given_by.name if one.given_by else "")
        for one in found.iterator()
    ))  # fmt: skip
