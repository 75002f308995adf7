"""What a passage of a round needs and what it brings: asked of every room, shown before it is confirmed, and refused
where something is missing that nobody may leave out, or that nobody gave a reason to leave out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from baolei.ballots.counted import unclosed, unsealed, unsettled
from baolei.declarations.actions import number_taking_part
from baolei.ledger.actions import record
from baolei.ledger.models import Entry
from baolei.naming.models import NamingList
from baolei.notices import doors as notices
from baolei.notices.models import Posting
from baolei.notices.own import open_until
from baolei.organisations.units import NotPossible
from baolei.paths import at_or_below
from baolei.people.models import Account
from baolei.programme import declaration as rules
from baolei.programme import phases
from baolei.programme.phases import CLOSED, Need
from baolei.reviews import doors as reviews
from baolei.reviews.listing import level_name
from baolei.rounds.models import Round
from baolei.scores.freezing import KEPT
from baolei.scores.models import Run, Visit
from baolei.warehouse.rulebook import round_rules


@dataclass(frozen=True, slots=True)
class Lack:
    """A need that is not met: which, how many things are missing, in words what is to be done, and where."""

    need: Need
    number: int
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What the passage does, or finds: how many, of what, and where they stand ('' where on no page of their own)."""

    number: int
    words: str
    url: str = ""


def coming(this: Round) -> str:
    """The phase (or the end) into which a round passes next; '' where it has ended."""
    ways = phases.table(round_rules()).ways(this.phase, phases.OFFICE)
    return next((row.to for row in ways if row.act in (phases.BEGIN, phases.PASS)), "")


def lacks(this: Round, phase: str, now: datetime) -> list[Lack]:
    """What a phase needs that is not there, in the order of the rules."""
    found = []
    for need in phases.NEEDS.get(phase, ()):
        check, page = CHECKS[need.code]
        number, words = check(this, now)
        if number:
            found.append(Lack(need, number, words, reverse(page, args=[this.pk])))
    return found


def ready(*, actor: Account | None, now: datetime, round: Round, anyway: str) -> None:
    """Refuse a round that has just been passed on while something is missing; what was left out for a stated reason is
    put on record. To be called in the transaction of the passage. Raises NotPossible.
    """
    missing = lacks(round, round.phase, now)
    if never := [one for one in missing if not one.need.waived]:
        raise NotPossible(" ".join(one.words for one in never))
    if missing and not anyway.strip():
        said = " ".join(one.words for one in missing)
        raise NotPossible(_("%(missing)s Wait for it; or say below why the round goes on without it.")
                          % {"missing": said})  # fmt: skip
    if missing:
        record(actor=actor, act="rounds.go_without", subject=f"round:{round.pk}", path=round.path, now=now, why=anyway,
               after={one.need.code: one.number for one in missing})  # fmt: skip


# ---- what each need asks: how many are missing, and what is to be done ----

Missing = tuple[int, str]
Check = Callable[[Round, datetime], Missing]


def _sealed(this: Round, now: datetime) -> Missing:
    number = unsealed(this)
    return number, ngettext(
        "%(number)d poll is not sealed, its ballots would not count: end the casting and wait for the seal.",
        "%(number)d polls are not sealed, their ballots would not count: end the casting and wait for the seal.",
        number,
    ) % {"number": number}  # fmt: skip


def _closed(this: Round, now: datetime) -> Missing:
    number = unclosed(this)
    return number, ngettext(
        "%(number)d panel is not closed, its ratings would not count: the unit that has named it closes it.",
        "%(number)d panels are not closed, their ratings would not count: the units that have named them close them.",
        number,
    ) % {"number": number}  # fmt: skip


def _settled(this: Round, now: datetime) -> Missing:
    number = unsettled(this)
    return number, ngettext(
        "%(number)d pile of ballots is not settled, it would not count: have it entered by another person.",
        "%(number)d piles of ballots are not settled, they would not count: have them entered by another person.",
        number,
    ) % {"number": number}  # fmt: skip


def _scored(this: Round, now: datetime) -> Missing:
    words = _("The round is not scored, so there is nothing to draw the visits from: freeze and score it first.")
    return int(_run(this) is None), words


