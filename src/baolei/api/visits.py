"""Visits to programs: who was drawn, and what inspectors found. The branch itself is not told beforehand."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from baolei.api import shapes
from baolei.api.asking import Day, Number, Paged, may
from baolei.api.doing import KEY, WRITING, done_once, may_write
from baolei.api.problems import Problem, not_valid
from baolei.api.reading import Reading, getting, listed, one_of, one_row, only, reading
from baolei.api.rounds import seen as round_seen
from baolei.api.shapes import Pages, means
from baolei.declarations.actions import standard
from baolei.declarations.views import Row, rows
from baolei.organisations.people_views import in_words
from baolei.programme import declaration as rules
from baolei.programme.refusals import Refusal
from baolei.scores import actions, doors, models

router = Router()
get = getting(router)


class OfVisits(Paged):
    """Visits."""

    wave: str | None = may(noop("Drawn so: random, borderline, or a second look (double)."), max_length=10)
    made: bool | None = may(noop("Made already (true) or still to be made (false)."))


class Verified(Schema):
    """A fact as it was verified on the spot."""

    item: str
    done: int
    due: int


class Visit(Schema):
    """A branch that was drawn to be visited, and what was found there."""

    id: int
    round: int
    declaration: int
    organisation: shapes.Named
    unit: str
    wave: str
    probability: float = means(noop("With which it was drawn."))
    on: date | None
    by: str | None
    team: int | None
    version: int = means(noop("How often it was written: given back, it shows that nobody wrote in between."))
    told: bool = means(noop("Whether what was found is told: where a branch is looked at twice, once both are in."))
    found: list[Verified] = means(noop("The facts as verified on the spot; what was not looked at is left out."))
    points: float | None = means(noop("What the organisation's part is worth, as verified."))
    overall: float | None
    words: str
    open: bool = means(noop("Whether this token may record it."))


class Visits(Pages):
    """Visits of a round."""

    items: list[Visit]


class Looked(Schema):
    """A fact as it is verified on the spot."""

    model_config = ConfigDict(extra="forbid")

    item: str = Field(..., max_length=60)
    done: Number
    due: Number


class Findings(Schema):
    """What inspectors found; what is not looked at stays as declared."""

    model_config = ConfigDict(extra="forbid")

    on: Day = Field(..., description=noop("The day of the visit."))
    found: list[Looked] = Field([], max_length=500)
    words: str = Field(..., min_length=1, max_length=2_000, description=noop("What was seen and heard."))
    overall: int | None = Field(None, ge=0, le=100, description=noop("The visitors' own judgement of the whole."))
    team: int = Field(
        0, ge=0, le=actions.MOST_TEAMS, description=noop("The number of the team; 0 where teams have none.")
    )
    version: int | None = Field(
        None, ge=0, description=noop("The version that was read: refused where another is now.")
    )


@get("/rounds/{int:round}/visits", "visits", Visits, "visits", noop("Visits of a round"),
     noop("For those who lead the round, and for the inspectors of a unit at or above the branch."))  # fmt: skip
def visits(request: HttpRequest, round: int, ask: Query[OfVisits]) -> Visits:
    """Visits."""
    read = reading(request)
    this = round_seen(read, round)
    one_of("wave", ask.wave, dict(models.Visit.WAVES))
    found = only(_mine(read).filter(declaration__round=this), wave=ask.wave)
    if ask.made is not None:
        found = found.filter(on__isnull=not ask.made)
    got = listed(request, ask, read, found, "pk", path=this.path)
    return Visits(items=_filled(got.rows, read), next=got.next)


@get("/visits/{int:visit}", "visit", Visit, "visits", noop("One visit"), noop("What was found there."))
def visit(request: HttpRequest, visit: int) -> Visit:
    """A visit."""
    read = reading(request)
    return _filled([one_row(_mine(read).filter(pk=visit))], read)[0]


@router.post(
    "/visits/{int:visit}/findings", url_name="api_findings_of_visit", response=WRITING, tags=["acts"],
    openapi_extra={"parameters": [KEY]}, summary=noop("Record a visit"),
    description=noop("What was verified on the spot, item by item; the points follow by the same arithmetic."),
)  # fmt: skip
def findings_of_visit(request: HttpRequest, visit: int, said: Findings) -> HttpResponse:
    """Record it."""
    may_write(request)
    now = timezone.now()

    def do() -> str:
        read = reading(request)
        mine: models.Visit = one_row(_mine(read).filter(pk=visit))
        if not doors.visits_here(read.caller.account, mine, read.day):
            raise Http404(visit)
        _may_be(mine, said, read.day)
        sheet = actions.Sheet(said.on, {one.item: (one.done, one.due) for one in said.found}, said.words.strip(),
                              said.overall, said.team)  # fmt: skip
        try:
            actions.visit(actor=read.caller.account, now=now, visit=mine, sheet=sheet, seen=said.version)
        except actions.WrittenSince as clash:
            raise Problem("changed", in_words(clash)) from clash
        except Refusal as refusal:
            raise not_valid([("", in_words(refusal))]) from refusal
        return _("Saved")

    return done_once(request, "findings", now, do)


def _may_be(mine: models.Visit, said: Findings, today: date) -> None:
    """Refuse what no visit can have found. Raises Problem naming each."""
    edition, table = standard(mine.declaration)
    asked, wrong = {one.code: one for one in rules.asked(edition, table)}, list[tuple[str, str]]()
    if said.on > today:
        wrong.append(("on", _("It is entered on the day itself, or later: today is %s") % today))
    for one in said.found:
        if one.item not in asked:
            wrong.append((one.item, _("there is no such item in this field's table")))
            continue
        try:
            rules.checked(asked[one.item], one.done, one.due)
        except Refusal as refusal:
            wrong.append((one.item, in_words(refusal)))
    if wrong:
        raise not_valid(wrong)


def _mine(read: Reading) -> Any:
    """The visits that a mandate may see."""
    return doors.visits(read.caller.account, read.day)


def _filled(found: list[models.Visit], read: Reading) -> list[Visit]:
    account = read.caller.account
    named, told = rows([one.declaration for one in found]), doors.tellable(account, found)
    open_ones = doors.writable(account, found, read.day) if read.caller.token.writes else set[int]()
    return [
        _visit(one, row, told=one.pk in told, open_=one.pk in open_ones)
        for one, row in zip(found, named, strict=True)
    ]  # fmt: skip


def _visit(one: models.Visit, row: Row, *, told: bool, open_: bool) -> Visit:
    found = one.found if told else {}
    return Visit(
        id=one.pk, round=row.declaration.round_id, declaration=one.declaration_id,
        organisation=shapes.Named(id=row.declaration.organisation_id, name=row.name), unit=row.unit, wave=one.wave,
        probability=one.probability, on=one.on, by=one.by.name if one.by else None, team=one.team or None,
        version=one.version, told=told,
        found=[Verified(item=item, done=pair[0], due=pair[1]) for item, pair in found.items()],
        points=_points(one.organisation) if told else None, overall=_points(one.overall) if told else None,
        words=one.words if told else "", open=open_,
    )  # fmt: skip


def _points(cents: int | None) -> float | None:
    return None if cents is None else cents / 100
