"""A small additive edition in three files, to be bent by the tests."""

from __future__ import annotations

from typing import Any

import pytest

import worked
from baolei.programme.located import Document
from baolei.programme.refusals import EditionRefused
from baolei.programme.standard import points
from baolei.programme.standard.edition import Edition

HEAD = """\
baolei: edition
kind: points
code: small
programme: strongest_branch
name: {zh: 小样, en: Small}
valid: {from: 2024-01-01, to: 2024-12-31}
source: {zh: 拟定, en: Ours}
total: 100
strengths:
  - {code: S1, name: {zh: 一, en: One}, floor: 0.6}
  - {code: S2, name: {zh: 二, en: Two}}
sources:
  - {code: org, name: {zh: 组织, en: Organisation}, kind: items, sigma: 4}
  - code: mem
    name: {zh: 党员, en: Members}
    kind: ballots
    sigma: 15
    phantom: 2
    minimum: {at_least: 3, share: 0.5, of: entitled, at_most: 9}
ballot:
  valid_share: 0.5
  grades:
    - {code: good, name: {zh: 好, en: Good}, value: 100}
    - {code: poor, name: {zh: 差, en: Poor}, value: 30}
  questions:
    mem:
      - {strength: S1, text: {zh: 问一, en: First}}
      - {strength: S2, text: {zh: 问二, en: Second}}
gates:
  - {code: lawful, name: {zh: 合规, en: Lawful}, rule: {zh: 条例, en: Rules, standing: seen}}
vetoes:
  - {code: breach, name: {zh: 违纪, en: Breach}, met_by: {zh: 撤销, en: Lifted}}
bonuses:
  cap: 5
  reach: 2
  list:
    - {code: honour, name: {zh: 表彰, en: Honour}, points: {banner: 2, league: 3}}
deductions:
  cap: 5
  list:
    - {code: late, name: {zh: 迟报, en: Late}, points: 0.5}
tiers:
  - {code: best, name: {zh: 最强, en: Strongest}, named: true, at_least: line, needs: [gates, floors, no_veto]}
  - {code: fair, name: {zh: 达标, en: Standard}, at_least: 70, stars: 1}
  - {code: rest, name: {zh: 其他, en: Others}}
stars: {earned_at: 0.8}
confirmation: {confirmed: 0.8, visit: 0.2}
candidates: {below: 60, probability: 0.5}
"""
ITEMS = """\
baolei: items
items:
  - code: meetings
    strength: S1
    kind: count
    name: {zh: 会议, en: Meetings}
    numerator: {zh: 次数, en: held}
    denominator: {zh: 应开, en: due}
    low: 0.25
    high: 0.95
    effort: 1
    record: life
    basis: {zh: 条例, en: Rules, standing: memory}
  - code: election
    strength: S1
    kind: yes_no
    name: {zh: 换届, en: Election}
  - code: income
    strength: S2
    kind: steps
    name: {zh: 收入, en: Income}
    numerator: {zh: 万元, en: income}
    denominator: {zh: 村, en: village}
    table:
      - {at_least: 10, share: 1}
      - {at_least: 5, share: 0.5}
  - code: notes
    strength: S2
    source: org
    kind: graded
    name: {zh: 记录, en: Notes}
    anchors: [{zh: 有, en: kept}, {zh: 全, en: complete}]
  - {code: matters, strength: S2, kind: ratio, name: {zh: 事项, en: Matters}, numerator: {zh: 办结, en: closed}, denominator: {zh: 受理, en: taken}, low: 0.5}
"""  # noqa: E501 - one line, as an edition may have it
FIELDS = """\
baolei: fields
fields:
  - code: village
    name: {zh: 村, en: Village}
    line: 85
    strength_names: {S1: {zh: 村一, en: Village one}}
    cells:
      S1: {org: 30, mem: 20}
      S2: {org: 40, mem: 10}
    items: {meetings: 20, election: 10, income: 15, notes: 5, matters: 20}
    goalposts:
      meetings: {low: 0.5}
    phantom: {mem: 3}
"""
FILES = {"edition.yaml": HEAD, "items.yaml": ITEMS, "village.yaml": FIELDS}


def bent(*changes: tuple[str, str]) -> dict[str, str]:
    """The files with each old text replaced by a new one, once; every old text must stand in one of them."""
    files = dict(FILES)
    for old, new in changes:
        (place,) = [place for place, text in files.items() if text.count(old) == 1]
        files[place] = files[place].replace(old, new)
    return files


def read(files: dict[str, str]) -> Edition:
    """The edition those files hold."""
    return points.read([Document(place, text) for place, text in files.items()], worked.SCHEMA)


def faults(files: dict[str, Any]) -> list[str]:
    """What is said of files that must be refused."""
    with pytest.raises(EditionRefused) as refused:
        read(files)
    return [str(fault) for fault in refused.value.faults]