def _visited(this: Round, now: datetime) -> Missing:
    number = Visit.objects.filter(declaration__round=this, declaration__state=rules.FROZEN, on=None).count()
    return number, ngettext(
        "%(number)d visit that was drawn is not made: what was found there is to be entered first.",
        "%(number)d visits that were drawn are not made: what was found there is to be entered first.",
        number,
    ) % {"number": number}  # fmt: skip


def _reviewed(this: Round, now: datetime) -> Missing:
    """How many reviews are under way, level by level. Whoever is left out is named by nobody."""
    wait = reviews.unfinished(this).order_by()
    mending = wait.filter(state="returned").count()
    levels = wait.exclude(state="returned").values_list("seat").annotate(Count("pk"))
    said = [f"{level_name(seat)} {number}" for seat, number in levels]
    said += [_("Party branch, being mended %(number)d") % {"number": mending}] if mending else []
    number = wait.count()
    return number, ngettext(
        "%(number)d review is not finished (%(where)s). What is late passes to the level above by itself; a branch "
        "whose review is not finished cannot be named.",
        "%(number)d reviews are not finished (%(where)s). What is late passes to the level above by itself; a branch "
        "whose review is not finished cannot be named.",
        number,
    ) % {"number": number, "where": _(", ").join(said)}  # fmt: skip


def _current(this: Round, now: datetime) -> Missing:
    """How many declarations and visits have come in since the last run; the list is drawn up from it."""
    run = _run(this)
    since = Q() if run is None else Q(submitted_at__gt=run.asked_at)
    amended = this.declarations.filter(since, state__in=KEPT).count()
    visits = 0
    if run is not None:
        visits = Entry.objects.filter(at_or_below(this.path), act="scores.visit", at__gt=run.asked_at).count()
    return amended + visits, _(
        "Since the round was last scored, %(amended)d declarations and %(visits)d visits have changed: freeze and "
        "score it anew before the list is drawn up."
    ) % {"amended": amended, "visits": visits}


def _listed(this: Round, now: datetime) -> Missing:
    words = _("No name stands on a list, so nobody would be named by this round: draw the list up first.")
    return int(not _names(this)), words


def _laid_open(this: Round, now: datetime) -> Missing:
    lacking = bool(_names(this)) and not Posting.objects.filter(list__round=this).exists()
    return int(lacking), _("The list has not been laid open: nobody could object to it. Lay it open first.")


def _over(this: Round, now: datetime) -> Missing:
    """The days of the notice, and those in which a branch that is not on the list objects."""
    until = open_until(this)
    runs = until is not None and until >= localdate(now)
    words = _("The list is laid open, and branches that are not on it may object, until %(day)s: wait until then.")
    return int(runs), words % {"day": until}


def _answered(this: Round, now: datetime) -> Missing:
    number = notices.not_ended(this).count()
    return number, ngettext(
        "%(number)d objection has not come to its end: it is to be answered, and its days of appeal to pass.",
        "%(number)d objections have not come to their end: they are to be answered, and their days of appeal to pass.",
        number,
    ) % {"number": number}  # fmt: skip


def _adopted(this: Round, now: datetime) -> Missing:
    lacking = not NamingList.objects.filter(round=this, adopted_on__isnull=False).exists()
    return int(lacking), _("The list is not adopted, so nobody is named: adopt it under its document first.")


CHECKS: dict[str, tuple[Check, str]] = {
    "settled": (_settled, "piles"), "sealed": (_sealed, "polls"), "closed": (_closed, "panels"),
    "scored": (_scored, "runs"),
    "visited": (_visited, "visits"),
    "reviewed": (_reviewed, "round_reviews"), "current": (_current, "runs"), "listed": (_listed, "naming_list"),
    "laid_open": (_laid_open, "objections"), "over": (_over, "objections"), "answered": (_answered, "objections"),
    "adopted": (_adopted, "naming_list"),
}  # fmt: skip
"""How each need of the rules is asked, by its code, and the page on which it is met."""


# ---- what each passage brings ----


