"""What is done with declarations: opened for everybody who takes part, answered, handed in, taken back, returned,
withdrawn, frozen.

Every state is one of the programme's table; what an act asks of the answers stands in `programme.declaration`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils.timezone import localdate
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from baolei.declarations.models import LONGEST_WORDS, Answer, Declaration, Mark
from baolei.declarations.sources import known
from baolei.ledger.actions import record
from baolei.organisations.models import OrganisationState, UnitState
from baolei.organisations.pouring import pour, reserve
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import declaration as rules
from baolei.programme.evidence import Facts, up_to
from baolei.programme.phases import PLANNED, youngest
from baolei.programme.refusals import Refusal
from baolei.programme.standard.edition import Edition, FieldTable
from baolei.rounds.models import Round
from baolei.standards.at_hand import at_hand
from baolei.warehouse.rulebook import round_rules, setup_rules

BEFORE_THE_FREEZE = ("self_assessment", "ballots")
"""The phases in which declarations are still handed in."""
ANSWERED = (
    "declaration_id", "item", "num", "den", "origin", "recorded_num", "recorded_den", "words", "asked_back", "version"
)  # fmt: skip


class Changed(Refusal):
    """Somebody else has answered some of the same items since; says which, and what stands there now."""

    def __init__(self, items: Mapping[str, Answer]) -> None:
        self.items = dict(items)
        super().__init__(_("Somebody else has changed the same items since: look at both, and choose"))


@dataclass(frozen=True, slots=True)
class Said:
    """What is said to an item: so many of so many, what it rests on; `seen` is the version of the answer that was on
    the page, 0 where there was none.
    """

    item: str
    num: int
    den: int
    words: str = ""
    seen: int = 0


# ---- for everybody at once ----


@transaction.atomic
def open_all(*, actor: Account | None, now: datetime, round: Round) -> int:
    """Open a declaration for every branch that takes part, with what the house knows already. How many.

    Twice is once: where the round has declarations, none is added.
    """
    if round.declarations.exists():
        return 0
    begins = localdate(now)
    edition = at_hand(round.edition)
    states = taking_part(round, edition, begins)
    homes = dict(UnitState.objects.on(begins).under(round.path).values_list("unit_id", "path"))
    columns = ("id", "round_id", "organisation_id", "field", "unit_id", "path", "state", "version", "said", "served")
    numbers = reserve(Declaration, len(states))
    opened = {
        organisation: (number, field) for number, (organisation, field, _unit) in zip(numbers, states, strict=True)
    }
    pour(Declaration, columns, (
        (number, round.pk, organisation, field, unit, homes[unit], rules.OPEN, 0, "", 0)
        for number, (organisation, field, unit) in zip(numbers, states, strict=True)
    ))  # fmt: skip
    # Asked before the pouring, during which nothing can be asked.
    facts = known(edition.items, opened, round.year, up_to(round.year, begins))
    pour(Answer, ANSWERED, _prefilled(edition, facts, opened))
    record(actor=actor, act="declarations.open", subject=f"round:{round.pk}", path=round.path, now=now,
           after={"organisations": len(states)})  # fmt: skip
    return len(states)


def taking_part(round: Round, edition: Edition, begins: date) -> list[tuple[int, str, int]]:
    """Organisation, field and unit of every branch that takes part, in the order of the tree."""
    return list(_taking_part(round, edition, begins).values_list("organisation_id", "field", "unit_id"))


def number_taking_part(round: Round, begins: date) -> int:
    """How many branches would be asked to declare in a round that begins on a day."""
    return int(_taking_part(round, at_hand(round.edition), begins).count())


def _taking_part(round: Round, edition: Edition, begins: date) -> Any:
    """Every branch that takes part, as it stands on a day, in the order of the tree."""
    rule = round_rules()
    kinds = [code for code, kind in setup_rules(begins).kinds.items() if kind.tier in rule.tiers]
    old = (
        OrganisationState.objects.values("organisation").annotate(first=Min("since"))
        .filter(first__lte=youngest(begins, rule)).values("organisation")
    )  # fmt: skip
    found = OrganisationState.objects.on(begins).filter(
        kind__in=kinds, field__in=[field.code for field in edition.fields], organisation__in=old,
        unit__in=UnitState.objects.on(begins).under(round.path).values("unit"),
    )  # fmt: skip
    return found.order_by("path")


def _prefilled(
    edition: Edition, facts: Mapping[str, Facts], opened: Mapping[int, tuple[int, str]]
) -> Iterator[tuple[Any, ...]]:
    """The rows of answers that the records give; `opened`: number of the declaration and field of each organisation."""
    uses = {field.code: {code for code, worth in field.items.items() if worth} for field in edition.fields}
    for code, known_of in facts.items():
        for organisation, (num, den) in known_of.items():
            number, field = opened[organisation]
            if code in uses[field]:
                yield number, code, num, den, Answer.RECORD, num, den, "", "", 1


@transaction.atomic
def freeze(*, actor: Account | None, now: datetime, round: Round) -> dict[str, int]:
    """At the end of the ballots freeze what was handed in; what was not has lapsed. How many of each."""
    mine = Declaration.objects.filter(round=round)
    frozen = mine.filter(state=rules.SUBMITTED).update(state=rules.FROZEN)
    lapsed = mine.filter(state__in=(rules.OPEN, rules.RETURNED)).update(state=rules.LAPSED)
    record(actor=actor, act="declarations.freeze", subject=f"round:{round.pk}", path=round.path, now=now,
           after={"frozen": frozen, "lapsed": lapsed})  # fmt: skip
    return {"frozen": frozen, "lapsed": lapsed}


def all_concluded(round: Round) -> None:
    """Refuse to end a round while a declaration is still under way: nobody could do anything with it any more.

    Raises NotPossible.
    """
    final = [state.code for state in rules.STATES.states if state.final]
    left = Declaration.objects.filter(round=round).exclude(state__in=final).count()
    if left:
        raise NotPossible(
            ngettext(
                "%(number)d declaration is still under review: let it be concluded first, or cancel the round",
                "%(number)d declarations are still under review: let them be concluded first, or cancel the round",
                left,
            )
            % {"number": left}
        )


# ---- for one ----


@transaction.atomic
def answer(
    *, actor: Account | None, now: datetime, declaration: Declaration, said: Sequence[Said], served: int | None = None
) -> dict[str, Answer]:
    """Save answers of a declaration that is still open, and how many households or people the branch serves; nothing is
    saved where one cannot be. The answers by item.

    Raises Changed where somebody else has answered one of them since it was seen, AnswerRefused, NotPossible.
    """
    mine = still_open(declaration)
    edition, field = standard(mine)
    held: dict[str, Answer] = {one.item: one for one in mine.answers.filter(item__in=[one.item for one in said])}
    _check(said, edition, field)
    clash = {one.item: held[one.item] for one in said if one.item in held and held[one.item].version != one.seen}
    clash = {item: old for item, old in clash.items() if not _same(old, next(one for one in said if one.item == item))}
    if clash:
        raise Changed(clash)
    before = {one.item: [one.num, one.den] for one in held.values()}
    made = _put(mine, held, said)
    mine.version += 1
    mine.served = mine.served if served is None else served
    mine.save(update_fields=["version", "served"])
    recorded("answer", mine, actor, now, before=before, after={one.item: [one.num, one.den] for one in said})
    return made


def _check(said: Iterable[Said], edition: Edition, field: FieldTable) -> None:
    for one in said:
        if not field.items.get(one.item):
            raise NotPossible(_("there is no item %(item)s in this field's table") % {"item": one.item})
        rules.checked(edition.items[one.item], one.num, one.den)
        rules.impersonal(edition.items[one.item], one.words)
        if len(one.words) > LONGEST_WORDS:
            raise NotPossible(_("what an answer rests on is said in at most %(most)d characters")
                              % {"most": LONGEST_WORDS})  # fmt: skip


def _same(old: Answer, said: Said) -> bool:
    return (old.num, old.den, old.words) == (said.num, said.den, said.words)


SAID = ("num", "den", "words", "asked_back", "origin", "version")
"""What of an answer may be another after it was said anew."""


def _put(mine: Declaration, held: Mapping[str, Answer], said: Sequence[Said]) -> dict[str, Answer]:
    """Write the answers that are new or changed in one stroke; all that were said, by item."""
    made = {one.item: held.get(one.item) or Answer(declaration=mine, item=one.item, version=0) for one in said}
    changed = [_said(made[one.item], one) for one in said if not (one.item in held and _same(held[one.item], one))]
    for one in changed:
        one.pk = None  # found again by its item: an update of many rows costs four times as much
    Answer.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["declaration", "item"], update_fields=SAID
    )
    return made


def _said(one: Answer, said: Said) -> Answer:
    """What was said, put into an answer; one that says what the record says is the record's."""
    one.num, one.den, one.words, one.asked_back = said.num, said.den, said.words, ""
    one.origin = Answer.RECORD if (one.recorded_num, one.recorded_den) == (said.num, said.den) else Answer.BRANCH
    one.version += 1
    return one


