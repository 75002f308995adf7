"""Organisation life and affairs of a year, invented by rule: appraisals, talks, resolutions, major matters, what was
made public, tasks set from above.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from baolei.cli.demo_house import Gatherings, House, Ints, Objects, Truths, hosts_of, joined, numbered, only, write
from baolei.cli.demo_life import Lived

# ---- organisation life ----


def appraisals(house: House, lived: Lived) -> None:
    """The committee's opinion after the gathering in December, and who was told."""
    from baolei.life.models import Absence, Appraisal, Grade

    held = house.gatherings("democratic_appraisal")
    chosen = house.lots(len(held.at), 0.95)
    day, gathering = np.full(house.size, -1, np.int64), np.zeros(house.size, np.int64)
    day[held.at[chosen]], gathering[held.at[chosen]] = held.on[chosen], held.pk[chosen]
    there = house.there(day) & (day[house.at] >= 0)
    full, probationary = house.counted(there & house.full), house.counted(there & ~house.full)
    some = np.flatnonzero(full)
    rows = np.flatnonzero(there & house.full)
    at, member = house.at[rows], house.member[rows]
    excellent = (full * house.random.uniform(0.2, 1 / 3, house.size)).astype(np.int64)
    luck = house.random.random(len(rows))
    grade = np.select([house.ranks(at) < excellent[at], luck < 0.004, luck < 0.0045],
                      ["excellent", "barely", "unqualified"], "qualified").astype(object)  # fmt: skip
    pks, number = numbered(Appraisal, len(some)), np.zeros(house.size, np.int64)
    number[some] = pks
    write(lived, "appraisals", Appraisal, len(some), id=pks, organisation_id=house.pks[some], year=house.year,
          gathering_id=gathering[some], decided=house.entered(day[some]), by_id=house.by, due=full[some],
          probationary=probationary[some], counts=_grade_counts(grade, at, some, house.size), beyond="")  # fmt: skip
    absent = Absence.objects.filter(gathering__gte=house.number, gathering__sessions__form="democratic_appraisal")
    away = np.fromiter(absent.order_by().values_list("member", flat=True).iterator(chunk_size=20_000), np.int64)
    told = house.upto(day[at] + house.random.integers(0, 6, len(at)))
    told = np.where(house.lots(len(at), 0.97), told, -1)
    write(lived, "grades", Grade, len(rows), appraisal_id=number[at], member_id=member, grade=grade,
          took_part=~np.isin(member, away), told=house.days(told))  # fmt: skip


def _grade_counts(grade: Objects, at: Ints, some: Ints, size: int) -> Objects:
    names = ("excellent", "qualified", "barely", "unqualified")
    each = np.stack([np.bincount(at[grade == one], minlength=size)[some] for one in names], axis=1)
    return np.array([json.dumps({name: number for name, number in zip(names, row, strict=True) if number})
                     for row in each.tolist()], object)  # fmt: skip


def quarters(house: House, lived: Lived) -> None:
    """Talks by the quarter; of retired branches study brought home and briefings."""
    from baolei.life.models import Quarter

    random = house.random
    heads = np.array([max(len(one.committee), 1) for one in house.branches], np.int64)
    others = np.array([max(len(one.members) - len(one.committee), 0) for one in house.branches], np.int64)
    pairs, retired, parts = heads * (heads - 1) // 2, house.fields == "retired", []
    for quarter in house.quarters:
        some = np.flatnonzero(house.lots(house.size, 0.93))
        excused = random.binomial(others[some], 0.3)
        parts.append(np.stack([
            some, np.full(len(some), quarter + 1), np.full(len(some), house.months[3 * quarter + 3] - 1),
            random.binomial(pairs[some], 0.27), random.binomial(others[some], 0.25),
            random.binomial(others[some], 0.2), excused, random.binomial(excused, 0.9),
            random.binomial(1, 0.6, len(some)),
        ]))  # fmt: skip
    if not parts:
        return
    at, quarter, day, within, across, mutual, excused, brought, briefings = np.concatenate(parts, axis=1)
    home = {name: only(retired[at], one)
            for name, one in (("excused", excused), ("brought", brought), ("briefings", briefings))}  # fmt: skip
    write(lived, "talks of quarters", Quarter, len(at), organisation_id=house.pks[at], year=house.year,
          quarter=quarter, within=within, across=across, mutual=mutual, entered=house.entered(day, 12),
          by_id=house.by, **home)  # fmt: skip