def brought(this: Round, phase: str, now: datetime) -> list[Brought]:
    """What passing into a phase does, and what it finds there, each with its number."""
    return list(BRINGS[phase](this, now)) if phase in BRINGS else []


def _opens(this: Round, now: datetime) -> Iterator[Brought]:
    yield Brought(number_taking_part(this, localdate(now)), _("Party branches are asked to declare"))


def _collects(this: Round, now: datetime) -> Iterator[Brought]:
    states, page = _states(this), reverse("declarations", args=[this.pk])
    yield Brought(states.get(rules.SUBMITTED, 0), _("declarations are handed in: ballots about them are entered"),
                  f"{page}?state={rules.SUBMITTED}")  # fmt: skip
    yield Brought(_unfinished(states), _("declarations may still be handed in until the scoring begins"), page)


def _freezes(this: Round, now: datetime) -> Iterator[Brought]:
    states, page = _states(this), reverse("declarations", args=[this.pk])
    yield Brought(states.get(rules.SUBMITTED, 0), _("declarations are frozen; nobody changes them any more"),
                  f"{page}?state={rules.SUBMITTED}")  # fmt: skip
    yield Brought(_unfinished(states), _("declarations lapse, they are not handed in; these branches cannot be named"),
                  page)  # fmt: skip


def _visits(this: Round, now: datetime) -> Iterator[Brought]:
    drawn = Visit.objects.filter(declaration__round=this).count()
    run = _run(this)
    yield Brought(run.branches if run else 0, _("Party branches are scored"), reverse("runs", args=[this.pk]))
    yield Brought(drawn, _("visits are drawn"), reverse("visits", args=[this.pk]))


def _begins_reviews(this: Round, now: datetime) -> Iterator[Brought]:
    made = Visit.objects.filter(declaration__round=this, on__isnull=False).count()
    yield Brought(made, _("visits are made"), reverse("visits", args=[this.pk]))
    yield Brought(_states(this).get(rules.FROZEN, 0), _("declarations enter their first review"))


def _lays_open(this: Round, now: datetime) -> Iterator[Brought]:
    page = reverse("round_reviews", args=[this.pk])
    yield Brought(reviews.passed(this).count(), _("declarations have passed every level"), page)
    yield Brought(reviews.rejected(this).count(), _("declarations are rejected; these branches may object"), page)
    yield Brought(reviews.unfinished(this).count(), _("reviews are not finished; these branches cannot be named"), page)
    yield Brought(_names(this), _("names are on the list; it can be drawn up until it is laid open"),
                  reverse("naming_list", args=[this.pk]))  # fmt: skip


def _names_them(this: Round, now: datetime) -> Iterator[Brought]:
    yield Brought(_names(this), _("names are on the list; it is adopted in the next phase"),
                  reverse("naming_list", args=[this.pk]))  # fmt: skip
    yield Brought(notices.of_round(this).count(), _("objections came in"), reverse("objections", args=[this.pk]))


def _ends(this: Round, now: datetime) -> Iterator[Brought]:
    yield Brought(this.titles.count(), _("titles are given; the round ends, nothing in it is changed any more"))
    yield Brought(reviews.unfinished(this).count(), _("reviews stay unfinished"))


BRINGS: dict[str, Callable[[Round, datetime], Iterator[Brought]]] = {
    "self_assessment": _opens, "ballots": _collects, "scoring": _freezes, "visits": _visits, "review": _begins_reviews,
    "notice": _lays_open, "naming": _names_them, CLOSED: _ends,
}  # fmt: skip
"""What each passage brings, by the phase that begins."""


def _states(this: Round) -> dict[str, int]:
    return dict(this.declarations.order_by().values_list("state").annotate(Count("pk")))


def _unfinished(states: dict[str, int]) -> int:
    return states.get(rules.OPEN, 0) + states.get(rules.RETURNED, 0)


def _names(this: Round) -> int:
    made = NamingList.objects.filter(round=this).first()
    return made.lines.filter(listed=True).count() if made else 0


def _run(this: Round) -> Run | None:
    """The last run of a round that is done."""
    return this.runs.filter(state=Run.DONE).order_by("-pk").first()
