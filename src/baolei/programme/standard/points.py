"""Read an additive edition (`kind: points`) from its YAML files, or refuse it with every fault at once.

The shape is the JSON schema's business; what no schema can say stands in `points_head` and `points_tables`: that cells
add up to the total, that items add up to their cell, that every word used is a word defined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from baolei.programme.located import Document
from baolei.programme.refusals import EditionRefused, Fault
from baolei.programme.standard.edition import Edition
from baolei.programme.standard.points_build import build
from baolei.programme.standard.points_head import check_head
from baolei.programme.standard.points_parts import KINDS, Words, gather, kind_of
from baolei.programme.standard.points_tables import check_fields, check_items
from baolei.programme.standard.shape import shape_faults


def read(documents: Sequence[Document], schema: Mapping[str, Any]) -> Edition:
    """The edition written in `documents` (one head, any number of item lists and field tables).

    Raises EditionRefused with every fault found: file, line, what is wrong, what would be right.
    """
    faults = shape(documents, schema)
    heads = [document for document in documents if kind_of(document) == "edition"]
    if len(heads) != 1:
        place = (heads or [*documents])[-1].place if documents else "the edition"
        wrong = f"{len(heads)} files begin with 'baolei: edition'"
        faults.append(Fault(place, 0, wrong, "exactly one does; the others begin with items or fields"))
    broken = {fault.place for fault in faults}
    if len(heads) == 1 and heads[0].place not in broken:
        faults += _meaning(heads[0], [document for document in documents if document.place not in broken], not broken)
    if faults:
        raise EditionRefused(faults)
    return build(heads[0].data, gather(documents, "items"), gather(documents, "fields"))


def shape(documents: Sequence[Document], schema: Mapping[str, Any]) -> list[Fault]:
    """The faults of shape alone: files that are no YAML, unknown keys, words where numbers belong.

    Files without any can be shown and changed value by value, whatever else is wrong with them.
    """
    return [fault for document in documents for fault in _shape(document, schema)]


def _shape(document: Document, schema: Mapping[str, Any]) -> list[Fault]:
    """The faults of one file, against the part of the schema that speaks of it, so that none is lost among others."""
    kind, data = kind_of(document), document.data
    if kind == "edition" and data.get("kind") == "index":
        wrong = "this is an index edition (kind: index), not a table of points"
        return [document.fault(("kind",), wrong, "put it in a case folder and run `baolei cases FOLDER`")]
    if isinstance(data, dict) and kind not in KINDS:
        says = f"the file says baolei: {kind}" if "baolei" in data else "the file does not say what it is"
        return [*document.faults, document.fault(("baolei",), says, "begin with baolei: edition, items or fields")]
    part = KINDS.get(kind, "edition")
    return shape_faults(document, {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": f"#/$defs/{part}"})


def _meaning(head: Document, sound: Sequence[Document], whole: bool) -> list[Fault]:
    """What is wrong in the files of the right shape. `whole`: there are no others."""
    words = Words.of(head.data)
    items, fields = gather(sound, "items"), gather(sound, "fields")
    faults = [*check_head(head, words), *check_items(words, items)]
    if whole and not fields:
        faults.append(head.fault((), "the edition has no fields", "write at least one table under fields:"))
    return [*faults, *check_fields(head, words, items, fields, every_item=whole)]
