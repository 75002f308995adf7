"""What no schema can say of an index edition: that every word used is defined, that each step has what it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from baolei.programme.located import Document, Path
from baolei.programme.refusals import Fault
from baolei.programme.standard.index_edition import Indicator, Node


def check(document: Document, items: tuple[Indicator, ...], nodes: tuple[Node, ...]) -> Iterator[Fault]:
    data = document.data
    yield from _check_steps(document, data)
    yield from _check_groups(document, data)
    yield from _check_goalposts(document, data, items)
    yield from _check_nodes(document, data, {item.code for item in items}, {node.code for node in nodes})
    yield from _check_box(document, data)
    yield from _check_lines(document, data.get("tiers", {}).get("lines", []))
    yield from _check_effects(document, data.get("effects", {}))
    yield from _check_columns(document, data)


def _check_steps(document: Document, data: Mapping[str, Any]) -> Iterator[Fault]:
    """Steps that need another section."""
    worked = ("items", "effects", "shrink", "pool", "agreement", "rank_sets")
    if not any(section in data for section in worked):
        yield document.fault((), "the edition evaluates nothing", f"write one of {', '.join(worked)}")
    for section in ("screen", "impute", "treat", "normalise", "aggregate", "evidence", "influence"):
        if section in data and "items" not in data:
            yield document.fault((section,), f"{section} without items", "list the items")
    needed = {"effect": "effects", "shrunk": "shrink"}.get(data.get("score", {}).get("of", "root"), "")
    if needed and needed not in data:
        wrong = f"the score is taken from {needed}, of which nothing is said"
        yield document.fault(("score", "of"), wrong, f"write the section {needed}")


def _check_groups(document: Document, data: Mapping[str, Any]) -> Iterator[Fault]:
    """Groups that steps speak of."""
    impute = data.get("impute", {})
    if str(impute.get("method", "")).startswith("group") and "by" not in impute:
        yield document.fault(("impute",), f"{impute['method']} of which groups?", "write by: and a column of the units")
    for path in (("rank",), ("tiers", "k_means")):
        body = data.get(path[0], {})
        if (body if len(path) == 1 else body.get(path[1], {})).get("within") == "peers" and "peers" not in data:
            yield document.fault((*path, "within"), "there are no peer groups", "write peers: evidence, or a column")
    if data.get("peers") == "evidence" and "evidence" not in data:
        yield document.fault(("peers",), "peers by evidence, but none is asked for", "write the section evidence")


def _check_goalposts(document: Document, data: Mapping[str, Any], items: tuple[Indicator, ...]) -> Iterator[Fault]:
    if data.get("normalise", {}).get("method") != "goalposts":
        return
    written = isinstance(data["items"], list)
    for place, item in enumerate(items):
        path: Path = ("items", place) if written else ("items",)
        if item.low is None or item.high is None or item.low == item.high:
            wrong = f"indicator {item.code} has no two goalposts"
            yield document.fault(path, wrong, "write low and high, in the units of the data")
        elif item.scale in ("ln", "log10") and min(item.low, item.high) <= 0:
            yield document.fault(path, f"{item.code}: a goalpost at or below 0 has no logarithm", "set it above 0")


CHOICES = {"groups", "top", "items"}
"""Words that stand for nodes or indicators in `influence`."""


def _check_nodes(document: Document, data: Mapping[str, Any], items: set[str], nodes: set[str]) -> Iterator[Fault]:
    influence = data.get("influence", {})
    spoken: list[tuple[Path, Any, set[str]]] = [
        (("aggregate", "nodes", code), [code], nodes) for code in data.get("aggregate", {}).get("nodes", {})
    ]
    spoken += [(("influence", key), influence.get(key, []), items | nodes | CHOICES) for key in ("remove", "box")]
    if "balance" in influence:
        spoken.append((("influence", "balance", "nodes"), influence["balance"]["nodes"], nodes | CHOICES))
    for path, codes, known in spoken:
        for code in [codes] if isinstance(codes, str) else codes:
            if str(code) not in known:
                yield document.fault(path, f"{code!r} is not in the tree", f"it has {', '.join(sorted(known))}")


def _check_box(document: Document, data: Mapping[str, Any]) -> Iterator[Fault]:
    """The greedy optimum is one of weighted sums."""
    aggregate = data.get("aggregate", {})
    ways = [aggregate, *aggregate.get("nodes", {}).values()]
    plain = all(way.get("mean", "arithmetic") == "arithmetic" and not way.get("standardise") for way in ways)
    if "box" in data.get("influence", {}) and not plain:
        wrong = "best and worst case are exact for plain arithmetic means only"
        yield document.fault(("influence", "box"), wrong, "leave box out, or aggregate by arithmetic means")


def _check_lines(document: Document, lines: list[dict[str, Any]]) -> Iterator[Fault]:
    above = float("inf")
    for place, line in enumerate(lines):
        path: Path = ("tiers", "lines", place)
        if "at_least" not in line:
            if place != len(lines) - 1:
                yield document.fault(path, f"class {line['code']} has no line", "only the last class may have none")
        elif line["at_least"] >= above:
            yield document.fault(
                path, f"line {line['at_least']} is not below the one before", "write the best class first"
            )
        else:
            above = line["at_least"]
    codes = [str(line["code"]) for line in lines]
    for place, code in enumerate(codes):
        if code in codes[:place]:
            yield document.fault(
                ("tiers", "lines", place), f"the class {code!r} is defined twice", "give it another code"
            )


def _check_effects(document: Document, effects: Mapping[str, Any]) -> Iterator[Fault]:
    if not effects:
        return
    method = effects.get("method", "ml")
    factors = [effects["units"], *effects.get("raters", [])]
    if method == "moments" and (len(factors) > 1 or "fixed" in effects):
        yield document.fault(("effects", "method"), "moments are for one factor and no covariates", "write ml or reml")
    if len(set(factors)) < len(factors):
        yield document.fault(("effects", "raters"), "a factor is named twice", "name units and raters once each")
    wanted = {*factors, "residual"} if method == "given" else set()
    if set(effects.get("variances", {})) != wanted:
        right = f"write {', '.join(sorted(wanted))}" if wanted else "write method: given, or leave variances out"
        yield document.fault(("effects", "variances"), "variances do not fit the method and the factors", right)
    elif method == "given" and effects["variances"]["residual"] <= 0:
        yield document.fault(("effects", "variances", "residual"), "the residual variance is 0", "write more than 0")


def _check_columns(document: Document, data: Mapping[str, Any]) -> Iterator[Fault]:
    """Sections that need one set of columns or another."""
    choices = {
        "shrink": (("successes", "trials"), ("value", "variance")),
        "pool": (("cells",), ("value", "variance")),
        "agreement": (("unit", "rater", "value"), ("raters",)),
    }
    for section, (first, second) in choices.items():
        body = data.get(section)
        if body is None:
            continue
        wanted = second if body.get("method") == "normal" or body.get("measure") == "value" else first
        if section == "agreement":
            wanted = second if "raters" in body else first
        others = [key for key in (*first, *second) if key in body and key not in wanted]
        if others or any(key not in body for key in wanted):
            yield document.fault((section,), f"{section} needs {' and '.join(wanted)}, nothing else of its kind")
    shrink = data.get("shrink", {})
    if shrink.get("method") == "phantom" and "phantom" not in shrink:
        yield document.fault(("shrink",), "how many phantom ballots?", "write phantom: and a number")
