"""What the posts and terms of organisations tell of a year, as facts of items: so many of so many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.organisations.models import Membership, Post, Term
from baolei.programme.evidence import Facts, Row, Source
from baolei.programme.organisation.periods import months_later
from baolei.warehouse.rulebook import setup_rules

YEAR = 12
DAY = timedelta(days=1)


# ---- the term ----


def term_election(organisations: Collection[int], year: int, until: date) -> Facts:
    """按期换届: 1 of 1 where the term in force at the end had not run out then."""
    ends = min(date(year, 12, 31), until)
    latest: dict[int, date] = {}
    terms = Term.objects.filter(elected__lte=ends).order_by("elected")
    mine = set(organisations)
    for organisation, runs_out in terms.values_list("organisation_id", "ends"):
        if organisation in mine:
            latest[organisation] = runs_out
    return {organisation: (int(runs_out >= ends), 1) for organisation, runs_out in latest.items()}


def term_rows(organisation: int, year: int, until: date) -> list[Row]:
    """The term in force at the end."""
    ends = min(date(year, 12, 31), until)
    term = Term.objects.filter(organisation=organisation, elected__lte=ends).order_by("-elected").first()
    if term is None:
        return []
    words = _("elected %(elected)s, the term ends %(ends)s") % {"elected": term.elected, "ends": term.ends}
    return [Row(words, int(term.ends >= ends), 1, reverse("organisation", args=[organisation]))]


# ---- posts ----


def committee_complete(organisations: Collection[int], year: int, until: date) -> Facts:
    """支部班子健全: months of the year, as far as it is over, in which posts were filled, of the posts that the set-up
    rules require times those months (a secretary; from so many full members on a committee).
    """
    first, last = date(year, 1, 1), min(date(year, 12, 31), until)
    mine, required = set(organisations), _required(last)
    months: dict[int, int] = defaultdict(int)
    held = Post.objects.filter(since__lte=last).exclude(until__lt=first)
    for organisation, since, ended in held.order_by().values_list("organisation_id", "since", "until").iterator():
        months[organisation] += _months(max(since, first), min(ended or last, last))
    return {
        organisation: (min(months[organisation], posts * last.month), posts * last.month)
        for organisation, posts in required.items()
        if organisation in mine
    }


def post_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Each month of the year that has begun: how many posts were filled, of how many required. What is filled beyond
    that in one month makes up for another, as in the fact.
    """
    first, last = date(year, 1, 1), min(date(year, 12, 31), until)
    posts = _required(last, [organisation]).get(organisation)
    if posts is None:
        return []
    held = Post.objects.filter(organisation=organisation, since__lte=last).exclude(until__lt=first)
    spans = list(held.values_list("since", "until"))
    found, left = [], posts * last.month
    for month in range(1, last.month + 1):
        begins = date(year, month, 1)
        ends = min(months_later(begins, 1) - DAY, last)
        filled = sum(since <= ends and begins <= (left_on or last) for since, left_on in spans)
        counted, left = min(filled, left), left - min(filled, left)
        words = _("%(month)s: %(filled)d posts filled, %(posts)d required") % {
            "month": begins.strftime("%Y-%m"), "filled": filled, "posts": posts}  # fmt: skip
        found.append(Row(words, counted, posts, reverse("organisation", args=[organisation])))
    return found


def _required(day: date, only: Iterable[int] | None = None) -> dict[int, int]:
    """By organisation with full members on a day how many posts the set-up rules require."""
    rules = setup_rules(day)
    least, committee_from = rules.number("branch_committee_size.min"), rules.number("committee_from_full_members")
    members = Membership.objects.on(day).filter(kind=Membership.FULL)
    if only is not None:
        members = members.filter(organisation__in=list(only))
    full: dict[int, int] = defaultdict(int)
    for organisation in members.order_by().values_list("organisation_id", flat=True).iterator():
        full[organisation] += 1
    return {organisation: least if number >= committee_from else 1 for organisation, number in full.items()}


def _months(first: date, last: date) -> int:
    """Months that a span within one year touches."""
    return max(0, last.month - first.month + 1)


SOURCES: dict[str, Source] = {
    "term_election": Source(term_election, term_rows, always=True),
    "committee_complete": Source(committee_complete, post_rows, always=True),
}
"""The items that posts and terms tell of; the house keeps those of every branch."""
