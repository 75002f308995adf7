"""The pages on which words on ballots are looked through: those that wait, and one to be decided."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from baolei.ballots import remarks as rules
from baolei.ballots.models import Remark
from baolei.organisations.doors import writing_scope
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.people_views import answered
from baolei.rounds.models import Round
from baolei.rounds.views import one_of, trail

PAGE = 20


class Decide(PeopleForm):
    """Words let through, or kept back."""

    verb = lazy("Decide on words")
    note = lazy("Not a word is changed: they are shown as they are, or not at all. Decided once.")

    passed = forms.ChoiceField(
        label=lazy("Are they shown?"), widget=forms.RadioSelect,
        choices=[("yes", lazy("Let through: they tell of nobody who wrote them, or whom they name")),
                 ("no", lazy("Keep back"))],
    )  # fmt: skip

    def perform(self, now: datetime) -> str:
        """Decide."""
        passed = self.cleaned_data["passed"] == "yes"
        rules.decide(**self.given, now=now, remark=self.about, passed=passed)
        return _("The words are let through") if passed else _("The words are kept back")


@login_required
@require_safe
def remarks(request: HttpRequest, round: int) -> HttpResponse:
    """The words on ballots that wait for me, in no order of ballots."""
    writing = writing_scope(request.user, timezone.localdate())
    this = one_of(writing, round)
    if not any(len(path) <= rules.BANNER for path in writing.units):
        raise Http404(round)
    page = Paginator(rules.waiting(writing, this), PAGE).get_page(request.GET.get("page"))
    listed = [(one, held.comment if held else "", rules.said(held)) for one, held in rules.words_of(page.object_list)]
    shown = {"round": this, "page": page, "rows": listed, "trail": _way(this)}
    return render(request, "ballots/remarks.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_remark(request: HttpRequest, remark: int) -> HttpResponse:
    """Let words through, or keep them back."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    mine: Remark | None = rules.waiting(writing).filter(pk=remark).first()
    if mine is None:
        raise Http404(remark)
    form = Decide(request.POST or None, about=mine, actor=request.user, scope=writing, today=today)
    this, ((_one, held),) = mine.poll.declaration.round, rules.words_of([mine])
    back = reverse("remarks", args=[this.pk])
    way = [*_way(this, last=False), {"label": str(form.verb), "url": ""}]
    return answered(request, form, held.comment if held else "", back, way)


def _way(this: Round, *, last: bool = True) -> list[dict[str, str]]:
    return [*trail(this, last=False), {"label": _("Polls"), "url": reverse("polls", args=[this.pk])},
            {"label": _("Words on ballots"), "url": "" if last else reverse("remarks", args=[this.pk])}]  # fmt: skip
