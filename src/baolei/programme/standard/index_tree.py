"""The tree of an index, written out in the edition or taken from the tables it names.

Sibling releases differ in their measures, not in their method: with `items: {from: measures.csv, …}` the next release
needs a new table and no other word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from baolei.programme.index.table import Table, number
from baolei.programme.located import Document
from baolei.programme.refusals import Fault
from baolei.programme.standard.index_edition import Indicator, Node

NUMERIC = ("weight", "low", "high")
SCALES = ("linear", "ln", "log10", "sqrt")
TRUE, FALSE = ("1", "1.0", "true"), ("0", "0.0", "false", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One item or node as written, and how to make a fault of one of its attributes."""

    body: Mapping[str, Any]
    fault: Callable[[str, str, str], Fault] = field(compare=False)


def tree(
    document: Document, tables: Mapping[str, Table], faults: list[Fault]
) -> tuple[tuple[Indicator, ...], tuple[Node, ...]]:
    """Items and nodes (children before parents, the root last); adds every fault found."""
    items = _rows(document, "items", tables, faults)
    nodes = _rows(document, "nodes", tables, faults)
    _doubled(items, "indicator", faults)
    _doubled(nodes, "node", faults)
    leaves = [_indicator(row, faults) for row in items]
    above = _ancestors(document, items, faults)
    branchings = _nodes(document, nodes, above, faults)
    if not branchings and items:
        branchings = {leaf.parent: Node(leaf.parent) for leaf in leaves if leaf.parent}
    if items:
        faults += _loose(items, leaves, nodes, branchings)
    return tuple(leaves), _ordered(document, branchings, faults)


# -- rows, wherever they stand ----------------------------------------------------------------------------------------


def _rows(document: Document, section: str, tables: Mapping[str, Table], faults: list[Fault]) -> list[Row]:
    given = document.data.get(section, [])
    if isinstance(given, dict):
        return list(_from_table(document, section, given, tables, faults))

    def written(place: int) -> Callable[[str, str, str], Fault]:
        return lambda key, wrong, right: document.fault((section, place, key), wrong, right)

    return [Row(body, written(place)) for place, body in enumerate(given)]


def _from_table(
    document: Document, section: str, given: Mapping[str, Any], tables: Mapping[str, Table], faults: list[Fault]
) -> Iterator[Row]:
    table = tables[given["from"]]
    taken = {key: take for key, take in given.items() if key not in ("from", "where", "ancestors", "root")}
    named = [take for take in taken.values() if isinstance(take, str)] + list(given.get("ancestors", ()))
    lacking = [column for column in (*named, *given.get("where", {})) if column not in table.columns]
    if lacking:
        faults += [
            document.fault(
                (section,), f"{given['from']} has no column {column!r}", f"it has {', '.join(table.columns)}"
            )
            for column in lacking
        ]
        return
    for place in _chosen(table, given.get("where", {})):
        body: dict[str, Any] = {
            key: (table.columns[take][place] if isinstance(take, str) else str(take["always"]))
            for key, take in taken.items()
        }
        body["ancestors"] = [table.columns[column][place] for column in given.get("ancestors", ())]
        yield Row(body, _at(table, place))


def _at(table: Table, place: int) -> Callable[[str, str, str], Fault]:
    return lambda key, wrong, right: Fault(table.place, table.lines[place], wrong, right)


def _chosen(table: Table, where: Mapping[str, Any]) -> list[int]:
    wanted = {
        column: {str(value) for value in (values if isinstance(values, list) else [values])}
        for column, values in where.items()
    }
    return [
        place
        for place in range(len(table))
        if all(table.columns[column][place] in values for column, values in wanted.items())
    ]


# -- values -----------------------------------------------------------------------------------------------------------


def _indicator(row: Row, faults: list[Fault]) -> Indicator:
    body = _common(row, faults)
    direction = number(str(row.body.get("direction", 1)))
    if direction not in (1.0, -1.0):
        faults.append(
            row.fault("direction", f"the direction is {row.body['direction']!r}", "write 1 (more is better) or -1")
        )
    scale = str(row.body.get("scale") or "linear")
    if scale not in SCALES:
        faults.append(row.fault("scale", f"the scale is {scale!r}", f"write one of {', '.join(SCALES)}"))
    ancestors = row.body.get("ancestors") or [""]
    return Indicator(
        body["code"],
        body["name"],
        body["parent"] or ancestors[0],
        body["weight"],
        -1 if direction == -1.0 else 1,
        str(row.body.get("denominator", "")),
        body["low"],
        body["high"],
        scale,
    )


