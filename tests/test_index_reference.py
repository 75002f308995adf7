"""The reference of the language speaks of every key that may be written and of every result that is given."""

from __future__ import annotations

import json
import re
from pathlib import Path

import index_cases as made
from baolei.programme.index.figures import Figures
from baolei.warehouse.cases import RULEBOOK

REFERENCE = Path(__file__).parents[1] / "docs" / "reference" / "index-language.md"
TEXT = REFERENCE.read_text(encoding="utf-8")
WORDS = set(re.findall(r"[A-Za-z_]\w*", TEXT))


def keys(schema):
    """Every key and every word that a schema allows."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {}) if isinstance(schema.get("properties"), dict) else ()
        yield from (word for word in schema.get("enum", ()) if isinstance(word, str))
        for child in schema.values():
            yield from keys(child)
    elif isinstance(schema, list):
        for child in schema:
            yield from keys(child)


def test_every_key_and_word_of_the_language_is_described():
    for name in ("index-edition", "case"):
        allowed = set(keys(json.loads((RULEBOOK / f"{name}.schema.json").read_text(encoding="utf-8"))))
        assert allowed - WORDS == set()


def test_every_result_is_described_and_none_is_promised_that_is_not_given():
    given = made.evaluated("items: [{code: a, parent: t}]\nnodes: [{code: t}]", "id,a\nu,1")
    assert all(isinstance(figures, Figures) for figures in given.values())
    table = TEXT.split("## 4.")[1].split("## 5.")[0]
    first = "\n".join(line.split("|")[1] for line in table.splitlines() if line.startswith("|"))
    promised = set(re.findall(r"`([a-z_]+)`", first)) | {"tier_centre"}
    assert promised == set(given)


def test_the_example_edition_of_the_reference_can_be_read():
    block = TEXT.split("## 2.")[1].split("```yaml")[1].split("```")[0]
    from baolei.programme.located import Document
    from baolei.programme.standard import index

    schema = json.loads((RULEBOOK / "index-edition.schema.json").read_text(encoding="utf-8"))
    assert index.read(Document("reference", block.lstrip()), {}, schema).root == "hdi"
