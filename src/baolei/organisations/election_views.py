"""An election on paper, put on record in two steps: who stood, then the counts; and what the rules make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from baolei.organisations import doors
from baolei.organisations.acting import act_of
from baolei.organisations.acts import Act
from baolei.organisations.asked import as_number
from baolei.organisations.doors import both_scopes, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.elections import by_elect, decided, elect, elect_again, open_seats, running_term, so_far
from baolei.organisations.forms import ActForm, belonging, document_field
from baolei.organisations.models import Election, Member, Membership, OrganisationState, Post, UnitState
from baolei.organisations.organisation_files import election_grids
from baolei.organisations.trails import down_to_organisation
from baolei.programme.organisation.decisions import Poll, PollRefused, candidates_needed
from baolei.programme.refusals import Refusal
from baolei.warehouse.rulebook import setup_rules

COUNTS = ("should_attend", "present", "issued", "returned", "void", "seats")


class Count(ActForm):
    """The counts of an election, and for each candidate the votes and the post."""

    should_attend = forms.IntegerField(label=lazy("Should attend"), min_value=1, max_value=9999)
    present = forms.IntegerField(label=lazy("Present"), min_value=0, max_value=9999)
    issued = forms.IntegerField(label=lazy("Slips handed out"), min_value=0, max_value=9999)
    returned = forms.IntegerField(label=lazy("Slips returned"), min_value=0, max_value=9999)
    void = forms.IntegerField(label=lazy("Of these void"), min_value=0, max_value=9999, initial=0)
    seats = forms.IntegerField(label=lazy("Seats"), min_value=1, max_value=99)
    village = forms.BooleanField(
        label=lazy("Committee of a village or community"), required=False,
        help_text=lazy("The term of these differs."),
    )  # fmt: skip
    document = document_field()

    def __init__(self, *args: Any, candidates: list[Member], **kwargs: Any) -> None:
        self.candidates = candidates
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        """Two fields for each candidate."""
        for member in self.candidates:
            self.fields[f"votes-{member.pk}"] = forms.IntegerField(
                label=_("Votes for %(name)s") % {"name": member}, min_value=0, max_value=9999
            )
            self.fields[f"post-{member.pk}"] = forms.ChoiceField(
                label=_("Post of %(name)s if elected") % {"name": member}, choices=Post.KINDS, initial="member"
            )

    @property
    def rows(self) -> list[tuple[Member, forms.BoundField, forms.BoundField]]:
        """Each candidate with the two fields."""
        return [(one, self[f"votes-{one.pk}"], self[f"post-{one.pk}"]) for one in self.candidates]

    def clean(self) -> dict[str, Any]:
        """The counts must be able to be: no more slips than people, no more votes than slips."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.poll(by_name=True)
            except PollRefused as refused:
                language = get_language() or ""
                for wrong, right in refused.said:
                    self.add_error(None, f"{wrong.say(language)}：{right.say(language)}")
        return said

    def poll(self, *, by_name: bool = False) -> Poll:
        """The counts, the votes by the candidates' numbers. Raises PollRefused."""
        votes = {str(one if by_name else one.pk): self.cleaned_data[f"votes-{one.pk}"] for one in self.candidates}
        return Poll(**{name: self.cleaned_data[name] for name in COUNTS}, votes=votes)

    def posts(self) -> dict[int, str]:
        """The post of each candidate."""
        return {one.pk: self.cleaned_data[f"post-{one.pk}"] for one in self.candidates}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, organisation: int) -> HttpResponse:
    """Put an election on record: choose the candidates, then enter the counts."""
    today = timezone.localdate()
    scope = writing_scope(request.user, today)
    state = doors.organisations(scope).filter(organisation=organisation).first()
    rules = setup_rules(today)
    if state is None or not rules.kinds[state.kind].may("hold_term_elections"):
        raise Http404(organisation)
    asked = _asked(request, state, act_of(request, today, ""))
    eligible = belonging(state, today).filter(kind=Membership.FULL).exclude(member__in=asked.elected)
    chosen = [one for asked in request.GET.getlist("candidate") if (one := as_number(asked)) is not None]
    candidates = [one.member for one in eligible.filter(member__in=chosen)]
    shown = {"state": state, "asked": asked,
             "trail": [*down_to_organisation(state, scope), {"label": _("Election"), "url": ""}]}  # fmt: skip
    if not candidates:
        return render(request, "organisations/election_candidates.html", {**shown, "eligible": eligible})
    form = Count(request.POST or None, about=state, scope=scope, rules=rules, today=today, candidates=candidates,
                 initial=_initial(state, asked, len(candidates), today))  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            made = _recorded(request, form, state, asked)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("election", made.pk)
    return render(request, "organisations/election_count.html", {**shown, "form": form},
                  status=422 if form.is_bound else 200)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """The kind of election that is put on record: its seats as far as they are known, who is elected already and, for a
    second vote, the election it completes. `by` says that a by-election is possible: a term runs, with seats open.
    """

    kind: str
    name: str
    entitled: int
    seats: int | None = None
    elected: tuple[int, ...] = ()
    first: Election | None = None
    by: bool = False


