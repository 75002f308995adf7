"""From a JSON schema's complaints to sentences with a line number.

The schema says what an edition may hold; this file says it to the person who wrote the edition.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from baolei.programme.located import Document, Path
from baolei.programme.refusals import Fault

_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


def shape_faults(document: Document, schema: Mapping[str, Any]) -> list[Fault]:
    """Every place where `document` departs from `schema`, each with its line and what would be right."""
    if document.data is None:
        return list(document.faults)
    errors = Draft202012Validator(schema).iter_errors(_jsonable(document.data))
    said = [fault for error in errors for fault in _faults(document, _deepest(error))]
    return [*document.faults, *said, *_endless(document, document.data, ())]


def _endless(document: Document, value: Any, path: Path) -> Iterator[Fault]:
    """Numbers that no sum can hold; a schema lets them pass."""
    inside: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inside:
        yield from _endless(document, child, (*path, key))
    if isinstance(value, float) and not math.isfinite(value):
        yield document.fault(path, f"{_name(path)} is {value}", "write a number with an end")


def _deepest(error: ValidationError) -> ValidationError:
    """Of the alternatives of an anyOf/oneOf, the complaint that got furthest: the one the writer meant."""
    while error.context:
        error = max(error.context, key=lambda child: (len(child.path), child.validator != "type"))
    return error


def _faults(document: Document, error: ValidationError) -> Iterator[Fault]:
    path = tuple(error.absolute_path)
    schema, wanted, value = _parts(error)
    if error.validator == "additionalProperties":
        known = list(schema.get("properties", {}))
        for key in sorted(set(value) - set(known), key=str):
            cut = _cut(value, str(key)) if value[key] is None else ""
            yield document.fault((*path, key), f"unknown key {key!r}", cut or _suggest(str(key), known))
    elif error.validator == "required":
        missing = [key for key in wanted if key not in value]
        yield document.fault(
            path,
            f"{_name(path)} lacks {', '.join(repr(key) for key in missing)}",
            "write " + ", ".join(f"{key}: …" for key in missing),
        )
    else:
        yield document.fault(path, *_sentence(_name(path), error))


def _parts(error: ValidationError) -> tuple[Mapping[str, Any], Any, Any]:
    """The schema that complains, what it wants, and what stands there."""
    schema: Any = error.schema
    return schema, error.validator_value, error.instance


_RIGHT = {
    "enum": lambda wanted: "write one of " + ", ".join(map(str, wanted)),
    "const": lambda wanted: f"write {wanted}",
    "minimum": lambda wanted: f"write at least {wanted}",
    "exclusiveMinimum": lambda wanted: f"write more than {wanted}",
    "maximum": lambda wanted: f"write at most {wanted}",
    "exclusiveMaximum": lambda wanted: f"write less than {wanted}",
    "type": lambda wanted: (
        "write " + " or ".join(_KINDS[kind] for kind in ([wanted] if isinstance(wanted, str) else wanted))
    ),
}
_SIZES = {"min": ("too few", "at least"), "max": ("too many", "at most")}


def _sentence(name: str, error: ValidationError) -> tuple[str, str]:
    """What is wrong and what would be right."""
    schema, wanted, value = _parts(error)
    rule = str(error.validator)
    shown = f"{name} is {value!r}" if not isinstance(value, dict | list) else f"{name} is {_KINDS[_kind(value)]}"
    if rule in _RIGHT:
        return shown, _RIGHT[rule](wanted)
    if rule == "pattern":
        return shown, str(schema.get("description", f"write it after the pattern {wanted}"))
    if rule == "uniqueItems":
        return f"{name} holds something twice", "keep each once"
    if rule == "minLength":
        return f"{name} is empty", "write some text"
    if rule[:3] in _SIZES:
        much, bound = _SIZES[rule[:3]]
        return f"{name} has {much} entries", f"write {bound} {wanted}"
    return f"{name}: {error.message}", str(schema.get("description", ""))


def _cut(value: Mapping[str, Any], key: str) -> str:
    """Advice where a comma cut a text in two: {en: a, b} holds the keys 'en' and 'b'."""
    before = list(value)[: list(value).index(key)]
    texts = [word for word in before if isinstance(value[word], str)]
    if not texts or any(value[word] is not None for word in before[before.index(texts[-1]) + 1 :]):
        return ""
    pieces = [value[texts[-1]], *before[before.index(texts[-1]) + 1 :], key]
    return f'a comma cut the text; quote it: {texts[-1]}: "{", ".join(pieces)}"'


def _suggest(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"did you mean {near[0]!r}?" if near else "allowed here: " + ", ".join(known)


def _name(path: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in path) or "the file"


def _kind(value: Any) -> str:
    return "object" if isinstance(value, dict) else "array"


def _jsonable(value: Any) -> Any:
    """Dates become text, as JSON has none."""
    if isinstance(value, dict):
        return {str(key): _jsonable(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_jsonable(child) for child in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
