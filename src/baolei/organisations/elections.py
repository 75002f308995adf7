"""Elections held on paper, recorded: the rules say who is elected, and where every seat is filled the posts change."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from baolei.organisations.acts import Act, documented, done, standing, vacate
from baolei.organisations.models import Election, Membership, Organisation, OrganisationState, Post, Term
from baolei.organisations.units import NotPossible
from baolei.programme.organisation import decisions


@transaction.atomic
def elect(
    *,
    act: Act,
    organisation: Organisation,
    poll: decisions.Poll,
    posts: Mapping[int, str],
    document: str,
    village: bool = False,
) -> Election:
    """Record an election on paper; where it stands and fills every seat, the new term begins and posts change hands.

    `poll.votes` by the number of each candidate as text; `posts` the post of each who is elected (Post.kind).
    Raises NotPossible, PollRefused.
    """
    state = standing(organisation)
    if not act.rules.kinds[state.kind].may("hold_term_elections"):
        raise NotPossible(
            _("a %(kind)s holds no term elections: its secretary is appointed") % {"kind": act.kind(state.kind)}
        )
    _eligible(organisation, [int(candidate) for candidate in poll.votes], act)
    decided = decisions.elected(poll, act.rules.acts["election"])
    made = Election.objects.create(
        organisation=organisation, on=act.on, should_attend=poll.should_attend, present=poll.present,
        issued=poll.issued, returned=poll.returned, void=poll.void, seats=poll.seats, votes=dict(poll.votes),
        elected=list(decided.elected), needed=decided.votes_needed, valid=decided.valid,
        document=documented(document, state.name),
    )  # fmt: skip
    if decided.valid and not decided.open_seats:
        _take_office(act, state, [int(one) for one in decided.elected], posts, village)
    done(act, "elect", state, after={"election": made.pk, "valid": decided.valid, "open_seats": decided.open_seats})
    return made


def decided(election: Election, act: Act) -> decisions.Election:
    """What the rules make of a recorded election: quorum, votes needed, who is elected, who ties."""
    held = decisions.Poll(
        election.should_attend, election.present, election.issued, election.returned, election.void, election.seats,
        election.votes,
    )  # fmt: skip
    return decisions.elected(held, act.rules.acts["election"])


def _take_office(
    act: Act, state: OrganisationState, elected: list[int], posts: Mapping[int, str], village: bool
) -> None:
    secretaries = [one for one in elected if posts.get(one) == Post.SECRETARY]
    if len(secretaries) != 1:
        raise NotPossible(
            _("%(number)d of those elected are to be secretary: exactly one is") % {"number": len(secretaries)}
        )
    vacate(Post.objects.open().filter(organisation=state.organisation), act.on)
    committee = len(elected) >= act.rules.number("branch_committee_size.min")
    Post.objects.bulk_create([
        Post(organisation=state.organisation, kind=posts.get(one, "member"), holder_id=one, committee=committee,
             since=act.on)
        for one in elected
    ])  # fmt: skip
    ends = act.rules.term_end(state.kind, act.on, village=village)
    if ends is not None:
        Term.objects.filter(organisation=state.organisation, elected=act.on).delete()
        Term.objects.create(organisation=state.organisation, elected=act.on, ends=ends)


def _eligible(organisation: Organisation, candidates: list[int], act: Act) -> None:
    belong = Membership.objects.on(act.on).filter(
        organisation=organisation, kind=Membership.FULL, member__in=candidates
    )
    strange = set(candidates) - set(belong.values_list("member", flat=True))
    if strange:
        raise NotPossible(
            ngettext(
                "%(number)d of the candidates is no full member of this organisation on %(day)s",
                "%(number)d of the candidates are no full members of this organisation on %(day)s",
                len(strange),
            )
            % {"number": len(strange), "day": act.on}
        )
