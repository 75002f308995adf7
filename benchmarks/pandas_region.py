"""The peer: the same scoring of the same snapshot, written as a good analyst would write it in plain pandas.

Vectorised throughout, integers where the method says cents, chunked where memory asks for it; no engine of ours. Run as
a program it writes what ours writes, with the same compression: score, SE, chance, rank interval, weight bounds and
tier of every branch, the leaves of every sheet, and the roll-up.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

from baolei.programme.standard.edition import Edition
from baolei.warehouse.editions import edition as read_edition
from baolei.warehouse.snapshot import read_manifest


def half_up(num, den):
    """Half-up division of whole numbers."""
    return (2 * num + den) // (2 * den)


LEAVES = ["branch", "item", "num", "den", "available", "points"]


def evaluate(folder: Path) -> dict[str, pd.DataFrame]:
    """Branches with their verdicts, the leaves their sheets are made of, and the roll-up of every unit."""
    edition = read_edition(folder / "edition")
    manifest = read_manifest(folder)
    branches = pd.read_parquet(folder / "branches.parquet")
    branches["field"] = branches["field"].astype(str)
    branches["branch"] = np.arange(len(branches), dtype=np.uint32)
    units = pd.read_parquet(folder / "units.parquet")
    branches = places(branches, units)
    org = items(edition, branches, pd.read_parquet(folder / "facts.parquet"))
    asked = ballots(edition, branches, folder, manifest["parameters"])
    branches = totals(edition, branches, org, asked, pd.read_parquet(folder / "marks.parquet"))
    visits = pd.read_parquet(folder / "visits.parquet") if (folder / "visits.parquet").exists() else None
    branches = verdicts(edition, branches, asked, visits)
    branches = rank_intervals(edition, branches)
    branches = weight_bounds(edition, branches)
    return {"branches": branches, "items": org[LEAVES], "asked": asked, "rollup": rollup(edition, branches, units)}


def places(branches: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """The ancestors of each branch's unit at every level."""
    parent, level = units.set_index("code")["parent"], units.set_index("code")["level"]
    for wanted in (4, 3, 2, 1):
        unit = branches["unit"]
        for _ in range(4):
            unit = unit.where(unit.map(level) <= wanted, unit.map(parent))
        branches[f"unit_{wanted}"] = unit
    return branches


