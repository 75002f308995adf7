"""Declarations to programs: those of a round, one with every item and condition; answered, handed in, returned."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from baolei.api import shapes
from baolei.api.asking import Number, Paged, may
from baolei.api.doing import KEY, WRITING, Upon, by_people, done_once, may_write
from baolei.api.problems import Problem, not_valid
from baolei.api.reading import Reading, below, getting, listed, one_of, one_row, only, reading
from baolei.api.rounds import seen as round_seen
from baolei.api.shapes import Pages, means
from baolei.ballots import doors as counting
from baolei.ballots.actions import takes_ballots
from baolei.ballots.forms import CountBallots
from baolei.declarations import actions, conditions, doors, models
from baolei.declarations.actions import Changed, Said
from baolei.declarations.form import Entry, Form, form_of
from baolei.declarations.forms import BY_BRANCH, EnterEvent, HandIn, SayGates, SendBack
from baolei.declarations.views import Row, acts_on, rows
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.people_views import in_words
from baolei.paths import at_or_below
from baolei.programme import declaration as rules
from baolei.programme.refusals import Refusal

router = Router()
get = getting(router)

ON_DECLARATION: dict[str, type[PeopleForm]] = {
    "hand-in": HandIn, **BY_BRANCH, "return": SendBack, "gates": SayGates, "event": EnterEvent,
    "enter-ballots": CountBallots,
}  # fmt: skip
"""What is done with a declaration, by its branch and by those above it."""


class OfDeclarations(Paged):
    """Declarations."""

    state: str | None = may(noop("Standing so."), max_length=10)
    below: str | None = may(noop("Serving a unit at or below the one of this code."), max_length=30)
    organisation: Number | None = may(noop("Of the organisation of this number."))


class Declaration(Schema):
    """A branch in a round, and where its declaration stands."""

    id: int
    round: int
    organisation: shapes.Named
    unit: shapes.Named = means(noop("The unit it serves."))
    field: str
    state: str
    state_name: str
    version: int
    handed_in: datetime | None
    said: str = means(noop("What the superior wrote when it was returned last."))


class Declarations(Pages):
    """Declarations."""

    items: list[Declaration]


class ItemAnswer(Schema):
    """What a branch says to an item: so many of so many."""

    done: int
    due: int = means(noop("0 of 0 says that it does not apply."))
    words: str = means(noop("What it rests on."))
    origin: str = means(noop("record: from the house's own records; branch: entered by the branch."))
    version: int = means(noop("To be sent as “seen” with the next answer."))
    asked_back: str = means(noop("What a reviewer wrote at this item."))


class Item(Schema):
    """An item of the standard: what it can earn, what it earns as it stands, what is missing."""

    item: str
    name: str
    strength: str
    kind: str
    choices: list[shapes.Choice] = means(noop("Where it is chosen: “done” and what that means; “na” does not apply."))
    answer: ItemAnswer | None
    earned: str
    of: str
    lacking: str = means(noop("Points still to be had; empty for none."))
    standing: str


class Condition(Schema):
    """A gate and where it stands; a veto, bonus or deduction that was entered."""

    kind: str
    name: str
    standing: str
    met_by: str
    matter: str
    level: str
    document: str


class DeclarationWhole(Declaration):
    """A declaration with every item and condition."""

    served: int = means(noop("Households or people served."))
    score: str = means(noop("Points by the organisation's own assessment, as it stands."))
    of: str
    unanswered: int
    minutes: int = means(noop("What the form asks of a branch, in minutes."))
    items: list[Item]
    conditions: list[Condition]


class Given(Schema):
    """One answer."""

    model_config = ConfigDict(extra="forbid")

    item: str = Field(..., max_length=60)
    done: Number
    due: Number
    words: str = Field("", max_length=models.LONGEST_WORDS)
    seen: Number = Field(0, description=noop("The version of the answer it takes the place of; 0 where there is none."))


class Answers(Schema):
    """Answers to several items: all of them are saved, or none."""

    model_config = ConfigDict(extra="forbid")

    answers: list[Given] = Field(..., max_length=500)
    served: Number | None = Field(None, le=10**7, description=noop("Households or people served."))


@get("/rounds/{int:round}/declarations", "declarations", Declarations, "declarations", noop("Declarations of a round"),
     noop("Of the branches of the mandate."))  # fmt: skip
def declarations(request: HttpRequest, round: int, ask: Query[OfDeclarations]) -> Declarations:
    """Declarations."""
    read = reading(request)
    this = round_seen(read, round)
    one_of("state", ask.state, [one.code for one in rules.STATES.states])
    path = below(read, ask.below)
    found = doors.declarations(read.scope).filter(at_or_below(path), round=this)
    got = listed(request, ask, read, only(found, state=ask.state, organisation=ask.organisation), "pk", path=this.path)
    return Declarations(items=[Declaration(**_filled(one)) for one in rows(got.rows)], next=got.next)


@get("/declarations/{int:declaration}", "declaration", DeclarationWhole, "declarations", noop("One declaration"),
     noop("Each item with its answer, what it earns and what is missing; each condition."))  # fmt: skip
def declaration(request: HttpRequest, declaration: int) -> DeclarationWhole:
    """A declaration."""
    mine = seen(reading(request), declaration)
    form = form_of(mine)
    return DeclarationWhole(
        **_filled(rows([mine])[0]), served=mine.served, score=form.score, of=form.of, unanswered=form.unanswered,
        minutes=form.burden.minutes, items=list(_items(form)),
        conditions=[
            Condition(kind=one.kind, name=one.name, standing=one.standing, met_by=one.met_by, level=one.level,
                           matter=one.mark.matter if one.mark else "", document=one.mark.document if one.mark else "")
            for one in conditions.rows(mine)
        ],
    )  # fmt: skip


def _filled(row: Row) -> dict[str, Any]:
    one = row.declaration
    return {
        "id": one.pk, "round": one.round_id, "organisation": shapes.Named(id=one.organisation_id, name=row.name),
        "unit": shapes.Named(id=one.unit_id, name=row.unit), "field": one.field, "state": one.state,
        "state_name": row.standing, "version": one.version, "handed_in": one.submitted_at, "said": one.said,
    }  # fmt: skip


def _items(form: Form) -> Iterable[Item]:
    for part in form.parts:
        for entry in part.entries:
            yield _item(entry, part.name)


def _item(entry: Entry, strength: str) -> Item:
    choices = [shapes.Choice(value=one.value, label=one.label) for one in entry.choices if one.value]
    return Item(
        item=entry.item.code, name=entry.item.name.say(get_language() or ""), strength=strength, kind=entry.item.kind,
        choices=choices, answer=_answer(entry.answer) if entry.answer else None,
        earned="" if entry.leaf.points is None else entry.earned, of=entry.of, lacking=entry.lacking,
        standing=entry.standing,
    )  # fmt: skip


def _answer(one: models.Answer) -> ItemAnswer:
    return ItemAnswer(done=one.num, due=one.den, words=one.words, origin=one.origin, version=one.version,
                       asked_back=one.asked_back)  # fmt: skip


def seen(read: Reading, number: int) -> models.Declaration:
    """A declaration of the mandate. Raises Http404 for any other."""
    mine: models.Declaration = one_row(doors.declarations(read.scope).filter(pk=number))
    return mine


# ---- acts ----


def upon(read: Reading, number: int) -> Upon:
    """A declaration, and what may be done with it: by the branch, by those above it, by those who count its ballots."""
    mine = seen(read, number)
    return by_people(read, mine, rows([mine])[0].name, {} if mine.round.ended_at else _open(read, mine))


def _open(read: Reading, mine: models.Declaration) -> dict[str, Any]:
    found, writing = dict[str, Any](), read.written
    if doors.fills_in(writing, mine) and any(row.act == rules.SUBMIT for row in rules.STATES.ways(mine.state)):
        found["hand-in"] = HandIn
    found |= acts_on(writing, mine)
    if doors.answers_for(writing, mine) and not rules.STATES.state(mine.state).final:
        found |= {"gates": SayGates, "event": EnterEvent}
    if counting.counts(writing, mine) and takes_ballots(mine):
        found["enter-ballots"] = CountBallots
    return found


@router.post(
    "/declarations/{int:declaration}/answers", url_name="api_answers", response={**WRITING, 409: shapes.Problem},
    tags=["acts"], openapi_extra={"parameters": [KEY]}, summary=noop("Answer items of a declaration"),
    description=noop("All of them are saved, or none. Where somebody else has answered an item since it was seen, "
                     "the status is 409, and each error says what stands there now."),
)  # fmt: skip
def answers(request: HttpRequest, declaration: int, said: Answers) -> HttpResponse:
    """Answer."""
    may_write(request)
    now = timezone.now()

    def do() -> str:
        read = reading(request)
        mine = seen(read, declaration)
        if not doors.fills_in(read.written, mine) or mine.round.ended_at:
            raise Http404(declaration)
        _may_be(mine, said)
        _saved(read, mine, said, now)
        return _("Saved")

    return done_once(request, "answer", now, do)


def _may_be(mine: models.Declaration, said: Answers) -> None:
    """Refuse answers that no item can have. Raises Problem naming each."""
    edition, table = actions.standard(mine)
    asked, wrong, met = {one.code: one for one in rules.asked(edition, table)}, [], set[str]()
    for one in said.answers:
        if one.item in met or one.item not in asked:
            twice = _("said twice: say it once")
            wrong.append((one.item, twice if one.item in met else _("there is no such item in this field's table")))
            continue
        met.add(one.item)
        try:
            rules.checked(asked[one.item], one.done, one.due)
        except Refusal as refusal:
            wrong.append((one.item, in_words(refusal)))
    if wrong:
        raise not_valid(wrong)


def _saved(read: Reading, mine: models.Declaration, said: Answers, now: datetime) -> None:
    given = [Said(one.item, one.done, one.due, one.words, one.seen) for one in said.answers]
    try:
        actions.answer(actor=read.caller.account, now=now, declaration=mine, said=given, served=said.served)
    except Changed as changed:
        stands = _("%(done)d of %(due)d stands there now, version %(version)d")
        raise Problem("changed", str(changed), [
            (item, stands % {"done": one.num, "due": one.den, "version": one.version})
            for item, one in changed.items.items()
        ]) from changed  # fmt: skip
    except Refusal as refusal:
        raise not_valid([("", in_words(refusal))]) from refusal