@transaction.atomic
def hand_in(*, actor: Account | None, now: datetime, declaration: Declaration) -> Declaration:
    """Hand a declaration in, answered to the end. Raises Refusal.

    Once the round is frozen, what a reviewer returned is frozen again with the same stroke.
    """
    mine = _held(declaration)
    after = rules.STATES.next_state(mine.state, rules.SUBMIT, rules.BRANCH)
    edition, field = standard(mine)
    rules.complete(edition, field, answers_of(mine))
    if is_frozen(mine.round):
        after = rules.STATES.next_state(after, rules.FREEZE, rules.CLOCK)
    mine.submitted_at, mine.submitted_by, mine.said = now, actor, ""
    return _step(mine, after, "hand_in", actor, now, "")


def is_frozen(round: Round) -> bool:
    """Whether the declarations of a round are frozen: what is amended from then on asks for a new run."""
    return round.phase not in (PLANNED, *BEFORE_THE_FREEZE)


@transaction.atomic
def take_back(*, actor: Account | None, now: datetime, declaration: Declaration, why: str) -> Declaration:
    """Take back what was handed in, to change it, while nobody has begun to review it. Raises Refusal."""
    mine = _held(declaration)
    after = rules.STATES.next_state(mine.state, rules.TAKE_BACK, rules.BRANCH)
    return _step(mine, after, "take_back", actor, now, why)


