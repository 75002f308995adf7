"""What is done with a list: drawn up from a run, a name struck or added by two people, adopted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.naming.models import Line, NamingList, Title
from baolei.organisations.models import OrganisationState, UnitState
from baolei.organisations.pouring import pour
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import declaration, naming, titles
from baolei.programme.decided import Decided
from baolei.programme.organisation.levels import LEVELS
from baolei.programme.standard.edition import Edition, Text
from baolei.reviews import doors as reviews
from baolei.rounds.models import Round
from baolei.scores.models import Run
from baolei.scores.running import must_be_whole
from baolei.standards.at_hand import at_hand
from baolei.warehouse.rulebook import titles as title_rules
from baolei.warehouse.snapshot import read_table

BATCH = 2_000
_UNTOUCHED = {"proposed": "", "proposed_why": "", "proposed_under": "", "act": "", "reason": "", "document": "",
              "sets_aside": False}  # fmt: skip
COLUMNS = (
    "list_id", "declaration_id", "field", "score", "tier", "standing", "reasons", "visited", "passed", "listed",
    *_UNTOUCHED,
)  # fmt: skip
"""What is written of a line that is drawn up; nobody has decided anything about it yet."""
PHASE = "naming"
"""The phase in which a list is adopted."""


# ---- the list ----


@transaction.atomic
def draw_up(*, actor: Account | None, now: datetime, round: Round, run: Run, why: str) -> NamingList:
    """Draw up the list of a round from a run: a line for every branch that was scored, each with its reason.

    Drawn up anew from another run, until it is adopted; what people decided is then decided anew. Raises NotPossible.
    """
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    must_be_whole(run, this)
    if this.phase == PHASE:
        raise NotPossible(_("what is adopted is the list that was laid open: it is not drawn up in this phase"))
    if NamingList.objects.filter(round=this, adopted_on__isnull=False).exists():
        raise NotPossible(_("the list of this round is adopted: it stays as it is"))
    try:
        NamingList.objects.filter(round=this).delete()
    except ProtectedError:
        raise NotPossible(_("the list is laid open: names are struck or added one by one, by two people")) from None
    made: NamingList = NamingList.objects.create(round=this, run=run, drawn_at=now, drawn_by=actor)
    edition = at_hand(this.edition)
    rows = read_table(run.results_folder / "branches.parquet", ["code", *naming.READS]).to_pylist()
    pour(Line, COLUMNS, _lines(made, edition, {row["code"]: row for row in rows}))
    listed = made.lines.filter(listed=True).count()
    record(actor=actor, act="naming.draw_up", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           after={"sha256": run.results, "organisations": len(rows), "listed": listed})  # fmt: skip
    return made


def _lines(made: NamingList, edition: Edition, rows: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """The rows of a list, in the order of `COLUMNS`; everything is asked of the database before the first."""
    declared = {
        code: pk for code, pk in made.round.declarations.filter(
            organisation__states__until=None, organisation__states__code__in=_codes(rows)
        ).values_list("organisation__states__code", "pk")
    }  # fmt: skip
    through = set(reviews.passed(made.round).values_list("pk", flat=True))
    tiers = [tier.code for tier in edition.tiers]
    return (
        (made.pk, declared[line.branch], line.field, line.score, tiers[rows[line.branch]["tier"]], line.standing,
         _all_kept(line.reasons), line.visited,
         declared[line.branch] in through, line.listed and declared[line.branch] in through, *_UNTOUCHED.values())
        for line in naming.draw_up(edition, rows) if line.branch in declared
    )  # fmt: skip


def _codes(rows: Mapping[str, Any]) -> Any:
    """The branches meant: named one by one where they are few, else all of the round."""
    return list(rows) if len(rows) <= BATCH else OrganisationState.objects.open().values("code")


def _all_kept(reasons: Iterable[naming.Reason]) -> str:
    """Reasons as a row keeps them."""
    return f"[{', '.join(_kept(one.code, one.met, (*one.figures.items(),), one.names) for one in reasons)}]"


@lru_cache(maxsize=1 << 14)
def _kept(code: str, met: bool, figures: tuple[tuple[str, str], ...], names: tuple[Text, ...]) -> str:
    """A reason as a row keeps it; most branches have most of them in common."""
    said = [[one.zh, one.en] for one in names]
    return json.dumps({"code": code, "met": met, "figures": dict(figures), "names": said}, ensure_ascii=False)


def reasons_of(line: Line) -> tuple[naming.Reason, ...]:
    """The reasons of a line, as the programme says them."""
    return tuple(
        naming.Reason(one["code"], one["met"], one["figures"], tuple(Text(*name) for name in one["names"]))
        for one in line.reasons
    )


@transaction.atomic
def propose(
    *, actor: Account, now: datetime, line: Line, act: str, reason: str, document: str = "", sets_aside: bool = False
) -> Line:  # fmt: skip
    """Propose to strike a name off a list, or to add one, with a reason; it counts when another agrees. Raises Refusal.

    What nobody can set aside (gates, vetoes, floors, evidence, the review) is refused here already. Only whoever looks
    into an objection of the branch may set a rejection aside (`sets_aside`); a review not finished is never passed by.
    """
    mine = _open_line(line)
    mine.sets_aside = sets_aside and not mine.passed and act == naming.ADDED and _turned_down(mine)
    somebody = f"not {actor.pk}"  # who agrees is not known yet; what cannot be is refused before anybody is asked
    decided = Decided(str(actor.pk), somebody, reason, localdate(now), document.strip())
    _possible(mine, act, decided)
    mine.proposed, mine.proposed_by = act, actor
    mine.proposed_why, mine.proposed_under = reason.strip(), document.strip()
    mine.save()
    _recorded("propose", mine, actor, now, reason, {"act": act, "document": mine.proposed_under})
    return mine


@transaction.atomic
def agree(*, actor: Account, now: datetime, line: Line, why: str) -> Line:
    """Agree to what another has proposed: from now on it counts. Raises Refusal."""
    mine = _open_line(line)
    if not mine.proposed:
        raise NotPossible(_("nothing is proposed here: there is nothing to agree to"))
    decided = Decided(str(mine.proposed_by_id), str(actor.pk), mine.proposed_why, localdate(now), mine.proposed_under)
    mine.listed = _possible(mine, mine.proposed, decided).listed
    aside = mine.sets_aside
    mine.passed = mine.passed or aside
    mine.act, mine.by, mine.second, mine.decided_on = mine.proposed, mine.proposed_by, actor, localdate(now)
    mine.reason, mine.document = mine.proposed_why, mine.proposed_under
    _nothing_proposed(mine)
    mine.save()
    told = {"act": mine.act, "listed": mine.listed} | ({"set_aside": "review"} if aside else {})
    _recorded("agree", mine, actor, now, why, told)
    return mine


@transaction.atomic
def leave(*, actor: Account, now: datetime, line: Line, why: str) -> Line:
    """Leave a line as it was: what was proposed does not come about. Raises Refusal."""
    mine = _open_line(line)
    if not mine.proposed:
        raise NotPossible(_("nothing is proposed here: there is nothing to agree to"))
    act = mine.proposed
    _nothing_proposed(mine)
    mine.save()
    _recorded("leave", mine, actor, now, why, {"act": act})
    return mine


def _nothing_proposed(mine: Line) -> None:
    mine.proposed, mine.proposed_why, mine.proposed_under, mine.proposed_by = "", "", "", None
    mine.sets_aside = False


def _possible(mine: Line, act: str, decided: Decided) -> naming.Line:
    """The line as the programme has it after an act. Raises Refusal for one that cannot be."""
    if act == naming.ADDED and not mine.passed and not mine.sets_aside:
        raise NotPossible(_("the review has not passed it: nobody can add it"))
    if act == naming.STRUCK and not mine.listed:
        raise NotPossible(_("it is not on the list: there is nothing to strike"))
    here = naming.Line(str(mine.declaration_id), mine.field, mine.score, mine.standing, reasons_of(mine), mine.visited,
                       mine.act)  # fmt: skip
    return naming.strike(here, decided) if act == naming.STRUCK else naming.add(here, decided)


@transaction.atomic
def adopt(
    *, actor: Account | None, now: datetime, naming_list: NamingList, document: str, on: date, why: str,
    plaques: bool = False,
) -> int:  # fmt: skip
    """Adopt a list under the naming document: everybody on it holds the title from that day on. How many.

    `plaques`: whether titles are handed out as plaques too; as a rule they are not.
    Raises NotPossible before the phase of the naming, in which the days of the notice are over and every objection is
    answered, and while something proposed waits for a second person.
    """
    mine: NamingList = NamingList.objects.select_for_update().select_related("round").get(pk=naming_list.pk)
    if mine.adopted_on is not None:
        raise NotPossible(_("the list of this round is adopted: it stays as it is"))
    if mine.round.phase != PHASE:
        raise NotPossible(
            _("a list is adopted in the phase of the naming, after its public notice: pass the round on to it first")
        )
    if not document.strip():
        raise NotPossible(_("a list is adopted under a document: enter its number"))
    waiting = mine.lines.exclude(proposed="").count()
    if waiting:
        raise NotPossible(_("%(number)d proposals wait for a second person: decide them first") % {"number": waiting})
    mine.document, mine.adopted_on, mine.adopted_by, mine.plaques = document.strip(), on, actor, plaques
    mine.save()
    number = len(Title.objects.bulk_create(_titles(mine, on), batch_size=BATCH))
    record(actor=actor, act="naming.adopt", subject=f"round:{mine.round_id}", path=mine.round.path, now=now, why=why,
           after={"document": mine.document, "on": on.isoformat(), "listed": number, "plaques": plaques})  # fmt: skip
    return number


def _titles(mine: NamingList, on: date) -> Iterator[Title]:
    rules, edition = title_rules(), at_hand(mine.round.edition)
    level = LEVELS[UnitState.objects.on(on).get(unit=mine.round.unit_id).level - 1].code
    names = {tier.code: tier.name for tier in edition.tiers}
    lowest = [tier for tier in edition.tiers if tier.named][-1]
    for organisation, code in mine.lines.filter(listed=True).values_list("declaration__organisation_id", "tier"):
        tier = code if any(one.code == code and one.named for one in edition.tiers) else lowest.code
        given = titles.grant(str(organisation), tier, level, str(mine.round_id), on, rules)
        yield Title(
            organisation_id=organisation, code=tier, name=names[tier].zh, level=level, round=mine.round,
            document=mine.document, since=given.since, until=given.until,
        )  # fmt: skip


def _open_line(line: Line) -> Line:
    mine: Line = Line.objects.select_for_update().select_related("list__round", "declaration").get(pk=line.pk)
    if mine.list.adopted_on is not None:
        raise NotPossible(_("the list of this round is adopted: it stays as it is"))
    return mine


def _recorded(what: str, mine: Line, actor: Account, now: datetime, why: str, after: dict[str, Any]) -> None:
    record(actor=actor, act=f"naming.{what}", subject=f"organisation:{mine.declaration.organisation_id}",
           path=mine.declaration.path, now=now, why=why, after=after)  # fmt: skip


def words_of(line: Line) -> str:
    """Why a branch is on the list or not, in the language of the page: what people decided, what is in its way."""
    language = get_language() or ""
    every = reasons_of(line)
    against = [one for one in every if not one.met]
    said = [one.words.say(language) for one in (against if against and not line.listed else every)]
    if not line.passed:
        said.insert(0, not_passed(line))
    if line.act:
        said.insert(0, line.reason)
    return ("; " if language.startswith("en") else "；").join(said)


def _turned_down(line: Line) -> bool:
    return bool(reviews.rejected(line.list.round).filter(pk=line.declaration_id).exists())


def not_passed(line: Line) -> str:
    """Why the review has not passed a branch: it withdrew, was turned down, or its review has not come to an end."""
    state = line.declaration.state
    if state == declaration.WITHDRAWN:
        return _("the branch has withdrawn from the round")
    if state == declaration.CONCLUDED:
        return _("the review has turned it down")
    return _("its review is not finished")