# ---- decisions and affairs ----

RESOLVED = ("建立党员志愿服务队", "修缮党群服务中心", "完善三务公开栏", "走访慰问困难党员", "开展环境整治行动",
            "制定学习计划")  # fmt: skip
MATTERS = ("集体经济项目实施方案", "人居环境整治方案", "通村道路硬化方案", "草畜平衡和补奖资金分配方案")
LISTED = ("年度工作计划执行情况", "党费收缴情况", "发展党员情况", "评议党员结果")
WHO = ("branch", "committee", "groups")


def resolutions(house: House, lived: Lived) -> None:
    """A resolution of each members' meeting, mostly carried out and told; the branch's own list from its first one."""
    from baolei.life import affairs_models as models
    from baolei.warehouse.rulebook import affairs as rules

    random, held = house.random, house.gatherings("members_meeting")
    number = len(held.at)
    due = held.on + rules().number("resolution_days")
    done = house.upto(held.on + random.integers(15, 89, number))
    done = np.where(house.lots(number, 0.94), done, -1)
    back = np.where(done < 0, -1, held.from_(held.at, np.maximum(done, 0)))
    back = np.where(house.lots(number, 0.96), back, -1)
    write(lived, "resolutions", models.Resolution, number, organisation_id=house.pks[held.at],
          entered=house.entered(held.on), by_id=house.by, meeting_id=held.pk,
          words=np.array(RESOLVED, object)[random.integers(0, len(RESOLVED), number)], on=house.days(held.on),
          due=house.days(due), who=np.array(WHO, object)[random.integers(0, 3, number)], done_on=house.days(done),
          done_entered=house.entered(done), told_id=held.numbers(back))  # fmt: skip
    _carry_out(house, held)
    _list(house, lived, held)


def _carry_out(house: House, held: Gatherings) -> None:
    """What was resolved the year before and was still to be done."""
    from baolei.life import affairs_models as models

    first = house.calendar[0]
    left = [one for one in models.Resolution.objects.filter(on__lt=first, due__gte=first, done_on=None)
            if one.organisation_id in house.places and house.random.random() < 0.93]  # fmt: skip
    at = np.array([house.places[one.organisation_id] for one in left], np.int64)
    done = house.upto(np.array([max((one.due - first).days - 9, 0) for one in left], np.int64))
    told = held.numbers(np.where(done < 0, -1, held.from_(at, done)))
    for one, day, meeting in zip(left, house.days(done).tolist(), told.tolist(), strict=True):
        one.done_on = one.done_entered = day
        one.told_id = meeting
    models.Resolution.objects.bulk_update(left, ("done_on", "done_entered", "told"), batch_size=500)


def _list(house: House, lived: Lived, held: Gatherings) -> None:
    """What a branch means to make public, and that it did."""
    from baolei.life import affairs_models as models

    first = np.flatnonzero(np.diff(held.at, prepend=-1)) if len(held.at) else held.at
    first = first[house.lots(len(first), 0.85)]
    matter = np.tile(np.arange(len(LISTED)), len(first))
    of = np.repeat(first, len(LISTED))
    at, on = held.at[of], held.on[of]
    due = np.maximum(on, np.array([house.months[6], house.months[9], house.months[11], house.months[12]])[matter] - 1)
    pks = numbered(models.Listed, len(of))
    write(lived, "listed matters", models.Listed, len(of), id=pks, organisation_id=house.pks[at],
          entered=house.entered(on), by_id=house.by, meeting_id=held.pk[of],
          words=np.array(LISTED, object)[matter], due=house.days(due))  # fmt: skip
    made = np.maximum(due - house.random.integers(-3, 25, len(of)), on)
    said = house.lots(len(of), 0.93) & (made <= house.last)
    _announced(house, lived, at[said], made[said], np.array("party", object), pks[said].astype(object))