def _asked(request: HttpRequest, state: OrganisationState, act: Act) -> Asked:
    """The kind asked for by `?first=` (a second vote) or `?kind=by`. Raises Http404 for one that cannot be."""
    entitled = belonging(state, act.on).filter(kind=Membership.FULL).count()
    seats = open_seats(state, act) if running_term(state.organisation_id, act) else 0
    names = {code: str(name) for code, name in Election.KINDS}
    if "first" in request.GET:
        number = as_number(request.GET["first"]) or 0
        first = Election.objects.filter(pk=number, organisation=state.organisation).first()
        before = so_far(first) if first else None
        if before is None or not before.open_seats:
            raise Http404(number)
        elected = tuple(int(one) for one in before.elected)
        return Asked(Election.SECOND, names[Election.SECOND], entitled, before.open_seats, elected, first)
    if request.GET.get("kind") == Election.BY:
        if not seats:
            raise Http404(Election.BY)
        return Asked(Election.BY, names[Election.BY], entitled, seats, by=True)
    return Asked(Election.TERM, names[Election.TERM], entitled, by=bool(seats))


def _recorded(request: HttpRequest, form: Count, state: OrganisationState, asked: Asked) -> Election:
    """The election on record. Raises Refusal."""
    said = form.cleaned_data
    act = act_of(request, said["on"], said["why"])
    told = {"poll": form.poll(), "posts": form.posts(), "document": said["document"]}
    if asked.first:
        return elect_again(act=act, first=asked.first, village=said["village"], **told)
    if asked.kind == Election.BY:
        return by_elect(act=act, organisation=state.organisation, **told)
    return elect(act=act, organisation=state.organisation, village=said["village"], **told)


@login_required
@require_safe
def election(request: HttpRequest, election: int) -> HttpResponseBase:
    """An election on record: the quorum, the votes needed, who is elected, and what follows."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    found: Election | None = doors.elections(scope).filter(pk=election).first()
    if found is None:
        raise Http404(election)
    state = doors.organisations(scope).get(organisation=found.organisation_id)
    act = act_of(request, found.on, "")
    result = decided(found, act)
    names = {str(one.pk): one.name for one in Member.objects.filter(pk__in=[int(pk) for pk in found.votes])}
    rows = [
        {
            "name": names.get(pk, pk),
            "votes": votes,
            "elected": pk in result.elected,
            "runoff": pk in result.runoff,
            "half": result.valid and 2 * votes == found.present,
        }
        for pk, votes in sorted(found.votes.items(), key=lambda pair: -pair[1])
    ]
    candidates = candidates_needed(found.seats, act.rules)
    if asked_format(request):
        title = f"{state.name} {_('Election')} {found.on.isoformat()}"
        return download(request, title, election_grids(found, result, rows, candidates), [title])
    shown = {
        "found": found, "result": result, "rows": rows, "state": state, "valid_slips": found.returned - found.void,
        "candidates_needed": candidates,
        "first": found.first, "after": found.votes_after.order_by("pk"),
        "open_now": so_far(found).open_seats, "term": running_term(found.organisation_id, act),
        "records": doors.organisations(writing).filter(pk=state.pk).exists(),
        "origin": act.rules.acts["election"].origin.cite(),
        "trail": [*down_to_organisation(state, scope), {"label": _("Election"), "url": ""}],
    }  # fmt: skip
    return render(request, "organisations/election.html", shown)


def _initial(state: OrganisationState, asked: Asked, candidates: int, today: Any) -> dict[str, Any]:
    """What is most likely: all full members should attend; a village's committee serves a village."""
    unit = UnitState.objects.on(today).filter(unit=state.unit_id).first()
    seats = asked.seats or max(1, candidates - 1)
    return {"should_attend": asked.entitled, "seats": seats, "village": bool(unit and unit.level == 5),
            "on": today}  # fmt: skip
