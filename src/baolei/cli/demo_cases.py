"""Rectification of a year, invented by rule: cases as far as they came, problems that were passed on without one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from baolei.cli.demo_house import House, numbered
from baolei.cli.demo_life import Branch, Lived, recorder
from baolei.programme.rectification import ACCEPTED, CLOSED, COUNTY, LIVING, STATES

FAULTS = (("组织生活不经常", "制定计划，按月开展"), ("党务公开不及时", "按季公开，专人负责"),
          ("党费收缴不规范", "按月收缴，逐人核对"),
          ("后备力量不足", "培养储备两名以上人选"))  # fmt: skip
PROOF, WHY = "整改台账和照片已核对", "经核实，按规定办理"
CAMPAIGNS = {"university": "schools", "school": "schools", "government_office": "agencies"}


def rectification(house: House, lived: Lived) -> None:
    """A case of one branch in two hundred, as far as it came; what inspections passed on to three in a hundred."""
    from baolei.rectification import models
    from baolei.rectification.models import Case

    _close(house)
    cases = list(_cases(house))
    numbers_ = dict(zip(map(id, cases), numbered(Case, len(cases)).tolist(), strict=True))
    rows = [(numbers_[id(one)], *one.row) for one in cases]
    _rows(lived, "cases", Case, (
        "id", "organisation_id", "campaign", "situations", "origin", "reason", "document", "path", "field", "opened_on",
        "by_id", "begun", "ends", "state", "due", "answer"), rows)  # fmt: skip
    _rows(lived, "problems", models.Problem, (
        "case_id", "organisation_id", "found", "campaign", "words", "measure", "answers", "by", "document", "entered",
        "proof", "confirmed", "settled", "checked"),
        [(numbers_[id(one)], *row) for one in cases for row in one.problems] + list(_passed_on(house)))  # fmt: skip
    _rows(lived, "linked persons", models.Linked, ("case_id", "role", "who"),
          [(numbers_[id(one)], role, who) for one in cases for role, who in LINKED])  # fmt: skip
    _rows(lived, "reports", models.Report, ("case_id", "month", "line", "changed", "on", "by_id"),
          [(numbers_[id(one)], *row) for one in cases for row in one.reports])  # fmt: skip
    _rows(lived, "acts upon cases", models.Passage, ("case_id", "act", "before", "after", "on", "by_id", "reason"),
          [(numbers_[id(one)], *row) for one in cases for row in one.passages])  # fmt: skip


def _close(house: House) -> None:
    """Cases accepted a year ago are looked back on and closed."""
    from baolei.rectification.models import Case, Passage

    over = [one for one in Case.objects.filter(state=ACCEPTED, due__lte=house.calendar[house.last])
            if one.organisation_id in house.places]  # fmt: skip
    by = _actor(house, ACCEPTED, "close")
    Passage.objects.bulk_create(
        Passage(case=one, act="close", before=ACCEPTED, after=CLOSED, on=one.due, by_id=by) for one in over
    )
    Case.objects.filter(pk__in=[one.pk for one in over]).update(state=CLOSED, due=None)


LINKED = (("county_leader", "旗县委常委"), ("township_leader", "苏木乡镇党委书记"), ("first_secretary", "驻村第一书记"),
          ("paired_unit", "旗县直属机关"))  # fmt: skip


def _rows(lived: Lived, name: str, model: Any, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    from baolei.organisations.pouring import pour

    if rows:
        pour(model, columns, rows)
    lived.wrote(name, model, len(rows))


@dataclass(frozen=True, slots=True)
class Walked:
    """A case and what belongs to it, as rows without its number."""

    row: tuple[Any, ...]
    problems: list[tuple[Any, ...]]
    reports: list[tuple[Any, ...]]
    passages: list[tuple[Any, ...]]


def _cases(house: House) -> Iterator[Walked]:
    from baolei.organisations.models import OrganisationState, UnitState
    from baolei.rectification.models import Case

    day = house.calendar[house.last]
    chosen = np.flatnonzero(house.lots(house.size, 0.005))
    living = set(Case.objects.filter(state__in=LIVING).values_list("organisation", flat=True))
    mine = [house.branches[place] for place in chosen.tolist()]
    units = dict(OrganisationState.objects.on(day).filter(organisation__in=[one.pk for one in mine])
                 .values_list("organisation", "unit"))  # fmt: skip
    paths = dict(UnitState.objects.on(day).filter(unit__in=set(units.values())).values_list("unit", "path"))
    for one in mine:
        opened = int(house.random.integers(*((20, 155) if house.random.random() < 0.75 else (200, 330))))
        if one.pk not in living and opened <= house.last:
            yield _walk(house, one, paths[units[one.pk]], opened)


def _course(house: House, opened: int) -> tuple[list[tuple[int, str, int]], int]:
    """What is done with a case, day by day, with the number of the problem or month; and how many problems it has."""
    random, problems, planned = house.random, int(house.random.integers(1, 4)), opened + 12
    if random.random() < 0.06:
        return [(planned, "plan", 0), (planned + 25, "dismiss", 0)], problems
    asked = planned + int(random.integers(75, 150))
    acts = [(planned + 25 + 15 * one, "settle", one) for one in range(problems)]
    acts += [(int(first) + 3, "report", month) for month, first in enumerate(house.months.tolist())
             if planned + 31 < first < asked - 4]  # fmt: skip
    acts = [(planned, "plan", 0), *sorted(acts), (asked, "apply", 0)]
    if random.random() < 0.2:
        acts += [(asked + 6, "send_back", 0), (asked + 20, "settle", 0), (asked + 22, "apply", 0)]
    checked = acts[-1][0] + 8
    return [*acts, (checked, "check", 0), (checked + 12, "accept", 0)], problems


def _walk(house: House, branch: Branch, path: str, opened: int) -> Walked:
    from baolei.programme import rectification as rules
    from baolei.programme.organisation.periods import months_later
    from baolei.warehouse.rulebook import rectification as rule
    from baolei.warehouse.rulebook import workdays

    days, (acts, problems) = house.calendar, _course(house, opened)
    ends = months_later(days[opened], rule().number("usual_months"))
    state, since, settled, checked = rules.OPENED, days[opened], dict[int, date](), None
    passages, reports, table = list[Any](), list[Any](), rules.STATES
    for on, act, what in acts:
        if on > house.last:
            break
        after, day = table.next_state(state, act), days[on]
        passages.append((act, state, after, day, _actor(house, state, act), WHY if act in rules.REASONED else ""))
        state, since = after, day
        if act == "settle":
            settled[what] = day
        elif act == "send_back":
            settled.pop(what)
        elif act == "check":
            checked = day
        elif act == "report":
            reports.append((days[house.months[what - 1]], "已有进展", True, day, house.by))
    campaign = CAMPAIGNS.get(branch.field, "weak" if branch.pk % 3 else "members")
    situations = json.dumps([*sorted(rule().campaigns[campaign].situations), "W01"][:1])
    row = (branch.pk, campaign, situations, "decision", "年度排查中问题较多",
           f"整顿〔{house.year}〕1号", path,
           branch.field, days[opened], house.by, days[opened], ends, state,
           rules.due(state, since, ends, rule(), workdays()), "")  # fmt: skip
    found = [(branch.pk, "campaign", campaign, *FAULTS[one], "党支部书记", min(days[opened + 100], ends), "",
              days[opened], PROOF if one in settled else "", "", settled.get(one), checked)
             for one in range(problems)]  # fmt: skip
    return Walked(row, found, reports, passages)


def _actor(house: House, state: str, act: str) -> int:
    """Who did it: acts of the county are another person's."""
    county = any(row.act == act and row.who == COUNTY for row in STATES.ways(state))
    return recorder("demo-county", "演示旗县") if county else house.by


def _passed_on(house: House) -> Iterator[tuple[Any, ...]]:
    """Problems without a case: what an inspection, an audit or a campaign passed on."""
    random, days = house.random, house.calendar
    for place in np.flatnonzero(house.lots(house.size, 0.03)).tolist():
        branch, entered = house.branches[place], int(random.integers(10, 250))
        if entered > house.last:
            continue
        campaign = CAMPAIGNS.get(branch.field, "") if random.random() < 0.5 else ""
        found = "campaign" if campaign else ("inspection", "audit")[int(random.random() < 0.35)]
        done = entered + int(random.integers(20, 110))
        settled = days[done] if random.random() < 0.85 and done <= house.last else None
        proved = settled is not None
        yield (None, branch.pk, found, campaign, *FAULTS[int(random.integers(len(FAULTS)))], "党支部书记",
               days[entered + 90], f"旗县委〔{house.year}〕{place % 9 + 1}号", days[entered], PROOF if proved else "",
               f"旗县委〔{house.year}〕销号" if proved and not campaign else "", settled, None)  # fmt: skip