def _announced(house: House, lived: Lived, at: Ints, on: Ints, kind: Objects, listed: Any = None) -> None:
    from baolei.life import affairs_models as models
    from baolei.warehouse.rulebook import affairs as rules

    where = np.array(list(rules().places), object)
    write(lived, "announcements", models.Announcement, len(at), organisation_id=house.pks[at],
          entered=house.entered(on), by_id=house.by, kind=np.broadcast_to(kind, len(at)), on=house.days(on),
          place=where[house.random.integers(0, len(where), len(at))], listed_id=listed)  # fmt: skip


def announcements(house: House, lived: Lived) -> None:
    """What the rules ask of a field, period by period, nine times of ten."""
    from baolei.warehouse.rulebook import affairs as rules

    places, days, kinds = list[Ints](), list[Ints](), list[Objects]()
    for kind in rules().kinds.values():
        owing = np.isin(house.fields, list(kind.fields)) if kind.fields else np.ones(house.size, np.bool_)
        for first in range(0, 12, kind.months):
            begins, ends = house.months[first], house.months[first + kind.months]
            on = house.random.integers(begins, ends, house.size)
            some = np.flatnonzero(owing & house.lots(house.size, 0.9) & (on <= house.last))
            places.append(some)
            days.append(on[some])
            kinds.append(np.full(len(some), kind.code, object))
    _announced(house, lived, joined(places), joined(days), np.concatenate(kinds))


def matters(house: House, lived: Lived) -> None:
    """Two major matters of a year, where such are kept, by the steps of the rules; most of them went all the way."""
    from baolei.life import affairs_models as models
    from baolei.warehouse.rulebook import affairs as rules

    random, members = house.random, house.gatherings("members_meeting")
    kept = np.isin(house.fields, list(rules().matter_fields))
    asked = [(np.flatnonzero(kept & house.lots(house.size, 0.92)), int(house.months[month])) for month in (1, 7)]
    at, on = joined([one for one, _ in asked]), joined([np.full(len(one), day) for one, day in asked])
    reviewed = members.from_(at, on)
    at, reviewed = at[reviewed >= 0], reviewed[reviewed >= 0]
    pks, number = numbered(models.Matter, len(at)), len(at)
    title = np.array([f"{house.year}年{one}" for one in MATTERS], object)
    chosen = 2 * (members.on[reviewed] >= house.months[7]) + random.integers(0, 2, number)
    proposed = house.gatherings("committee_meeting")
    begun = proposed.to(at, members.on[reviewed])
    opened = np.where(begun < 0, members.on[reviewed], proposed.on[begun]) if len(proposed.on) else members.on[reviewed]
    once = _once(house.pks[at], chosen)
    write(lived, "major matters", models.Matter, int(once.sum()), id=pks[once], organisation_id=house.pks[at[once]],
          entered=house.entered(opened[once]), by_id=house.by, title=title[chosen[once]])  # fmt: skip
    day = {"reviewed": members.on[reviewed], "proposed": opened, "conferred": members.on[reviewed]}
    day["decided"] = day["reviewed"] + random.integers(7, 30, number)
    day["decision_public"] = day["decided"] + random.integers(1, 8, number)
    day["result_public"] = day["decision_public"] + random.integers(20, 50, number)
    day["hubs_told"] = day["decided"] + random.integers(1, 10, number)
    was = {"reviewed": members.numbers(reviewed), "proposed": proposed.numbers(begun)}
    _steps(house, lived, pks, at, once, day, was)