def items(edition: Edition, branches: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Points of every item, absent items' points shared out in their cell (largest remainder)."""
    table = pd.DataFrame(
        [
            (field.code, code, points, edition.items[code].strength, edition.items[code].kind,
             *field.goalposts.get(code, (edition.items[code].low, edition.items[code].high)))
            for field in edition.fields for code, points in field.items.items()
        ],
        columns=["field", "item", "worth", "strength", "kind", "low", "high"],
    )  # fmt: skip
    unit = table.apply(lambda row: np.lcm(row["low"].denominator, row["high"].denominator), axis=1)
    table["unit"] = unit
    table["low"] = [int(low * u) for low, u in zip(table["low"], unit, strict=True)]
    table["span"] = [int(high * u) for high, u in zip(table["high"], unit, strict=True)] - table["low"]
    facts = facts.assign(item=facts["item"].astype(str)).merge(branches[["branch", "field"]], on="branch")
    facts = facts.merge(table, on=["field", "item"], how="inner")
    facts["counts"] = facts["den"] > 0
    present = facts[facts["counts"]].copy()
    cell = ["branch", "strength"]
    have = present.groupby(cell)["worth"].transform("sum")
    wants = wanted_cells(edition, branches, present)
    want = present.merge(wants, on=cell, how="left")["want"].to_numpy()
    present["available"] = present["worth"].to_numpy()
    touched = have.to_numpy() != want
    part = present[touched].copy()
    part["want"], part["have"] = want[touched], have[touched]
    part["available"] = part["want"] * part["worth"] // part["have"]
    part["rest"] = part["want"] * part["worth"] % part["have"]
    order = {code: place for place, code in enumerate(edition.items)}
    part["order"] = part["item"].map(order)
    part = part.sort_values([*cell, "rest", "order"], ascending=[True, True, False, True])
    left = part["want"] - part.groupby(cell)["available"].transform("sum")
    part["available"] += (part.groupby(cell).cumcount() < left).astype(np.int64)
    present.loc[part.index, "available"] = part["available"]
    sign = np.sign(present["span"])
    bottom = (present["span"].abs() * present["den"]).clip(lower=1)
    top = (sign * (present["num"] * present["unit"] - present["low"] * present["den"])).clip(lower=0)
    top = top.where(top < bottom, bottom)
    for code, item in edition.items.items():
        if item.kind == "steps":
            rows = present["item"] == code
            t, b = climb(item, present.loc[rows, "num"], present.loc[rows, "den"])
            top.loc[rows], bottom.loc[rows] = t, b
    present["points"] = half_up(present["available"] * top, bottom)
    return present


def wanted_cells(edition: Edition, branches: pd.DataFrame, present: pd.DataFrame) -> pd.DataFrame:
    """Points of each branch's cells after cells without any item left theirs to the others."""
    source = edition.found()[0].code
    rows = [(field.code, strength, points) for field in edition.fields
            for (strength, of), points in field.cells.items() if of == source]  # fmt: skip
    cells = branches[["branch", "field"]].merge(pd.DataFrame(rows, columns=["field", "strength", "cell"]), on="field")
    have = present.groupby(["branch", "strength"], as_index=False)["worth"].sum()
    cells = cells.merge(have, on=["branch", "strength"], how="left")
    cells["want"] = cells["cell"]
    hurt = cells.loc[cells["worth"].isna(), "branch"].unique()
    part = cells[cells["branch"].isin(hurt)].copy()
    part["left"] = part["cell"].where(part["worth"].notna(), 0)
    total, of = part.groupby("branch")["cell"].transform("sum"), part.groupby("branch")["left"].transform("sum")
    of = of.clip(lower=1)
    part["want"], part["rest"] = total * part["left"] // of, total * part["left"] % of
    place = {strength.code: number for number, strength in enumerate(edition.strengths)}
    part["place"] = part["strength"].map(place)
    part = part.sort_values(["branch", "rest", "place"], ascending=[True, False, True])
    spare = total.loc[part.index] - part.groupby("branch")["want"].transform("sum")
    part["want"] += (part.groupby("branch").cumcount() < spare).astype(np.int64)
    cells.loc[part.index, "want"] = part["want"]
    return cells.loc[cells["worth"].notna(), ["branch", "strength", "want"]]


def climb(item, num: pd.Series, den: pd.Series):
    """Share of the first rung that holds."""
    top, bottom = pd.Series(0, index=num.index), pd.Series(1, index=num.index)
    open_ = pd.Series(True, index=num.index)
    for rung in item.table:
        left, right = num * rung.bound.denominator, rung.bound.numerator * den
        holds = open_ & ((left >= right) if item.table_upward else (left <= right))
        top[holds], bottom[holds] = rung.share.numerator, rung.share.denominator
        open_ &= ~holds
    return top, bottom


def ballots(edition: Edition, branches: pd.DataFrame, folder: Path, parameters: dict) -> pd.DataFrame:
    """Means, phantom ballots and points of every ballot cell."""
    frames = []
    longest = max(len(questions) for questions in edition.questions.values())
    value = {place: grade.value for place, grade in enumerate(edition.grades)}
    field = branches.set_index("branch")["field"]
    for place, source in enumerate(edition.sources):
        if source.kind == "items":
            continue
        table = "panel" if source.kind == "panel" and (folder / "panel.parquet").exists() else "ballots"
        columns = [f"q{q + 1}" for q in range(longest)]
        rows = pd.read_parquet(folder / f"{table}.parquet", columns=["branch", "source", *columns])
        rows = rows[rows["source"] == place]
        questions = edition.questions[source.code]
        answers = rows[columns[: len(questions)]]
        graded = answers < len(edition.grades)
        least = -(-len(questions) * edition.valid_share.numerator // edition.valid_share.denominator)
        valid = graded.sum(axis=1) >= max(1, least)
        answers, graded, branch = answers[valid], graded[valid], rows.loc[valid, "branch"]
        number = branch.groupby(branch).size().rename("ballots")
        points = answers.apply(lambda column: column.map(value).fillna(0).astype(np.int64))
        sums, counts = points.groupby(branch).sum(), graded.groupby(branch).sum()
        summed = pd.concat([sums.add_prefix("sum_"), counts.add_prefix("n_")], axis=1)
        summed = summed.reindex(branches["branch"]).fillna(0)
        for strength in edition.strengths:
            mine = [f"q{q + 1}" for q, question in enumerate(questions) if question.strength == strength.code]
            if not mine:
                continue
            frame = pd.DataFrame({"branch": branches["branch"].to_numpy(), "source": source.code,
                                  "strength": strength.code})  # fmt: skip
            frame["n"] = summed[[f"n_{q}" for q in mine]].sum(axis=1).astype(np.int64).to_numpy()
            frame["sum"] = summed[[f"sum_{q}" for q in mine]].sum(axis=1).astype(np.int64).to_numpy()
            frame["ballots"] = number.reindex(branches["branch"]).fillna(0).astype(np.int64).to_numpy()
            frames.append(frame)
    cells = pd.concat(frames, ignore_index=True)
    cells["field"] = cells["branch"].map(field)
    worth = pd.Series({(table.code, source, strength): points for table in edition.fields
                       for (strength, source), points in table.cells.items()}, name="worth")  # fmt: skip
    worth.index.names = ["field", "source", "strength"]
    cells = cells.merge(worth.reset_index(), on=["field", "source", "strength"], how="left").fillna({"worth": 0})
    cells["worth"] = cells["worth"].astype(np.int64)
    cells["mean"] = half_up(100 * cells["sum"], cells["n"].clip(lower=1)).where(cells["n"] > 0, 0)
    have = cells[cells["n"] > 0].groupby(["field", "source", "strength"])["mean"].agg(["sum", "size"])
    mu = half_up(have["sum"], have["size"]).rename("mu")
    for f, sources in parameters.get("norm", {}).items():
        for q, strengths in sources.items():
            for s, figure in strengths.items():
                mu.loc[(f, q, s)] = figure
    cells = cells.merge(mu.reset_index(), on=["field", "source", "strength"], how="left")
    frozen = parameters.get("phantom", {})
    k = {
        (t.code, q.code): frozen.get(t.code, {}).get(q.code, t.phantom.get(q.code, q.phantom))
        for t in edition.fields
        for q in edition.asked()
    }
    cells["k"] = pd.MultiIndex.from_frame(cells[["field", "source"]]).map(k)
    cells["mu"] = cells["mu"].fillna(0).astype(np.int64)
    cells["x"] = half_up(cells["n"] * cells["mean"] + cells["k"] * cells["mu"], (cells["n"] + cells["k"]).clip(lower=1))
    cells["points"] = half_up(cells["worth"] * cells["x"], 10_000)
    return cells[cells["worth"] > 0]


def totals(edition: Edition, branches, org, asked, marks) -> pd.DataFrame:
    """Base, bonus, deduction, score; gates, vetoes, floors' ratios."""
    out = branches.set_index("branch")
    source = edition.found()[0].code
    out[f"earned_{source}"] = org.groupby("branch")["points"].sum()
    out[f"available_{source}"] = org.groupby("branch")["available"].sum()
    for q in edition.asked():
        mine = asked[asked["source"] == q.code].groupby("branch")
        out[f"earned_{q.code}"], out[f"available_{q.code}"] = mine["points"].sum(), mine["worth"].sum()
        out[f"ballots_{q.code}"] = mine["ballots"].first()
    for s in edition.strengths:
        o, a = org[org["strength"] == s.code].groupby("branch"), asked[asked["strength"] == s.code].groupby("branch")
        out[f"earned_{s.code}"] = o["points"].sum().add(a["points"].sum(), fill_value=0)
        out[f"available_{s.code}"] = o["available"].sum().add(a["worth"].sum(), fill_value=0)
    out = out.fillna({c: 0 for c in out.columns if c.startswith(("earned_", "available_", "ballots_"))})
    out["base"] = sum(out[f"earned_{q.code}"] for q in edition.sources).astype(np.int64)
    line = {table.code: table.line for table in edition.fields}
    out["line"] = out["field"].map(line)
    marks = marks.assign(code=marks["code"].astype(str))
    worth = pd.Series({(b.code, level): points for b in edition.bonuses for level, points in b.points}, dtype=float)
    honours = marks[marks["code"].isin({b.code for b in edition.bonuses}) & ~marks["matter"].isin(edition.items.keys())]
    points = pd.Series(pd.MultiIndex.from_frame(honours[["code", "level"]]).map(worth.to_dict()), index=honours.index)
    best = honours.assign(points=points).groupby(["branch", "matter"])["points"].max().groupby("branch").sum()
    policy = edition.policy
    out["bonus"] = best.reindex(out.index).fillna(0).astype(np.int64).clip(upper=policy.bonus_cap)
    reach = out["base"] < out["line"] - policy.bonus_reach
    out["bonus"] = out["bonus"].where(~reach, np.minimum(out["bonus"], (out["line"] - 1 - out["base"]).clip(lower=0)))
    cost = {d.code: d.points for d in edition.deductions}
    events = marks[marks["code"].isin(cost)].drop_duplicates(["branch", "code", "matter"])
    out["deduction"] = (events["code"].map(cost).groupby(events["branch"]).sum().reindex(out.index).fillna(0)
                        .astype(np.int64).clip(upper=policy.deduction_cap))  # fmt: skip
    out["score"] = (out["base"] + out["bonus"] - out["deduction"]).clip(0, edition.total)
    good = marks[marks["value"] > 0]
    met = good[good["code"].isin({g.code for g in edition.gates})].drop_duplicates(["branch", "code"])
    out["gates"] = met.groupby("branch").size().reindex(out.index).fillna(0) == len(edition.gates)
    vetoes = good[good["code"].isin({v.code for v in edition.vetoes})]
    out["veto"] = out.index.isin(vetoes["branch"])
    given = org.assign(one=1)
    needed = {table.code: len(table.items) for table in edition.fields}
    out["given"] = given.groupby("branch")["one"].sum()
    out["needed"] = out["field"].map(needed)
    return out


def verdicts(edition: Edition, out, asked, visits) -> pd.DataFrame:
    """Leniency, SE, expected quality, chance, line, tier."""
    policy = edition.policy
    weight = {(t.code, q.code): sum(p for (_, of), p in t.cells.items() if of == q.code) / 100
              for t in edition.fields for q in edition.sources}  # fmt: skip
    phantom = {(t.code, q.code): t.phantom.get(q.code, q.phantom) for t in edition.fields for q in edition.asked()}
    variance = 0.0
    for q in edition.sources:
        w = out["field"].map({t.code: weight[t.code, q.code] for t in edition.fields}) / 100
        v = float(q.sigma) ** 2
        if q.kind != "items":
            k = out["field"].map({t.code: phantom[t.code, q.code] for t in edition.fields})
            v = v / (out[f"ballots_{q.code}"] + k).clip(lower=1)
        variance = variance + w**2 * v
    out["variance"], out["se"] = variance, np.sqrt(variance)
    out["leniency"], told = leniency(edition, out, visits)
    adjusted = (out["score"] - out["leniency"]) / 100
    center = adjusted.groupby(out["field"]).transform("mean")
    spread = adjusted.groupby(out["field"]).transform("var").clip(lower=1e-9)
    rho = (1 - out["variance"].groupby(out["field"]).transform("mean") / spread).clip(0, 1)
    phi, shift, sigma = 1.0, 0.0, float(policy.visit_sigma) * edition.total / 10_000
    number, mean = pd.Series(0, index=out.index), pd.Series(0.0, index=out.index)
    if visits is not None:
        judged = visits[visits["overall"] >= 0]
        number = judged.groupby("branch").size().reindex(out.index).fillna(0)
        mean = (judged.groupby("branch")["overall"].mean() / 100).reindex(out.index).fillna(0)
        doubles = judged[judged["wave"] == "double"].merge(
            judged[judged["wave"] != "double"].drop_duplicates("branch", keep="last"), on="branch")  # fmt: skip
        if len(doubles) >= 30:
            sigma = float(np.sqrt(((doubles["overall_x"] - doubles["overall_y"]) ** 2).mean() / 2)) / 100
        random = judged[judged["wave"] == "random"]
        if len(random) >= 100:
            w = 1 / random["probability"].to_numpy()
            x = ((out["score"] - told) / 100 - center).loc[random["branch"]].to_numpy()
            y = random["overall"].to_numpy() / 100 - center.loc[random["branch"]].to_numpy()
            mx, my = np.average(x, weights=w), np.average(y, weights=w)
            slope = (w * (x - mx) * (y - my)).sum() / (w * (x - mx) ** 2).sum()
            slope = min(max(slope, 0.05), 1.5)
            shift = my - slope * mx
            left = np.average((y - shift - slope * x) ** 2, weights=w) - sigma**2
            phi = max(1.0, left / np.average(slope * out["variance"].loc[random["branch"]], weights=w))
            rho = pd.Series(slope, index=out.index)
    prior = center + shift + rho * (adjusted - center)
    s2 = (rho * phi).clip(lower=1e-6) * out["variance"]
    out["theta"] = (prior / s2 + number / sigma**2 * mean) / (1 / s2 + number / sigma**2)
    out["spread"] = np.sqrt(1 / (1 / s2 + number / sigma**2))
    plain = 1 / (phi * out["variance"])
    standing = (adjusted * plain + number / sigma**2 * mean) / (plain + number / sigma**2)
    out["probability"] = norm.cdf((out["theta"] - out["line"] / 100) / out["spread"])
    reached = np.where(number > 0, np.round(standing * 100), np.round(out["score"] - out["leniency"]))
    out["over_line"] = reached >= out["line"]
    out["named"] = out["over_line"] & out["gates"] & ~out["veto"]
    return out


def leniency(edition: Edition, out, visits) -> tuple[pd.Series, pd.Series]:
    """δ of each branch's county from random visits, cents; and the same as the county's other visits tell it."""
    policy = edition.policy
    if visits is None or policy.leniency_mode == "off":
        return pd.Series(0.0, index=out.index), pd.Series(0.0, index=out.index)
    place = out["unit_3" if policy.leniency_level == "banner" else "unit_2"]
    random = visits[visits["wave"] == "random"].copy()
    random["place"] = random["branch"].map(place)
    random["gap"] = random["branch"].map(out[f"earned_{edition.found()[0].code}"]) - random["organisation"]
    random["weight"] = 1 / random["probability"]
    overall = np.average(random["gap"], weights=random["weight"])
    groups = random.groupby("place")
    mean = (random["gap"] * random["weight"]).groupby(random["place"]).sum() / groups["weight"].sum()
    n = groups.size()
    plain = groups["gap"].transform("mean")
    within = ((random["gap"] - plain) ** 2).sum() / (len(random) - len(n))
    between = (n * (groups["gap"].mean() - random["gap"].mean()) ** 2).sum() / (len(n) - 1)
    size = (len(random) - (n**2).sum() / len(random)) / (len(n) - 1)
    tau = (between - within) / size
    kappa = within / tau if tau > 0 else float(policy.leniency_kappa)
    delta = (n / (n + kappa) * (mean - overall) + overall).where(n >= policy.leniency_visits, overall).round()
    taken = place.map(delta).fillna(round(overall))
    total, mass = (random["gap"] * random["weight"]), random["weight"]
    left = groups["gap"].transform("size") - 1
    rest = (total.groupby(random["place"]).transform("sum") - total) / (groups["weight"].transform("sum") - mass)
    others = left / (left + kappa) * (rest.where(left > 0, overall) - overall) + overall
    told = taken.copy()
    enough = (left + 1 >= policy.leniency_visits).to_numpy()
    told.loc[random["branch"].to_numpy()[enough]] = others.to_numpy()[enough]
    return taken, told


def rank_intervals(edition: Edition, out: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """5-95 % of ranks over the edition's draws, a hundred draws at a time."""
    draws, tail = edition.policy.rank_draws, (1 - float(edition.policy.rank_cover)) / 2
    bits = np.random.default_rng(seed)
    seen = np.empty((len(out), draws), dtype=np.int32)
    for first in range(0, draws, 100):
        theta = bits.standard_normal((len(out), min(100, draws - first)), dtype=np.float32)
        theta = pd.DataFrame(theta * out["spread"].to_numpy()[:, None] + out["theta"].to_numpy()[:, None]).round(2)
        seen[:, first : first + 100] = theta.groupby(out["field"].to_numpy()).rank(ascending=False, method="min")
    out["rank_low"], out["rank_high"] = np.percentile(seen, [100 * tail, 100 * (1 - tail)], axis=1)
    return out


def weight_bounds(edition: Edition, out: pd.DataFrame) -> pd.DataFrame:
    """Best and worst score with weights within ±20 %: fill from the best (worst) source."""
    sources = [q.code for q in edition.sources]
    weight = np.stack([out["field"].map({t.code: sum(p for (_, of), p in t.cells.items() if of == q) / 100
                                         for t in edition.fields}) for q in sources], axis=1)  # fmt: skip
    reading = np.stack([100 * out[f"earned_{q}"] / out[f"available_{q}"].clip(lower=1) for q in sources], axis=1)
    within = float(edition.policy.weights_within)
    for name, sign in (("weight_high", 1), ("weight_low", -1)):
        order = np.argsort(-sign * reading, axis=1)
        y, w = np.take_along_axis(reading, order, 1), np.take_along_axis(weight, order, 1)
        spare, total = within * w.sum(axis=1), ((1 - within) * w * y).sum(axis=1)
        for place in range(len(sources)):
            used = np.minimum(2 * within * w[:, place], spare)
            total, spare = total + used * y[:, place], spare - used
        out[name] = total / 100 + (out["score"] - out["base"]) / 100
    return out


def rollup(edition: Edition, out: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Sums for every unit and field at every level."""
    columns = [
        "named",
        "over_line",
        "score",
        "probability",
        *[c for c in out if c.startswith(("earned_", "available_"))],
    ]
    frames = []
    for level, column in ((5, "unit"), (4, "unit_4"), (3, "unit_3"), (2, "unit_2"), (1, "unit_1")):
        for keys in ([column, "field"], [column]):
            sums = out.groupby(keys)[columns].sum().reset_index().rename(columns={column: "unit"})
            frames.append(sums.assign(level=level))
    return pd.concat(frames, ignore_index=True)


if __name__ == "__main__":
    out = Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    for name, table in evaluate(Path(sys.argv[1])).items():
        table.to_parquet(out / f"{name}.parquet", compression="zstd")
