"""A round becomes a snapshot: what was handed in, column by column, as Parquet with a manifest that seals it.

Everything that can change a score is in the folder; nothing that names a person is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from baolei.declarations.models import Answer, Declaration, Mark
from baolei.organisations.models import WIDTH, Membership, OrganisationState, Post, Term, UnitState
from baolei.organisations.units import NotPossible
from baolei.paths import at_or_below
from baolei.programme import declaration as rules
from baolei.programme.piles import BLANK, UNKNOWN
from baolei.programme.scoring.arithmetic import Ints
from baolei.programme.standard.edition import Edition
from baolei.rounds.models import Round
from baolei.scores.looks import apart
from baolei.scores.models import Visit
from baolei.warehouse.snapshot import Writer, schema, writing

Ballot = tuple[int, str, str]
"""A ballot: organisation (pk), source, one character for each question: 1 the best grade, 0 don't know, - blank."""
KEPT = (rules.FROZEN, rules.CONCLUDED)
PIECE = 200_000
"""So many ballots are read at a time."""
TOO_LONG = 255
"""No sign of a ballot."""
TOGETHER, BASE = 15, 11
"""So many answers are one number of 64 bits: nine grades at most, don't know, blank."""


@dataclass(frozen=True, slots=True)
class Entrants:
    """Who is scored in a round [n]: the declaration's number, the organisation's state of the day, in order."""

    round: Round
    declarations: list[int]
    states: list[OrganisationState]
    fields: list[str]
    served: list[int]

    @property
    def row(self) -> dict[int, int]:
        """The row of each declaration."""
        return {pk: row for row, pk in enumerate(self.declarations)}

    @property
    def of_organisation(self) -> dict[int, int]:
        """The row of each organisation."""
        return {state.organisation_id: row for row, state in enumerate(self.states)}


def freeze(
    this: Round, target: Path, *, day: date, seed: str, edition: Edition, files: Mapping[str, str],
    ballots: Iterable[Ballot], last: pa.Table | None = None,
) -> str:  # fmt: skip
    """Write the snapshot of a round as of a day into a folder; its digest. `files` are the edition's, word for word.

    `last` are last year's scores (code, score and se in cents, named, years_below), where there are any. Raises
    NotPossible where nobody has handed in.
    """
    who = entrants(this, day)
    if not who.states:
        raise NotPossible(_("nobody has handed in a declaration: there is nothing to score"))
    with writing(target) as writer:
        for name, text in files.items():
            writer.text(f"edition/{name}", text)
        home = _units(writer, this, day)
        _branches(writer, who, home, day)
        _facts(writer, who, edition)
        _marks(writer, who, edition)
        _ballots(writer, who, edition, ballots)
        _visits(writer, who)
        if last is not None:
            _last_year(writer, who, last)
        return writer.finish({
            "edition": {"code": edition.code, "digest": edition.digest}, "seed": seed, "parameters": {},
            "round": {"title": {"zh": this.name, "en": this.name}, "year": this.year, "as_of": day.isoformat(),
                      "scope": home[this.unit_id]},
        })  # fmt: skip


def entrants(this: Round, day: date) -> Entrants:
    """Everybody whose declaration is frozen, in the order of the tree; whoever has ended since is left out."""
    found = this.declarations.filter(state__in=KEPT).order_by("path", "pk")
    rows = list(found.values_list("pk", "organisation_id", "field", "served"))
    mine = found.order_by().values("organisation")
    states = {one.organisation_id: one for one in OrganisationState.objects.on(day).filter(organisation__in=mine)}
    kept = [row for row in rows if row[1] in states]
    return Entrants(
        this,
        [row[0] for row in kept],
        [states[row[1]] for row in kept],
        [row[2] for row in kept],
        [row[3] for row in kept],
    )


def _units(writer: Writer, this: Round, day: date) -> dict[int, str]:
    """The administrative tree from the top down to the round's unit and everything below it; the code of each unit."""
    found = UnitState.objects.on(day).filter(at_or_below(this.path[:WIDTH])).order_by("level", "code")
    rows = list(found.values_list("unit_id", "code", "name", "level", "above_id", "path"))
    kept = [row for row in rows if row[5].startswith(this.path) or this.path.startswith(row[5])]
    code = {row[0]: row[1] for row in kept}
    _put(writer, "units", {
        "code": [row[1] for row in kept], "name": [row[2] for row in kept], "level": [row[3] for row in kept],
        "parent": [code.get(row[4], "") for row in kept],
    })  # fmt: skip
    return code


