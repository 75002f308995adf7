"""Read an index edition (`kind: index`) from its YAML file and the tables it names, or refuse it, all faults at once.

The shape is the JSON schema's business, what no schema can say that of `index_checks` and `index_tree`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from baolei.programme.index.table import Table
from baolei.programme.located import Document, Path
from baolei.programme.refusals import EditionRefused
from baolei.programme.standard.edition import Text
from baolei.programme.standard.exact import digest
from baolei.programme.standard.index_checks import check
from baolei.programme.standard.index_edition import (
    Agreement,
    Balance,
    Effects,
    Evidence,
    Impute,
    IndexEdition,
    Indicator,
    Influence,
    KMeans,
    Line,
    Mean,
    Node,
    Normalise,
    Pass,
    Pool,
    Rank,
    RankSets,
    Score,
    Screen,
    Shrink,
    Treat,
)
from baolei.programme.standard.index_tree import tree
from baolei.programme.standard.shape import shape_faults


def tables_named(document: Document) -> dict[str, Path]:
    """The files an edition takes its items and nodes from, and where it names them (for whoever fetches them)."""
    data = document.data if isinstance(document.data, dict) else {}
    sections = {section: data.get(section) for section in ("items", "nodes")}
    return {
        str(body["from"]): (section, "from")
        for section, body in sections.items()
        if isinstance(body, dict) and isinstance(body.get("from"), str)
    }


def read(document: Document, tables: Mapping[str, Table], schema: Mapping[str, Any]) -> IndexEdition:
    """The edition written in `document`; `tables` holds the files of `tables_named`, by name.

    Raises EditionRefused with every fault found: file, line, what is wrong, what would be right.
    """
    if isinstance(document.data, dict) and document.data.get("kind") == "points":
        wrong = "this is a table of points (kind: points), not an index edition"
        raise EditionRefused([document.fault(("kind",), wrong, "read it with `baolei edition EDITION`")])
    faults = shape_faults(document, schema)
    faults += [
        document.fault(path, f"there is no table {name!r}", "put the file beside the edition")
        for name, path in tables_named(document).items()
        if name not in tables
    ]
    if faults:
        raise EditionRefused(faults)
    items, nodes = tree(document, tables, faults)
    faults += check(document, items, nodes)
    if faults:
        raise EditionRefused(faults)
    return _edition(document.data, items, nodes)


# -- building ---------------------------------------------------------------------------------------------------------


def _edition(data: Mapping[str, Any], items: tuple[Indicator, ...], nodes: tuple[Node, ...]) -> IndexEdition:
    aggregate = {key: value for key, value in data.get("aggregate", {}).items() if key != "nodes"}
    tiers = data.get("tiers", {})
    return IndexEdition(
        code=data["code"],
        name=Text(**data["name"]),
        source=Text(**data["source"]),
        digest=digest([data, [repr(item) for item in items], [repr(node) for node in nodes]]),
        items=items,
        nodes=nodes,
        absent_items=data.get("absent_items", "refuse"),
        screen=_made(Screen, data.get("screen")),
        impute=_made(Impute, data.get("impute")),
        treat=_made(Treat, data.get("treat")),
        normalise=_made(Normalise, data.get("normalise")),
        mean=Mean(**aggregate),
        means={
            code: Mean(**{**aggregate, **body}) for code, body in data.get("aggregate", {}).get("nodes", {}).items()
        },
        evidence=_made(Evidence, data.get("evidence")),
        peers=data.get("peers", ""),
        score=Score(**data.get("score", {})),
        rank=_made(Rank, data.get("rank")),
        lines=tuple(Line(str(line["code"]), line.get("at_least")) for line in tiers.get("lines", ())),
        k_means=_k_means(tiers.get("k_means")),
        influence=_influence(data.get("influence"), items, nodes),
        effects=_made(Effects, data.get("effects")),
        shrink=_made(Shrink, data.get("shrink")),
        pool=_made(Pool, data.get("pool")),
        agreement=_made(Agreement, data.get("agreement")),
        rank_sets=_made(RankSets, data.get("rank_sets")),
    )


def _made(kind: Any, body: Mapping[str, Any] | None) -> Any:
    """The section as its frozen value, lists as tuples; None where the edition does not speak of it."""
    if body is None:
        return None
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in body.items()})


def _k_means(body: Mapping[str, Any] | None) -> KMeans | None:
    if body is None:
        return None
    passes = tuple(Pass(**each) for each in body.get("passes", [{}]))
    return KMeans(body["k"], body.get("within", "all"), passes)


def _influence(
    body: Mapping[str, Any] | None, items: tuple[Indicator, ...], nodes: tuple[Node, ...]
) -> Influence | None:
    if body is None:
        return None

    members: tuple[Indicator | Node, ...] = (*items, *nodes)

    def chosen(codes: Any) -> tuple[str, ...]:
        """Codes, or what one of the words items, groups, top stands for."""
        root = nodes[-1].code
        parents = {item.parent for item in items}
        words = {
            "items": tuple(item.code for item in items),
            "groups": tuple(node.code for node in nodes if node.code in parents),
            "top": tuple(member.code for member in members if member.parent == root),
        }
        return words.get(codes, (codes,)) if isinstance(codes, str) else tuple(str(code) for code in codes)

    balance = body.get("balance")
    return Influence(
        remove=chosen(body.get("remove", [])),
        box=chosen(body.get("box", [])),
        within=body.get("within", 0.2),
        balance=Balance(chosen(balance["nodes"]), tuple(balance.get("importance", ())), balance.get("stop", 1e-12))
        if balance
        else None,
    )
