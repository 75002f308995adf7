"""Rows about posts: what becomes of each, and how it is written. One secretary at a time: a new one ends the old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from baolei.organisations.models import Membership, Post
from baolei.sheets.errand import Errand
from baolei.sheets.journal import Journal
from baolei.sheets.lines import CHANGED, NEW, WRONG, Line
from baolei.sheets.member_lines import Home, belonging, homes, which
from baolei.sheets.says import changed_later, not_found

DAY = timedelta(days=1)
Known = dict[str, Any]
FLAGS = ("committee", "village_head")


def judge(lines: Sequence[Line], errand: Errand, known: Known) -> None:
    """Find out for each line what becomes of it."""
    right = [line for line in lines if line.state != WRONG]
    codes = {line.values[column] for line in right for column in ("organisation", "home") if line.values[column]}
    reach = homes(codes, errand)
    numbers = {one.number for one in reach.values()}
    belong = belonging(numbers, {line.values["holder"] for line in right})
    held: dict[tuple[int, str], list[Post]] = {}
    for post in Post.objects.open().filter(organisation__in=numbers).select_related("holder"):
        held.setdefault((post.organisation_id, post.kind), []).append(post)
    for line in right:
        holder = _holder(line, reach, belong)
        if holder is not None:
            here = reach[line.values["organisation"]]
            _judge(line, holder, here, held.get((here.number, line.values["post"]), []), errand)


def _holder(
    line: Line, reach: dict[str, Home], belong: dict[tuple[int, str], list[Membership]]
) -> Membership | None:  # fmt: skip
    """The full member who is meant; None, with the fault noted, where there is none."""
    for column in ("organisation", "home"):
        code = line.values[column]
        if code and code not in reach:
            not_found(line, column, "党组织", "Party organisation", code)
            return None
    home = reach[line.values["home"] or line.values["organisation"]]
    name = line.values["holder"]
    namesakes = belong.get((home.number, name), [])
    if not namesakes:
        line.wrong("holder", (f"{home.name}没有名为{name}的党员", f"no member of {home.name} is called {name}"),
                   ("核对姓名；属于别的支部的填写“党员所在支部代码”；尚未录入的先导入党员",
                    "check the name; give the code of the holder's branch; or bring in the members first"))  # fmt: skip
        return None
    meant = which(line, namesakes, home.name)
    if meant is not None and meant.kind != Membership.FULL:
        line.wrong("holder", (f"{name}是预备党员", f"{name} is a probationary member"),
                   ("任职的须是正式党员", "a post is held by a full member"))  # fmt: skip
        return None
    return meant


def _judge(line: Line, holder: Membership, here: Home, held: list[Post], errand: Errand) -> None:
    line.held = {"here": here.number, "holder": holder.member_id}
    own = next((post for post in held if post.holder_id == holder.member_id), None)
    stands = own or (held[0] if held and line.values["post"] == Post.SECRETARY else None)
    line.held["stands"] = stands
    for flag in FLAGS:
        if line.values[flag] is None:
            line.values[flag] = bool(own and getattr(own, flag))
    if stands is None:
        line.state = NEW
        return
    before = {"holder": stands.holder.name} if own is None else {}
    before |= {flag: getattr(own, flag) for flag in FLAGS if own and getattr(own, flag) != line.values[flag]}
    if before and stands.since > errand.day:
        changed_later(line, f"{here.name}{stands.holder.name}", stands.since, errand.day)
    line.settle(before)
    line.node = stands.pk


def write(lines: Sequence[Line], errand: Errand, journal: Journal) -> None:
    """Write the new and the changed among lines that were judged against the house."""
    again: list[Line] = []
    same_day: list[Line] = []
    for line in lines:
        if line.state in (NEW, CHANGED):
            stands = line.held["stands"]
            (same_day if stands and stands.since == errand.day else again).append(line)
    journal.change([line.held["stands"] for line in again if line.held["stands"]], until=errand.day - DAY)
    journal.make(
        Post, ("organisation_id", "kind", "holder_id", "committee", "village_head", "since"),
        [(line.held["here"], line.values["post"], line.held["holder"], line.values["committee"],
          line.values["village_head"], errand.day) for line in again],
    )  # fmt: skip
    for line in same_day:
        flags = {flag: line.values[flag] for flag in FLAGS}
        journal.change([line.held["stands"]], holder_id=line.held["holder"], **flags)