def _branches(writer: Writer, who: Entrants, home: Mapping[int, str], day: date) -> None:
    row = who.of_organisation
    members, full, committee = (np.zeros(len(row), dtype=np.int64) for _part in range(3))
    _count(members, row, Membership.objects.on(day))
    _count(full, row, Membership.objects.on(day).filter(kind=Membership.FULL))
    _count(committee, row, Post.objects.on(day).filter(committee=True))
    vacant = _vacant_since(row, day)
    ends = dict(Term.objects.filter(elected__lte=day).order_by("elected").values_list("organisation_id", "ends"))
    above = {state.above_id for state in who.states} - {None}
    named = OrganisationState.objects.on(day).filter(organisation__in=above).values_list("organisation_id", "code")
    held = dict(named)
    _put(writer, "branches", {
        "code": [one.code for one in who.states], "name": [one.name for one in who.states], "field": who.fields,
        "kind": [one.kind for one in who.states], "unit": [home[one.unit_id] for one in who.states],
        "organisation": [held.get(one.above_id, "") for one in who.states], "members": members, "full_members": full,
        "committee": committee, "secretary_vacant_since": vacant,
        "term_end": [ends.get(one.organisation_id) for one in who.states],
        "last_gathering": [None] * len(row), "unit_active": [one.unit_active for one in who.states],
        "exception": [""] * len(row), "entitled": full, "served": who.served,
    })  # fmt: skip


def _count(into: Any, row: Mapping[int, int], found: Any) -> None:
    for organisation, number in found.order_by().values_list("organisation").annotate(Count("pk")):
        if organisation in row:
            into[row[organisation]] = number


def _vacant_since(row: Mapping[int, int], day: date) -> list[date | None]:
    """Since when a branch has no secretary: the day after the last one's; None where there is one, or never was."""
    posts = Post.objects.filter(kind=Post.SECRETARY)
    filled = set(posts.on(day).values_list("organisation_id", flat=True))
    last = dict(posts.filter(until__lt=day).order_by().values_list("organisation").annotate(Max("until")))
    return [None if organisation in filled else last.get(organisation) for organisation in row]


def _facts(writer: Writer, who: Entrants, edition: Edition) -> None:
    row, place = who.row, {code: number for number, code in enumerate(edition.items)}
    found = Answer.objects.filter(declaration__in=_pks(who), item__in=list(place))
    rows = [(row[declaration], place[item], num, den)
            for declaration, item, num, den in found.values_list("declaration_id", "item", "num", "den").iterator(
                chunk_size=50_000) if declaration in row]  # fmt: skip
    table = np.array(sorted(rows), dtype=np.int64).reshape(-1, 4)
    _put(writer, "facts", {
        "branch": table[:, 0], "num": table[:, 2], "den": table[:, 3],
        "item": pa.DictionaryArray.from_arrays(pa.array(table[:, 1], pa.int32()), pa.array(list(place))),
    })  # fmt: skip


def _marks(writer: Writer, who: Entrants, edition: Edition) -> None:
    """Gates as they stand; of vetoes, bonuses and deductions those that were not taken back."""
    row = who.row
    names = ("branch", "code", "value", "matter", "level")
    stands = Q(value=1) | Q(code__in=[gate.code for gate in edition.gates])
    found = Mark.objects.filter(stands, declaration__in=_pks(who)).values_list("declaration_id", *names[1:])
    rows = sorted((row[one[0]], *one[1:]) for one in found if one[0] in row)
    _put(writer, "marks", dict(zip(names, _columns(rows, 5), strict=True)))


def _ballots(writer: Writer, who: Entrants, edition: Edition, ballots: Iterable[Ballot]) -> None:
    """Ballots as numbers, sorted by what they say: neither a time nor an order is left."""
    row, source = who.of_organisation, {one.code: place for place, one in enumerate(edition.sources)}
    longest = max(len(edition.questions[one.code]) for one in edition.asked())
    mine = ((row[one], source[code], said) for one, code, said in ballots if one in row)
    about, signs = _gathered(mine, longest)
    answers = _numbers(len(edition.grades))[signs]
    if (answers < 0).any():
        raise ValueError("a ballot holds a sign that no question has, or more signs than there are questions")
    order = np.lexsort((*_sort_keys(answers), about[:, 1], about[:, 0]))
    about, answers = about[order], answers[order]
    columns = {"branch": about[:, 0], "source": about[:, 1]}
    columns |= {f"q{number + 1}": answers[:, number] for number in range(longest)}
    writer.table("ballots", pa.table(columns), schema("ballots", longest))