def _node(row: Row, faults: list[Fault]) -> Node:
    body = _common(row, faults)
    key = str(row.body.get("key", "")).lower()
    if key not in (*TRUE, *FALSE):
        faults.append(row.fault("key", f"key is {row.body['key']!r}", "write 1 or 0, true or false"))
    return Node(body["code"], body["name"], body["parent"], body["weight"], key in TRUE)


def _common(row: Row, faults: list[Fault]) -> dict[str, Any]:
    body: dict[str, Any] = {key: str(row.body.get(key, "")) for key in ("code", "name", "parent")}
    if not body["code"]:
        faults.append(row.fault("code", "the code is missing", "give every row a code"))
    for key in NUMERIC:
        word = str(row.body.get(key, ""))
        value = number(word) if word else None
        if word and (value is None or (key == "weight" and value < 0)):
            right = "write a number, 0 or more" if key == "weight" else "write a number"
            faults.append(row.fault(key, f"the {key} of {body['code']} is {word!r}", right))
        body[key] = 1.0 if key == "weight" and value is None else value
    return body


def _doubled(rows: list[Row], what: str, faults: list[Fault]) -> None:
    seen: set[str] = set()
    for row in rows:
        code = str(row.body.get("code", ""))
        if code in seen:
            faults.append(row.fault("code", f"the {what} {code!r} is defined twice", "give it another code"))
        seen.add(code)


# -- how they hang together -------------------------------------------------------------------------------------------


def _ancestors(document: Document, items: list[Row], faults: list[Fault]) -> dict[str, str]:
    """Parent of each node, from the chains of ancestors written beside the items; '' above the last."""
    parent: dict[str, str] = {}
    for row in items:
        chain = [word for word in row.body.get("ancestors", ()) if word]
        for lower, upper in zip(chain, [*chain, ""][1:], strict=True):
            if parent.setdefault(lower, upper) != upper:
                wrong = f"{lower!r} stands under {upper!r} here and under {parent[lower]!r} above"
                faults.append(row.fault("ancestors", wrong, "a node has one parent"))
    return parent


def _nodes(document: Document, rows: list[Row], above: Mapping[str, str], faults: list[Fault]) -> dict[str, Node]:
    given = document.data.get("nodes", [])
    root = str(given.get("root", "")) if isinstance(given, dict) else ""
    nodes: dict[str, Node] = {}
    for row in rows:
        node = _node(row, faults)
        nodes[node.code] = Node(node.code, node.name, node.parent or above.get(node.code, root), node.weight, node.key)
    for code, parent in above.items():
        nodes.setdefault(code, Node(code, parent=parent))
    if root:
        nodes.setdefault(root, Node(root))
    return nodes


def _loose(items: list[Row], leaves: list[Indicator], rows: list[Row], nodes: Mapping[str, Node]) -> Iterator[Fault]:
    right = f"the nodes are {', '.join(nodes)}" if nodes else "define the nodes"
    for row, leaf in zip(items, leaves, strict=True):
        if leaf.parent not in nodes:
            yield row.fault("parent", f"indicator {leaf.code} hangs under {leaf.parent!r}, which is no node", right)
        if leaf.code in nodes:
            yield row.fault("code", f"{leaf.code!r} is both an indicator and a node", "give one another code")
    for row in rows:
        node = nodes.get(str(row.body.get("code", "")))
        if node and node.parent and node.parent not in nodes:
            yield row.fault("parent", f"node {node.code} hangs under {node.parent!r}, which is no node", right)


def _ordered(document: Document, nodes: Mapping[str, Node], faults: list[Fault]) -> tuple[Node, ...]:
    """Children before parents, otherwise as written. Adds a fault unless there is one root that all reach."""
    roots = [node.code for node in nodes.values() if not node.parent]
    if nodes and len(roots) != 1:
        which = ", ".join(roots) or "none"
        faults.append(
            document.fault(("nodes",), f"the tree has {len(roots)} roots ({which})", "one node has no parent")
        )
        return ()
    ordered: list[Node] = []
    level = roots
    while level:
        ordered = [nodes[code] for code in level] + ordered
        level = [node.code for node in nodes.values() if node.parent in level]
    stray = [code for code in nodes if code not in {node.code for node in ordered}]
    if stray and all(nodes[code].parent in nodes for code in stray):
        faults.append(
            document.fault(("nodes",), f"{', '.join(stray)} go round in a circle", "hang them under the root")
        )
    return tuple(ordered)