@transaction.atomic
def withdraw(*, actor: Account | None, now: datetime, declaration: Declaration, why: str) -> Declaration:
    """Withdraw from the round. It costs nothing and is held against nobody. Raises Refusal."""
    mine = _held(declaration)
    after = rules.STATES.next_state(mine.state, rules.WITHDRAW, rules.BRANCH)
    return _step(mine, after, "withdraw", actor, now, why)


@transaction.atomic
def send_back(
    *, actor: Account | None, now: datetime, declaration: Declaration, why: str, items: Mapping[str, str]
) -> Declaration:
    """Return a declaration, with the reason at each item that is to be looked at again. Raises Refusal."""
    mine = _held(declaration)
    after = rules.STATES.next_state(mine.state, rules.RETURN, rules.SUPERIOR)
    _edition, field = standard(mine)
    reasons = {item: words.strip() for item, words in items.items() if words.strip() and field.items.get(item)}
    if not reasons:
        raise NotPossible(
            _("a declaration is returned with a reason: write it at the item that is to be looked at again")
        )
    for item, words in reasons.items():
        mine.answers.filter(item=item).update(asked_back=words[:500])
    mine.said = why
    return _step(mine, after, "return", actor, now, why, items=reasons)


@transaction.atomic
def conclude(*, actor: Account | None, now: datetime, declaration: Declaration, why: str) -> Declaration:
    """Conclude a declaration: every level has said what it had to say, or one has turned it down. Raises Refusal."""
    mine = _held(declaration)
    after = rules.STATES.next_state(mine.state, rules.CONCLUDE, rules.SUPERIOR)
    return _step(mine, after, "conclude", actor, now, why)


@transaction.atomic
def lapse(*, actor: Account | None, now: datetime, declaration: Declaration, why: str) -> Declaration:
    """Let a declaration lapse that was returned and not amended in time. Raises Refusal."""
    mine = _held(declaration)
    after = rules.STATES.next_state(mine.state, rules.LAPSE, rules.CLOCK)
    return _step(mine, after, "lapse", actor, now, why)