def _gathered(ballots: Iterator[tuple[int, int, str]], longest: int) -> tuple[Ints, npt.NDArray[np.uint8]]:
    """Branch and source of each ballot [n, 2], and its signs [n, longest], 0 after the last; a piece at a time, since a
    region has millions of them. A ballot that is too long has `TOO_LONG` for its first sign.
    """
    about, signs = [np.empty((0, 2), dtype=np.int64)], [np.empty((0, longest), dtype=np.uint8)]
    while some := list(islice(ballots, PIECE)):
        about.append(np.array([one[:2] for one in some], dtype=np.int64))
        lines = np.array([one[2].encode() for one in some], dtype=f"S{longest + 1}")
        read = lines.view(np.uint8).reshape(-1, longest + 1)
        read[read[:, longest] != 0, 0] = TOO_LONG
        signs.append(read[:, :longest])
    return np.concatenate(about), np.concatenate(signs)


def _numbers(grades: int) -> Ints:
    """What each sign is in the snapshot: grade 1..G becomes 0..G-1, don't know G, blank G+1; -1 for what is no sign."""
    numbers = np.full(256, -1, dtype=np.int64)
    numbers[[0, ord(BLANK)]] = grades + 1
    numbers[ord(UNKNOWN)] = grades
    numbers[ord("1") : ord("1") + grades] = np.arange(grades)
    return numbers


def _sort_keys(answers: Ints) -> list[Ints]:
    """Numbers that sort ballots as their answers do, the least significant first; each holds `TOGETHER` answers."""
    keys = []
    for start in range(0, answers.shape[1], TOGETHER):
        key = np.zeros(len(answers), dtype=np.int64)
        for column in answers[:, start : start + TOGETHER].T:
            key = key * BASE + column
        keys.append(key)
    return keys[::-1]


def _visits(writer: Writer, who: Entrants) -> None:
    """The visits that were made; of two looks at a branch both or neither, as long as the other is awaited."""
    row = who.row
    made = Visit.objects.filter(declaration__in=_pks(who), on__isnull=False).exclude(apart())
    found = made.order_by("declaration", "wave")
    rows = sorted(
        (row[pk], wave, _team(wave, team), probability, points, -1 if overall is None else overall)
        for pk, wave, team, probability, points, overall in found.values_list(
            "declaration_id", "wave", "team", "probability", "organisation", "overall")
        if pk in row
    )  # fmt: skip
    if rows:
        names = ("branch", "wave", "team", "probability", "organisation", "overall")
        _put(writer, "visits", dict(zip(names, _columns(rows, 6), strict=True)))


def _team(wave: str, team: int) -> int:
    """The number of a team; where teams have none the second look's is another than the first's."""
    return team or int(wave == Visit.DOUBLE)


def _last_year(writer: Writer, who: Entrants, last: pa.Table) -> None:
    """Last year's scores of whoever was there, by the codes of the branches."""
    row = {state.code: number for number, state in enumerate(who.states)}
    rows = sorted(
        (row[one["code"]], one["score"], one["se"], one["named"], one["years_below"])
        for one in last.to_pylist() if one["code"] in row
    )  # fmt: skip
    names = ("branch", "score", "se", "named", "years_below")
    _put(writer, "last_year", dict(zip(names, _columns(rows, 5), strict=True)))


def _pks(who: Entrants) -> Any:
    """The declarations, as a question: a region's are too many to be named one by one."""
    return Declaration.objects.filter(round=who.round, state__in=KEPT).values("pk")


def _columns(rows: Sequence[Sequence[Any]], width: int) -> Iterator[list[Any]]:
    yield from ([row[column] for row in rows] for column in range(width))


def _put(writer: Writer, table: str, columns: Mapping[str, Any]) -> None:
    shape = schema(table)
    writer.table(table, pa.table({name: columns[name] for name in shape.names}, schema=None).cast(shape), shape)
