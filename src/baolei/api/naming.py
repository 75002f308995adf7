"""Lists and titles to programs: a reason for every line, what people decided, and the titles that followed."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_noop as noop
from ninja import Query, Router, Schema

from baolei.api import shapes
from baolei.api.asking import Number, Paged, may
from baolei.api.doing import Upon, by_people
from baolei.api.reading import Reading, getting, listed, one_of, one_row, only, reading
from baolei.api.rounds import seen as round_seen
from baolei.api.shapes import Pages, means
from baolei.naming import actions, doors, models
from baolei.naming.forms import OF_LINE, OF_TITLE, AnswerOfBranch
from baolei.naming.views import Row, acts_on_line, acts_on_title, among, rows, title_rows
from baolei.notices.forms import ObjectAsBranch
from baolei.notices.views import acts_of_branch
from baolei.organisations.forms_of_people import PeopleForm
from baolei.programme import titles as title_states

router = Router()
get = getting(router)
ON_LINE: dict[str, type[PeopleForm]] = {**OF_LINE, "object": ObjectAsBranch}
ON_TITLE: dict[str, type[PeopleForm]] = {**OF_TITLE, "answer": AnswerOfBranch}


class OfLines(Paged):
    """Lines of a list."""

    which: Literal["listed", "visit", "held", "decided", "unnamed"] | None = may(
        noop("On the list; to be visited first; place kept; decided or proposed by people; not named.")
    )
    declaration: Number | None = may(noop("Of the declaration of this number."))


class OfTitles(Paged):
    """Titles."""

    round: Number | None = may(noop("Of the round of this number."))
    organisation: Number | None = may(noop("Of the organisation of this number."))
    state: str | None = may(noop("Standing so."), max_length=12)


class Line(Schema):
    """A branch on (or not on) the list of its round, and why."""

    id: int
    round: int
    declaration: int
    organisation: shapes.Named
    field: str
    score: str
    tier: str
    standing: str = means(noop("By the results: confirmed, visit, held or unnamed."))
    listed: bool
    passed: bool = means(noop("Whether the review has passed it."))
    visited: bool
    why: str
    proposed: str = means(noop("What waits for a second person: struck or added; empty for nothing."))
    proposed_why: str
    decided: str = means(noop("What two people decided: struck or added; empty for nothing."))
    reason: str
    document: str
    decided_on: date | None


class Lines(Pages):
    """Lines of a list."""

    items: list[Line]


class Reason(Schema):
    """One condition of the title."""

    code: str
    met: bool
    words: str


class LineWhole(Line):
    """A line with every condition of the title, met or not."""

    reasons: list[Reason]


class Title(Schema):
    """A title of a branch, from a day to a day."""

    id: int
    organisation: shapes.Named
    code: str
    name: str
    level: str = means(noop("Given by the level."))
    round: int
    document: str
    since: date
    until: date
    state: str
    state_name: str
    ended: date | None
    reason: str
    answer: str = means(noop("What the branch answers before it is withdrawn."))


class Titles(Pages):
    """Titles."""

    items: list[Title]


@get("/rounds/{int:round}/lines", "lines", Lines, "naming", noop("The list of a round"),
     noop("A line with its reason for every branch of the mandate that was scored."))  # fmt: skip
def lines(request: HttpRequest, round: int, ask: Query[OfLines]) -> Lines:
    """Lines."""
    read = reading(request)
    this = round_seen(read, round)
    found = only(among(doors.lines(read.scope).filter(list__round=this), ask.which or ""),
                 declaration=ask.declaration)  # fmt: skip
    got = listed(request, ask, read, found, "pk", path=this.path)
    return Lines(items=[Line(**_filled(row)) for row in rows(got.rows)], next=got.next)


@get("/lines/{int:line}", "line", LineWhole, "naming", noop("One line of a list"),
     noop("Every condition of the title, met or not, and what people decided."))  # fmt: skip
def line(request: HttpRequest, line: int) -> LineWhole:
    """A line."""
    mine = line_seen(reading(request), line)
    language = get_language() or ""
    reasons = [Reason(code=one.code, met=one.met, words=one.words.say(language)) for one in actions.reasons_of(mine)]
    return LineWhole(**_filled(rows([mine])[0]), reasons=reasons)


@get("/titles", "titles", Titles, "naming", noop("Titles"), noop("Of the branches of the mandate."))
def titles(request: HttpRequest, ask: Query[OfTitles]) -> Titles:
    """Titles."""
    read = reading(request)
    one_of("state", ask.state, [one.code for one in title_states.STATES.states])
    found = only(doors.titles(read.scope), round=ask.round, organisation=ask.organisation, state=ask.state)
    got = listed(request, ask, read, found, "pk")
    return Titles(items=[_title(*row) for row in title_rows(got.rows)], next=got.next)


@get("/titles/{int:title}", "title", Title, "naming", noop("One title"), noop("Its days, and where it stands."))
def title(request: HttpRequest, title: int) -> Title:
    """A title."""
    return _title(*title_rows([title_seen(reading(request), title)])[0])


def _filled(row: Row) -> dict[str, Any]:
    one = row.line
    return {
        "id": one.pk, "round": one.list.round_id, "declaration": one.declaration_id,
        "organisation": shapes.Named(id=one.declaration.organisation_id, name=row.name), "field": one.field,
        "score": row.score, "tier": one.tier, "standing": one.standing, "listed": one.listed, "passed": one.passed,
        "visited": one.visited, "why": row.why, "proposed": one.proposed, "proposed_why": one.proposed_why,
        "decided": one.act, "reason": one.reason, "document": one.document, "decided_on": one.decided_on,
    }  # fmt: skip


def _title(one: models.Title, name: str, standing: str) -> Title:
    return Title(
        id=one.pk, organisation=shapes.Named(id=one.organisation_id, name=name), code=one.code, name=one.name,
        level=one.level, round=one.round_id, document=one.document, since=one.since, until=one.until,
        state=one.state, state_name=standing, ended=one.ended, reason=one.reason, answer=one.answer,
    )  # fmt: skip


def line_seen(read: Reading, number: int) -> models.Line:
    """A line of a branch of the mandate. Raises Http404 for any other."""
    mine: models.Line = one_row(doors.lines(read.scope).filter(pk=number))
    return mine


def title_seen(read: Reading, number: int) -> models.Title:
    """A title of a branch of the mandate. Raises Http404 for any other."""
    mine: models.Title = one_row(doors.titles(read.scope).filter(pk=number))
    return mine


def upon_line(read: Reading, number: int) -> Upon:
    """A line, and what may be done with it by whoever leads its round, or speaks for its branch."""
    mine = line_seen(read, number)
    acts = {**acts_on_line(read.written, mine), **acts_of_branch(read.written, mine, read.day)}
    return by_people(read, mine, rows([mine])[0].name, acts)


def upon_title(read: Reading, number: int) -> Upon:
    """A title, and what may be done with it by the committee that named, or by its branch."""
    mine = title_seen(read, number)
    return by_people(read, mine, title_rows([mine])[0][1], acts_on_title(read.written, mine))
