"""Write a value into the text of an edition's file: what is not changed stays to the letter, comments included.

The text is changed where the value stands. Where that cannot be done so (a value behind an alias, a list that becomes
empty), the whole file is written anew from its values; its comments are lost then. Either way it is read again: the
file holds what was meant, or nothing is given back.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from enum import Enum
from typing import Any

import yaml

from baolei.programme.located import Document, Path

_Fastest: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Gone(Enum):
    """Stands for a value that is taken out."""

    GONE = "gone"


GONE = Gone.GONE
Changes = Sequence[tuple[Path, Any]]
"""What is put where, one after the other. One beyond a list's end, or a new last key, adds; GONE takes out."""


class _Whole(Exception):
    """This change asks for the whole file to be written anew."""


def rewritten(text: str, changes: Changes) -> str:
    """The file with these changes made.

    Raises KeyError or IndexError for a path whose parent is not there, ValueError for a text that is no sound YAML or a
    value that YAML cannot hold.
    """
    read = Document("", text)
    if read.faults:
        raise ValueError(str(read.faults[0]))
    meant = copy.deepcopy(read.data)
    for path, value in changes:
        _put(meant, path, value)
    try:
        made = text
        for path, value in changes:
            made = _spliced(made, path, value)
        if _says(made, meant):
            return made
    except (_Whole, yaml.YAMLError):
        pass
    made = whole(meant)
    if not _says(made, meant):
        raise ValueError("a value that does not come back from YAML as it was")
    return made


def whole(values: Any) -> str:
    """A file written from its values alone, keys in their order."""
    return str(yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=120))


def _says(text: str, meant: Any) -> bool:
    read = Document("", text)
    return not read.faults and bool(read.data == meant)


def _put(values: Any, path: Path, value: Any) -> None:
    for key in path[:-1]:
        values = values[key]
    last = path[-1]
    if value is GONE:
        del values[last]
    elif isinstance(values, list) and last == len(values):
        values.append(copy.deepcopy(value))
    else:
        values[last] = copy.deepcopy(value)


# -- changing the text where a value stands ----------------------------------------------------------------------------


def _spliced(text: str, path: Path, value: Any) -> str:
    parent: Any = yaml.compose(text, Loader=_Fastest)
    for key in path[:-1]:
        parent = _entries(parent)[_place(parent, key)][1]
    place = _place(parent, path[-1])
    if value is GONE:
        return _without(text, parent, place)
    if place == len(parent.value):
        return _with(text, parent, path[-1], value)
    node = _entries(parent)[place][1]
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        raise _Whole
    return text[: node.start_mark.index] + _flow(value) + text[_end(text, node) :]


def _entries(node: Any) -> list[tuple[yaml.Node, yaml.Node]]:
    """Where each entry of a collection begins, and its value."""
    return list(node.value) if isinstance(node, yaml.MappingNode) else [(child, child) for child in node.value]


def _place(node: Any, key: str | int) -> int:
    """Which entry of a collection is meant; one beyond the last for a new one."""
    if isinstance(node, yaml.SequenceNode):
        return int(key)
    keys = [entry.value for entry, _value in node.value]
    return keys.index(key) if key in keys else len(keys)


def _with(text: str, parent: Any, key: str | int, value: Any) -> str:
    """The text with one more entry, the last of its collection."""
    mapping = isinstance(parent, yaml.MappingNode)
    said = f"{_flow(key)}: {_flow(value)}" if mapping else _flow(value)
    if not parent.value:
        return text[: parent.start_mark.index] + ("{%s}" if mapping else "[%s]") % said + text[_end(text, parent) :]
    end = _end(text, parent.value[-1][1] if mapping else parent.value[-1])
    if parent.flow_style:
        return f"{text[:end]}, {said}{text[end:]}"
    column = (parent.value[0][0] if mapping else parent).start_mark.column
    line_end = _line_end(text, end)
    return f"{text[:line_end]}\n{' ' * column}{'' if mapping else '- '}{said}{text[line_end:]}"


def _without(text: str, parent: Any, place: int) -> str:
    """The text without an entry."""
    entries = _entries(parent)
    begins, ends = entries[place][0].start_mark.index, _end(text, entries[place][1])
    if len(entries) == 1:
        raise _Whole
    if not parent.flow_style:
        return text[: text.rfind("\n", 0, begins) + 1] + text[_line_end(text, ends) + 1 :]
    if place:
        return text[: _end(text, entries[place - 1][1])] + text[ends:]
    return text[:begins] + text[entries[1][0].start_mark.index :]


def _end(text: str, node: Any) -> int:
    """Where the last sign of a value stands: a block ends with its last entry, not where the next one begins."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        begins = node.start_mark.index
        return int(begins) + len(text[begins : node.end_mark.index].rstrip())
    return _end(text, _entries(node)[-1][1])


def _line_end(text: str, index: int) -> int:
    found = text.find("\n", index)
    return len(text) if found < 0 else found


def _flow(value: Any) -> str:
    """A value on one line, as it may stand between brackets too."""
    return str(yaml.safe_dump([value], default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**6))[1:-2]
