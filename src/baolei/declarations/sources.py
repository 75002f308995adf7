"""What the house knows already: facts of items that are counted from the records of the rooms below, never asked.

One function for each item; all branches of a round at once. A room that is built later adds its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from baolei.life import facts as life
from baolei.organisations.models import Membership, Post, Term
from baolei.warehouse.rulebook import setup_rules

Facts = dict[int, tuple[int, int]]
"""For each organisation (pk) so many of so many; those of whom nothing is known are left out."""
YEAR = 12


def term_election(organisations: set[int], year: int) -> Facts:
    """按期换届: 1 of 1 where the term in force at the end of the year had not run out then."""
    ends = date(year, 12, 31)
    latest: dict[int, date] = {}
    terms = Term.objects.filter(elected__lte=ends).order_by("elected")
    for organisation, until in terms.values_list("organisation_id", "ends"):
        if organisation in organisations:
            latest[organisation] = until
    return {organisation: (int(until >= ends), 1) for organisation, until in latest.items()}


def committee_complete(organisations: set[int], year: int) -> Facts:
    """支部班子健全: months of the year in which posts were filled, of the posts that the set-up rules require times 12
    (a secretary; from so many full members on a committee).
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    rules = setup_rules(last)
    least, committee_from = rules.number("branch_committee_size.min"), rules.number("committee_from_full_members")
    full: dict[int, int] = {}
    for organisation in (
        Membership.objects.on(last).filter(kind=Membership.FULL).values_list("organisation_id", flat=True)
    ):
        full[organisation] = full.get(organisation, 0) + 1
    months: dict[int, int] = {}
    held = (
        Post.objects.filter(since__lte=last).exclude(until__lt=first).values_list("organisation_id", "since", "until")
    )
    for organisation, since, until in held:
        months[organisation] = months.get(organisation, 0) + _months(max(since, first), min(until or last, last))
    return {
        organisation: (min(months.get(organisation, 0), due), due)
        for organisation in organisations & full.keys()
        for due in [YEAR * (least if full[organisation] >= committee_from else 1)]
    }


def _held(form: str) -> Callable[[set[int], int], Facts]:
    """How often a form of organisation life was held of how often it was owed, of branches that record any."""

    def told(organisations: set[int], year: int) -> Facts:
        return life.of_form(form, organisations & life.on_record(year), year, date(year, 12, 31))

    return told


def first_agenda(organisations: set[int], year: int) -> Facts:
    """第一议题落实: members' and committee meetings that opened with study of instructions."""
    return life.first_agenda(organisations, year, date(year, 12, 31))


def _months(first: date, last: date) -> int:
    """Months that a span within one year touches."""
    return max(0, last.month - first.month + 1)


KNOWN: dict[str, Callable[[set[int], int], Facts]] = {
    "term_election": term_election,
    "committee_complete": committee_complete,
    "first_agenda": first_agenda,
    "members_meetings": _held("members_meeting"),
    "committee_meetings": _held("committee_meeting"),
    "group_meetings": _held("group_meeting"),
    "theme_days": _held("theme_party_day"),
    "party_lectures": _held("party_lecture"),
    "hub_sessions": _held("hub_session"),
}
"""The items whose facts are counted from records, by code."""
ALWAYS_KNOWN = frozenset({"term_election", "committee_complete"})
"""Those known of every branch, since the house keeps its terms and posts; the others of those that record them."""


def known(items: Iterable[str], organisations: Iterable[int], year: int) -> dict[str, Facts]:
    """The facts of these items for these organisations, as far as the records tell them."""
    mine = set(organisations)
    return {code: KNOWN[code](mine, year) for code in items if code in KNOWN}
