"""Elections held on paper, recorded: the rules say who is elected, and where every seat is filled the posts change.

A term election begins a term. Seats it leaves open are filled by a second vote before anybody takes office. Seats that
fall vacant within a term are filled by a by-election 补选: whoever is elected serves until the term ends, as it stood.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

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
    state = _electing(organisation, act)
    made, result = _recorded(act, state, poll, posts, document, Election.TERM)
    if result.valid and not result.open_seats:
        _take_office(act, state, [int(one) for one in result.elected], posts, village)
    _done(act, "elect", state, made, result)
    return made


@transaction.atomic
def elect_again(
    *, act: Act, first: Election, poll: decisions.Poll, posts: Mapping[int, str], document: str, village: bool = False
) -> Election:
    """Record a second vote for the seats that an election left open, a run-off among them. Where every seat is filled
    then, all who were elected take office and the term begins. Raises NotPossible, PollRefused.
    """
    first = Election.objects.select_for_update(of=("self",)).get(pk=first.pk)
    state, before = _electing(first.organisation, act), so_far(first)
    if not before.open_seats:
        raise NotPossible(_("every seat of that election is filled, or it does not stand: record a new election"))
    if poll.seats != before.open_seats:
        raise NotPossible(
            _("that election left %(open)d seats open, not %(seats)d")
            % {"open": before.open_seats, "seats": poll.seats}
        )
    if twice := set(poll.votes) & set(before.elected):
        raise NotPossible(_("%(number)d of the candidates were elected already") % {"number": len(twice)})
    made, result = _recorded(act, state, poll, posts, document, Election.SECOND, first)
    if result.valid and not result.open_seats:
        everybody = [int(one) for one in (*before.elected, *result.elected)]
        _take_office(act, state, everybody, {**before.posts, **posts}, village)
    _done(act, "elect_again", state, made, result)
    return made


@transaction.atomic
def by_elect(
    *, act: Act, organisation: Organisation, poll: decisions.Poll, posts: Mapping[int, str], document: str
) -> Election:
    """Record a by-election for seats that are open within a term: whoever is elected takes office, the others stay, and
    the term ends when it would have. Raises NotPossible, PollRefused.
    """
    state = _electing(organisation, act)
    _within_a_term(state, act)
    candidates = [int(one) for one in poll.votes]
    seats = open_seats(state, act, candidates)
    if poll.seats > seats:
        raise NotPossible(
            ngettext("%(open)d seat is open, not %(seats)d: for a whole committee record a term election",
                     "%(open)d seats are open, not %(seats)d: for a whole committee record a term election", seats)
            % {"open": seats, "seats": poll.seats}
        )  # fmt: skip
    made, result = _recorded(act, state, poll, posts, document, Election.BY)
    _join(act, state, [int(one) for one in result.elected], posts)
    _done(act, "by_elect", state, made, result)
    return made


@dataclass(frozen=True, slots=True)
class SoFar:
    """What an election and the second votes after it have come to: who is elected, to which posts, and the seats still
    open (0 where every seat is filled, and where the election does not stand).
    """

    elected: tuple[str, ...] = ()
    posts: Mapping[int, str] = field(default_factory=dict)
    open_seats: int = 0


def so_far(first: Election) -> SoFar:
    """What an election and the second votes after it have come to; nothing for one that a later one replaced."""
    later = Election.objects.filter(organisation=first.organisation_id, kind=Election.TERM, pk__gt=first.pk)
    if first.kind != Election.TERM or not first.valid or later.exists():
        return SoFar()
    votes = [first, *first.votes_after.filter(valid=True).order_by("pk")]
    elected = tuple(one for vote in votes for one in vote.elected)
    posts = {int(one): kind for vote in votes for one, kind in vote.posts.items()}
    return SoFar(elected, posts, first.seats - len(elected))


def decided(election: Election, act: Act) -> decisions.Election:
    """What the rules make of a recorded election: quorum, votes needed, who is elected, who ties."""
    held = decisions.Poll(
        election.should_attend, election.present, election.issued, election.returned, election.void, election.seats,
        election.votes,
    )  # fmt: skip
    return decisions.elected(held, act.rules.acts["election"])


def running_term(organisation: int, act: Act) -> Term | None:
    """The term that runs on the day of an act; None where none does."""
    last: Term | None = Term.objects.filter(organisation=organisation, elected__lte=act.on).order_by("-elected").first()
    return last if last is not None and last.ends >= act.on else None


def open_seats(state: OrganisationState, act: Act, candidates: Collection[int] = ()) -> int:
    """How many seats are open on the day of an act: those the last election filled, else the most that the rules allow,
    less those held. A holder who stands for another post leaves the own seat open.
    """
    held = Post.objects.on(act.on).filter(organisation=state.organisation).exclude(holder__in=candidates)
    return max(0, seats_in_all(state, act) - held.values("holder").distinct().count())


def seats_in_all(state: OrganisationState, act: Act) -> int:
    """How many seats an organisation has: as many as were filled when the running term began, else the most allowed."""
    term = running_term(state.organisation_id, act)
    begun = {"organisation": state.organisation, "kind": Election.TERM, "valid": True}
    last = Election.objects.filter(**begun, on__lte=act.on).order_by("-on", "-pk").first() if term else None
    if last is not None and not so_far(last).open_seats:
        return int(last.seats)
    return _most(state, act)


def _most(state: OrganisationState, act: Act) -> int:
    rules = act.rules
    if rules.kinds[state.kind].tier != "branch":
        return max(
            rules.number("general_branch_committee_size.max"), rules.number("grassroots_committee_size.usual_max")
        )
    full = Membership.objects.on(act.on).filter(organisation=state.organisation, kind=Membership.FULL).count()
    if full >= rules.number("committee_from_full_members"):
        return rules.number("branch_committee_size.max")
    return rules.number("posts_without_committee.secretary") + rules.number("posts_without_committee.deputy_max")


def _electing(organisation: Organisation, act: Act) -> OrganisationState:
    state = standing(organisation)
    if not act.rules.kinds[state.kind].may("hold_term_elections"):
        raise NotPossible(
            _("a %(kind)s holds no term elections: its secretary is appointed") % {"kind": act.kind(state.kind)}
        )
    return state


def _recorded(
    act: Act, state: OrganisationState, poll: decisions.Poll, posts: Mapping[int, str], document: str, kind: str,
    first: Election | None = None,
) -> tuple[Election, decisions.Election]:  # fmt: skip
    """The election on record, and what the rules make of it."""
    _eligible(state.organisation, [int(candidate) for candidate in poll.votes], act)
    result = decisions.elected(poll, act.rules.acts["election"])
    made = Election.objects.create(
        organisation=state.organisation, on=act.on, should_attend=poll.should_attend, present=poll.present,
        issued=poll.issued, returned=poll.returned, void=poll.void, seats=poll.seats, votes=dict(poll.votes),
        elected=list(result.elected), needed=result.votes_needed, valid=result.valid, kind=kind, first=first,
        document=documented(document, state.name),
        posts={one: posts.get(int(one), "member") for one in result.elected},
    )  # fmt: skip
    return made, result


def _done(act: Act, what: str, state: OrganisationState, made: Election, result: decisions.Election) -> None:
    told = {"election": made.pk, "valid": result.valid, "open_seats": result.open_seats}
    done(act, what, state, after=told)


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
    _post(act, state, elected, posts, committee)
    ends = act.rules.term_end(state.kind, act.on, village=village)
    if ends is not None:
        Term.objects.filter(organisation=state.organisation, elected=act.on).delete()
        Term.objects.create(organisation=state.organisation, elected=act.on, ends=ends)


def _join(act: Act, state: OrganisationState, elected: list[int], posts: Mapping[int, str]) -> None:
    """Those elected take their posts beside those who stay; a post that one of them held so far ends."""
    held = Post.objects.open().filter(organisation=state.organisation)
    staying = held.exclude(holder__in=elected)
    secretaries = [one for one in elected if posts.get(one) == Post.SECRETARY]
    if len(secretaries) > 1 or (secretaries and staying.filter(kind=Post.SECRETARY).exists()):
        raise NotPossible(_("there is one secretary: the post must be vacant, and one person is elected to it"))
    number = staying.values("holder").distinct().count() + len(elected)
    vacate(held.filter(holder__in=elected), act.on)
    committee = number >= act.rules.number("branch_committee_size.min")
    _post(act, state, elected, posts, committee)


def _post(act: Act, state: OrganisationState, elected: list[int], posts: Mapping[int, str], committee: bool) -> None:
    Post.objects.bulk_create([
        Post(organisation=state.organisation, kind=posts.get(one, "member"), holder_id=one, committee=committee,
             since=act.on)
        for one in elected
    ])  # fmt: skip


def _within_a_term(state: OrganisationState, act: Act) -> None:
    if running_term(state.organisation_id, act) is None:
        last = Term.objects.filter(organisation=state.organisation, elected__lte=act.on).order_by("-elected").first()
        if last is None:
            raise NotPossible(_("no term is on record, so that there is none to fill: record a term election"))
        raise NotPossible(_("the term ended on %(ends)s: record a term election") % {"ends": last.ends})


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
