"""The keys of the additive edition language, from its JSON schema: what each may hold and whether it must stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import worked

DEFS = worked.SCHEMA["$defs"]
NAMED = {
    "text": "text in `zh` and `en`",
    "basis": "text in `zh` and `en`, `standing`",
    "code": "code",
    "date": "date",
    "share": "share, 0 to 1",
}
PARTS = {"edition": "edition", "item": "items[]", "fieldbody": "fields[]"}


def every_key() -> Iterator[tuple[str, str, bool]]:
    """Every key as (path, what it may hold, whether it is required), in the order of the schema."""
    for part, path in PARTS.items():
        yield from _inside(DEFS[part], "" if part == "edition" else f"{path}.")


def _inside(schema: dict[str, Any], path: str) -> Iterator[tuple[str, str, bool]]:
    for key, body in schema["properties"].items():
        here = f"{path}{key}"
        yield here, kind(body), key in schema.get("required", ())
        yield from _below(body, here)


def _below(body: dict[str, Any], path: str) -> Iterator[tuple[str, str, bool]]:
    """The keys inside a value: of a mapping, of the entries of a list, of the values under free words (*)."""
    body = _real(body)
    if any(body is DEFS[name] for name in (*NAMED, "item", "fieldbody")):
        return
    if "properties" in body:
        yield from _inside(body, f"{path}.")
    elif body.get("type") == "array":
        yield from _below(body["items"], f"{path}[]")
    elif isinstance(body.get("additionalProperties"), dict):
        yield from _below(body["additionalProperties"], f"{path}.*")


def _real(body: dict[str, Any]) -> dict[str, Any]:
    return DEFS[body["$ref"].rpartition("/")[2]] if "$ref" in body else body


def kind(body: dict[str, Any]) -> str:
    """What a value of this schema is, in words."""
    if (name := body.get("$ref", "").rpartition("/")[2]) in NAMED:
        return NAMED[name]
    body = _real(body)
    if "oneOf" in body:
        return " or ".join(kind(each) for each in body["oneOf"])
    words = body.get("enum", [body["const"]] if "const" in body else [])
    if words:
        return ", ".join(f"`{word}`" for word in words)
    return _of_type(body)


def _of_type(body: dict[str, Any]) -> str:
    if body["type"] == "array":
        return f"list of {_many(kind(body['items']))}"
    if body["type"] == "object":
        rest = body.get("additionalProperties")
        return f"mapping, each {kind(rest)}" if isinstance(rest, dict) else "mapping"
    words = {"number": "number", "integer": "whole number", "boolean": "true or false", "string": "text"}[body["type"]]
    for rule, sign in (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤")):
        words += f" {sign} {body[rule]:,}" if rule in body else ""
    return words


def _many(words: str) -> str:
    return {"mapping": "mappings", NAMED["text"]: "texts"}.get(words, words)
