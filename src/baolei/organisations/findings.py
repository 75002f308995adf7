"""Looking through the house for what is wrong with how organisations are set up, and keeping what was found.

A finding opens when a look through first sees it and closes when one sees it no longer: by the change that cured it, by
an approval on file, or because the organisation has ended. Nobody closes one by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any

import numpy as np
from django.db import transaction

from baolei.ledger.actions import record
from baolei.organisations import post_counts
from baolei.organisations.audit import Audited, audit
from baolei.organisations.models import (
    WIDTH,
    AuditRun,
    Finding,
    Organisation,
    OrganisationState,
    UnitCount,
    UnitState,
)
from baolei.organisations.units import as_of
from baolei.paths import outermost
from baolei.people.models import Account
from baolei.programme.organisation import audit as programme
from baolei.programme.organisation.rules import SetupRules
from baolei.programme.standard.edition import Text

BATCH = 5_000
FEW = 20
"""So many organisations are looked at one by one."""
BANNER = 3
"""Counts of earlier runs are kept down to this level, for the trend."""


@transaction.atomic
def look_through(*, day: date, rules: SetupRules, actor: Account | None, now: datetime) -> AuditRun:
    """Look through the whole house as it stands on a day, and keep findings and counts. The run."""
    seen = audit("", day, rules)
    opened, closed = _keep(seen, Finding.objects.open(), day, rules)
    run = AuditRun.objects.create(day=day, at=now, organisations=len(seen.organisation))
    _forget_small_counts(run)
    UnitCount.objects.bulk_create(_counts(seen, run, day, rules), batch_size=BATCH)
    record(actor=actor, act="organisations.look_through", now=now,
           after={"day": day.isoformat(), "opened": opened, "closed": closed})  # fmt: skip
    return run


@transaction.atomic
def look_again(*, organisation: Organisation, day: date, rules: SetupRules) -> None:
    """Look at one organisation anew, in the transaction of the act that changed it.

    Those above it, whose members it counts among theirs, follow at the next look through. Of several acts upon one
    organisation at once each looks after the one before, so the last one sees what all have changed.
    """
    Organisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk).first()
    before = Finding.objects.open().filter(organisation=organisation)
    state = OrganisationState.objects.on(day).filter(organisation=organisation).first()
    if state is None:
        before.update(until=day, how=Finding.ENDED)
        return
    seen = audit(state.path, day, rules)
    _keep(seen, Finding.objects.open().filter(organisation__in=seen.organisation.tolist()), day, rules)


@transaction.atomic
def look_again_at(*, organisations: Iterable[int], day: date, rules: SetupRules) -> None:
    """Look at many organisations anew, in the transaction that changed them.

    A few are looked at one by one; many by looking through the part of the tree that holds them all.
    """
    wanted = set(organisations)
    path = dict(OrganisationState.objects.on(day).filter(organisation__in=wanted).values_list("organisation", "path"))
    Finding.objects.open().filter(organisation__in=wanted - set(path)).update(until=day, how=Finding.ENDED)
    tops = outermost(path.values())
    if len(tops) > FEW:
        tops = (_shared(tops[0], tops[-1]),)
    for top in tops:
        seen = audit(top, day, rules)
        states = OrganisationState.objects.on(day).under(top).values("organisation")
        kept = Finding.objects.open()
        _keep(seen, kept.filter(organisation__in=states) if top else kept, day, rules)


def _shared(first: str, last: str) -> str:
    """The path of the lowest node above all paths from the first to the last, in order; '' where there is none."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))
    return first[: same // WIDTH * WIDTH]


def say(finding: Finding, rules: SetupRules) -> Text:
    """What a finding says, with its figures."""
    flag = rules.flags[finding.flag]
    return Text(flag.message.zh.format_map(finding.figures), flag.message.en.format_map(finding.figures))


def _keep(seen: Audited, kept: Any, day: date, rules: SetupRules) -> tuple[int, int]:
    """Open what is new, close what is seen no longer, bring figures up to date; how many opened and closed."""
    before = {(one.organisation_id, one.flag): one for one in kept}
    row = {pk: number for number, pk in enumerate(seen.organisation.tolist())}
    now = {(int(seen.organisation[at]), flag): int(at)
           for flag, raised in seen.flags.items() for at in np.flatnonzero(raised)}  # fmt: skip
    new, changed = [], []
    for (pk, flag), at in now.items():
        figures = _figures(seen, at, flag, day, rules)
        known = before.get((pk, flag))
        if known is None:
            due = day + timedelta(days=rules.flags[flag].due_days)
            new.append(Finding(organisation_id=pk, flag=flag, figures=figures, since=day, due=due))
        elif known.figures != figures:
            known.figures = figures
            changed.append(known)
    gone = [one for key, one in before.items() if key not in now]
    for one in gone:
        one.until, one.how = day, _how(seen, row.get(one.organisation_id), one.flag)
    # Somebody else may have looked at the same part of the tree and opened the same finding a moment ago.
    Finding.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    Finding.objects.bulk_update(changed, ["figures"], batch_size=BATCH // 10)
    Finding.objects.bulk_update(gone, ["until", "how"], batch_size=BATCH // 10)
    return len(new), len(gone)


def _figures(seen: Audited, at: int, flag: str, day: date, rules: SetupRules) -> dict[str, Any]:
    """The figures that raised a flag, as JSON keeps them."""
    found = programme.figures(rules.flags[flag], seen.of(at), day)
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


def _how(seen: Audited, at: int | None, flag: str) -> str:
    if at is None:
        return Finding.ENDED
    return Finding.EXCUSED if flag in seen.excused and seen.excused[flag][at] else Finding.CURED


def _forget_small_counts(run: AuditRun) -> None:
    """Of earlier runs keep what the trend shows: the region, the leagues, the banners."""
    small = UnitState.objects.filter(level__gt=BANNER).values("unit_id")
    UnitCount.objects.filter(run__lt=run, unit_id__in=small).delete()


def _counts(seen: Audited, run: AuditRun, day: date, rules: SetupRules) -> Iterator[UnitCount]:
    """One row for each unit that has an organisation in it or below it."""
    tree = as_of(day)
    unit_of = dict(UnitState.objects.on(day).values_list("code", "unit_id"))
    units = np.array([unit_of[code] for code in tree.code], dtype=np.int64)
    order = np.argsort(units)
    home = order[np.searchsorted(units[order], seen.unit)]
    holds = np.isin(seen.figures["kind"], rules.branches)
    any_flag = np.logical_or.reduce(list(seen.flags.values()))
    columns = [np.ones(len(home), dtype=bool), holds, seen.own, any_flag,
               *seen.flags.values(), *seen.excused.values()]  # fmt: skip
    posts = post_counts.columns(seen, units, home, day, rules)
    own = np.zeros((len(units), len(columns) + len(posts)), dtype=np.int64)
    for number, column in enumerate(columns):
        own[:, number] = np.bincount(home, weights=column, minlength=len(units))
    own[:, len(columns) :] = np.column_stack(list(posts.values()))
    total = tree.roll_up(own)
    flags = list(seen.flags)
    for place in np.flatnonzero(total[:, 0]):
        organisations, branches, members, flagged, *rest = total[place].tolist()
        raised, excused, held = rest[: len(flags)], rest[len(flags) : 2 * len(flags)], rest[2 * len(flags) :]
        yield UnitCount(
            run=run, unit_id=int(units[place]), organisations=organisations, branches=branches, members=members,
            flagged=flagged, findings=_held(flags, raised), excused=_held(flags, excused),
            posts=_held(list(posts), held),
        )  # fmt: skip


def _held(flags: list[str], numbers: list[int]) -> dict[str, int]:
    return {flag: number for flag, number in zip(flags, numbers, strict=True) if number}