@transaction.atomic
def mark(
    *, actor: Account | None, now: datetime, declaration: Declaration, code: str, met: bool, document: str, why: str,
    matter: str = "", level: str = "",
) -> Mark:  # fmt: skip
    """Say of a gate that it is met or not, or enter a veto, a bonus or a deduction, on a document. Raises Refusal.

    Said once more, the later word holds. It is the superior's to say, never the branch's own.
    """
    mine = _held(declaration)
    if rules.STATES.state(mine.state).final:
        raise NotPossible(_("this declaration is closed: nothing is entered upon it any more"))
    edition, _field = standard(mine)
    if not document.strip():
        raise NotPossible(_("it stands on something: enter the document, or who found it and when"))
    levels = {bonus.code: {name for name, _points in bonus.points} for bonus in edition.bonuses}
    known = {one.code for group in (edition.gates, edition.vetoes, edition.deductions) for one in group} | levels.keys()
    if code not in known or (code in levels and level not in levels[code]):
        raise NotPossible(_("the standard knows no such condition at this level: choose among those there are"))
    old = mine.marks.filter(code=code, matter=matter).first()
    held = {"level": level if code in levels else "", "document": document.strip(), "by": actor}
    made: Mark = Mark.objects.update_or_create(
        declaration=mine, code=code, matter=matter, defaults={"value": int(met), **held}
    )[0]
    mine.version += 1
    mine.save(update_fields=["version"])
    recorded("mark", mine, actor, now, why=why, before={code: old.value} if old else None,
              after={code: int(met), "document": document.strip()})  # fmt: skip
    return made


@transaction.atomic
def mark_gates(
    *, actor: Account | None, now: datetime, declaration: Declaration, said: Mapping[str, bool], document: str, why: str
) -> list[Mark]:
    """Say of several gates at once whether each is met, on one document: all of them or none. Raises Refusal."""
    edition, _field = standard(declaration)
    if not said:
        raise NotPossible(_("no gate is changed: choose “met” or “not met” at one of them"))
    if strange := said.keys() - {gate.code for gate in edition.gates}:
        raise NotPossible(
            _("%(code)s is no gate of the standard: choose among those there are") % {"code": sorted(strange)[0]}
        )
    return [
        mark(actor=actor, now=now, declaration=declaration, code=code, met=met, document=document, why=why)
        for code, met in said.items()
    ]


def _step(
    mine: Declaration, after: str, what: str, actor: Account | None, now: datetime, why: str, **told: Any
) -> Declaration:
    before, mine.state = mine.state, after
    mine.version += 1
    mine.save(update_fields=["state", "version", "said", "submitted_at", "submitted_by"])
    recorded(what, mine, actor, now, why=why, before={"standing": before}, after={"standing": after, **told})
    return mine


def standard(declaration: Declaration) -> tuple[Edition, FieldTable]:
    """The edition a declaration is judged by, and the table of its field. Raises NotPossible where it has changed."""
    edition = at_hand(declaration.round.edition)
    if edition.digest != declaration.round.digest:
        raise NotPossible(
            _("the standard %(code)s is not the one this round was opened under") % {"code": edition.code}
        )
    return edition, edition.field(declaration.field)


def answers_of(declaration: Declaration) -> dict[str, tuple[int, int]]:
    """What a declaration says, by item: so many of so many."""
    return {item: (num, den) for item, num, den in declaration.answers.values_list("item", "num", "den")}


def still_open(declaration: Declaration) -> Declaration:
    """The declaration, held until the act is through, where the branch may change it. Raises NotPossible."""
    mine = _held(declaration)
    if mine.state not in (rules.OPEN, rules.RETURNED):
        name = rules.STATES.state(mine.state).name
        raise NotPossible(
            _("it is %(state)s and cannot be changed: take it back first") % {"state": name.say(get_language() or "")}
        )
    return mine


def _held(declaration: Declaration) -> Declaration:
    """The declaration as it stands now, held until the act is through. Raises NotPossible once its round has ended."""
    found: Declaration = (
        Declaration.objects.select_for_update(of=("self",)).select_related("round").get(pk=declaration.pk)
    )
    if found.round.ended_at is not None:
        raise NotPossible(_("the round has ended: what was declared stays on record as it stands"))
    return found


def recorded(
    what: str, mine: Declaration, actor: Account | None, now: datetime, *, why: str = "", before: Any, after: Any
) -> None:
    """Put an act upon a declaration on record."""
    record(actor=actor, act=f"declarations.{what}", subject=f"organisation:{mine.organisation_id}", path=mine.path,
           now=now, why=why, before=before, after=after)  # fmt: skip