def _once(of: Ints, chosen: Ints) -> Truths:
    found = np.zeros(len(of), np.bool_)
    found[np.unique(of * 10 + chosen, return_index=True)[1]] = True
    return found


def _steps(
    house: House, lived: Lived, pks: Ints, at: Ints, once: Truths, day: dict[str, Ints], was: dict[str, Objects]
) -> None:
    """The steps in their order, as far as days have come; the last ones of some matters are still to be taken."""
    from baolei.life import affairs_models as models
    from baolei.warehouse.rulebook import affairs as rules

    far = once & house.lots(len(at), 0.93)
    rows = []
    for step in rules().steps.values():
        there = (far if step.code == "result_public" else once) & (day[step.code] <= house.last)
        if step.fields:
            there &= np.isin(house.fields[at], list(step.fields)) & house.lots(len(at), 0.95)
        some = np.flatnonzero(there)
        gathering = was.get(step.code, np.full(len(at), None))[some]
        kept = house.lots(len(some), 0.985)
        if step.must:
            kept &= np.array([one is not None for one in gathering.tolist()], np.bool_)
        rows.append((pks[some], np.full(len(some), step.code, object), day[step.code][some], kept,
                     only(kept, gathering)))  # fmt: skip
    matter, step_, on, kept, gathering = (np.concatenate(one) for one in zip(*rows, strict=True))
    write(lived, "steps of matters", models.MatterStep, len(matter), matter_id=matter, step=step_,
          on=house.days(on), kept=kept, gathering_id=gathering, entered=house.entered(on), by_id=house.by)  # fmt: skip


# ---- tasks set from above ----

SET = ("报送党员教育培训情况", "完成党组织关系核查", "报送主题党日计划", "核对党员基本信息", "报送换届准备情况",
       "开展年度述职")  # fmt: skip


def set_tasks(house: House, lived: Lived) -> None:
    """Six tasks of each county in a year, to all its branches."""
    from baolei.life import affairs_models as models

    random, (hosts, _levels, of) = house.random, hosts_of(house)
    mine, rows, parts, start = np.flatnonzero(of >= 0), list[Any](), list[Any](), numbered(models.SetTask, 1)[0]
    for place in range(len(SET)):
        on = house.months[2 * place] + random.integers(3, 20, len(hosts))
        some = np.flatnonzero(on <= house.last)
        number = np.full(len(hosts), -1, np.int64)
        number[some] = start + np.arange(len(some))
        start += len(some)
        rows.append(np.stack([some, on[some], on[some] + 25, np.full(len(some), place)]))
        asked = mine[number[of[mine]] >= 0]
        parts.append(np.stack([number[of[asked]], asked, on[of[asked]]]))
    host, on, due, place = np.concatenate(rows, axis=1)
    write(lived, "tasks set", models.SetTask, len(host), id=numbered(models.SetTask, len(host)),
          unit_id=hosts[host], words=np.array(SET, object)[place],
          document=np.array([f"组通〔{house.year}〕{one + 1}号" for one in range(len(SET))], object)[place],
          on=house.days(on), due=house.days(due), by_id=house.by)  # fmt: skip
    task, at, since = np.concatenate(parts, axis=1)
    done = house.upto(since + random.integers(1, 27, len(at)))
    done = np.where(house.lots(len(at), 0.96), done, -1)
    reported = np.where(done < 0, -1, np.minimum(done + random.integers(0, 4, len(at)), house.last))
    confirmed = np.where(house.lots(len(at), 0.9) & (done >= 0), house.upto(reported + 5), -1)
    back = house.lots(len(at), 0.01) & (done >= 0)
    write(lived, "tasks of branches", models.BranchTask, len(at), task_id=task, organisation_id=house.pks[at],
          done_on=house.days(done), report=np.where(done < 0, "", "已按要求完成").astype(object),
          reported=house.days(reported), confirmed=house.days(confirmed),
          back=house.days(np.where(back, since, -1)),
          back_why=np.where(back, "报送的内容不完整", "").astype(object))  # fmt: skip
