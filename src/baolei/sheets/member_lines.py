"""Rows about members: what becomes of each, and how it is written.

There is no number by which a person is known. A member is who has this name in this branch; where two do, the day of
joining tells them apart, and where that does not either, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from baolei.organisations import doors
from baolei.organisations.models import Member, Membership, OrganisationState
from baolei.sheets.errand import Errand
from baolei.sheets.journal import Journal
from baolei.sheets.lines import CHANGED, NEW, WRONG, Line
from baolei.sheets.models import Change
from baolei.sheets.says import changed_later, not_found

DAY = timedelta(days=1)
Known = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Home:
    """An organisation within reach: its number, its name, its kind."""

    number: int
    name: str
    kind: str


def homes(codes: set[str], errand: Errand) -> dict[str, Home]:
    """The organisations of these codes that are within reach, go on, and stood on the day."""
    found = OrganisationState.objects.open().filter(code__in=codes)
    inside = doors.organisations(errand.scope).filter(organisation__in=[one.organisation_id for one in found])
    reach = set(inside.values_list("organisation_id", flat=True))
    stood = set(
        OrganisationState.objects.on(errand.day)
        .filter(organisation__in=reach)
        .values_list("organisation_id", flat=True)
    )
    return {one.code: Home(one.organisation_id, one.name, one.kind) for one in found if one.organisation_id in stood}


def belonging(organisations: set[int], names: set[str]) -> dict[tuple[int, str], list[Membership]]:
    """Who belongs to these organisations under these names."""
    held = Membership.objects.open().filter(organisation__in=organisations, member__name__in=names)
    found: dict[tuple[int, str], list[Membership]] = {}
    for one in held.select_related("member"):
        found.setdefault((one.organisation_id, one.member.name), []).append(one)
    return found


def judge(lines: Sequence[Line], errand: Errand, known: Known) -> None:
    """Find out for each line what becomes of it."""
    right = [line for line in lines if line.state != WRONG]
    reach = homes({line.values["organisation"] for line in right}, errand)
    belong = belonging({one.number for one in reach.values()}, {line.values["name"] for line in right})
    _forget_own(belong, errand)
    for line in right:
        home = reach.get(line.values["organisation"])
        if home is None:
            not_found(line, "organisation", "党组织", "Party organisation", line.values["organisation"])
            continue
        _fits(line, home, errand)
        if line.state != WRONG:
            _judge(line, home, belong.get((home.number, line.values["name"]), []), errand)
        if line.state != WRONG and line.node:
            _one_row_each(line, known.setdefault("meant", {}))


def _forget_own(belong: dict[tuple[int, str], list[Membership]], errand: Errand) -> None:
    """Leave out whom an earlier chunk of the same sheet wrote: two of a name were told apart when it was looked at."""
    numbers = [one.pk for some in belong.values() for one in some]
    made = Change.objects.filter(batch=errand.batch, table="membership", row__in=numbers, before__isnull=True)
    own = set(made.values_list("row", flat=True)) if numbers else set()
    for key, some in belong.items():
        belong[key] = [one for one in some if one.pk not in own]


def _one_row_each(line: Line, meant: dict[int, int]) -> None:
    """Two rows are never one member: one of a name without a day of joining could be meant by both."""
    first = meant.setdefault(line.node or 0, line.number)
    if first != line.number:
        line.wrong("joined", (f"与第 {first} 行指的是同一名党员（名册中没有入党日期）",
                              f"row {first} means the same member, whose day of joining is not on record"),
                   ("先分别核实，为已在册的一位补上入党日期，再上传另一位",
                    "enter the day of the one on record first, then send the other"))  # fmt: skip


def _fits(line: Line, home: Home, errand: Errand) -> None:
    kind, joined = errand.rules.kinds[home.kind], line.values["joined"]
    if not kind.holds_members:
        line.wrong("organisation", (f"{home.name}（{kind.name.zh}）不转入党员组织关系",
                                    f"{home.name} ({kind.name.en}) holds no members of its own"),
                   ("填写党员组织关系所在的支部", "give the branch where the affiliation is"))  # fmt: skip
    if joined and joined > errand.day:
        line.wrong("joined", (f"入党日期 {joined} 晚于生效日期 {errand.day}", f"{joined} lies after {errand.day}"),
                   ("核对入党日期", "check the day"))  # fmt: skip


def _judge(line: Line, home: Home, namesakes: list[Membership], errand: Errand) -> None:
    line.held = {"home": home.number}
    if not namesakes:
        line.state = NEW
        return
    meant = which(line, namesakes, home.name)
    if meant is None:
        return
    before = dict[str, Any]()
    if line.values["joined"] is None:
        line.values["joined"] = meant.member.joined
    elif line.values["joined"] != meant.member.joined:
        before["joined"] = meant.member.joined
    if meant.kind != line.values["kind"]:
        before["kind"] = meant.kind
        if meant.since > errand.day:
            changed_later(line, meant.member.name, meant.since, errand.day)
    line.settle(before)
    line.node = meant.member_id
    line.held["membership"] = meant


def which(line: Line, namesakes: list[Membership], home: str) -> Membership | None:
    """The one of several of a name who is meant; None, with the fault noted, where that is not sure."""
    name, joined = line.values.get("name") or line.values.get("holder"), line.values["joined"]
    if joined is None:
        if len(namesakes) == 1:
            return namesakes[0]
        line.wrong("joined", (f"{home}有 {len(namesakes)} 名{name}",
                              f"{home} has {len(namesakes)} members called {name}"),
                   ("填写入党日期，说明是哪一位", "give the day of joining to say which"))  # fmt: skip
        return None
    same = [one for one in namesakes if one.member.joined == joined]
    unknown = [one for one in namesakes if one.member.joined is None]
    if len(same) == 1 or (not same and len(unknown) == len(namesakes) == 1):
        return (same or unknown)[0]
    known = "、".join(sorted({str(one.member.joined) for one in namesakes if one.member.joined})) or "—"
    line.wrong("joined", (f"{home}的{name}入党日期是 {known}，与本行 {joined} 不一致",
                          f"{name} of {home} joined on {known}, not {joined}"),
               ("同一人的改成一致；同名的另一人请在姓名后加注，如“（小）”",
                "make them agree for one person; mark the name of another, as 'the younger'"))  # fmt: skip
    return None


def write(lines: Sequence[Line], errand: Errand, journal: Journal) -> None:
    """Write the new and the changed among lines that were judged against the house."""
    new = [line for line in lines if line.state == NEW]
    rows = [(line.values["name"], line.values["joined"], "") for line in new]
    numbers = journal.make(Member, ("name", "joined", "education"), rows) if new else []
    changed = [line for line in lines if line.state == CHANGED and "kind" in line.before]
    again = [line for line in changed if line.held["membership"].since < errand.day]
    journal.change([line.held["membership"] for line in again], until=errand.day - DAY)
    journal.make(Membership, ("member_id", "organisation_id", "kind", "since"), [
        (number, line.held["home"], line.values["kind"], errand.day)
        for number, line in [*zip(numbers, new, strict=True), *((line.node, line) for line in again)]
    ])  # fmt: skip
    for line in changed:
        if line.held["membership"].since == errand.day:
            journal.change([line.held["membership"]], kind=line.values["kind"])
    for line in lines:
        if line.state == CHANGED and "joined" in line.before:
            journal.change([line.held["membership"].member], joined=line.values["joined"])
