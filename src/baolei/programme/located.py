"""YAML that remembers on which line everything stands, so that a fault can be shown to the person who wrote it.

Plain values only: mappings, lists, text, numbers, dates, true/false, null. A key given twice is a fault, not a choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from baolei.programme.refusals import Fault

Path = tuple[str | int, ...]


_Fastest: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Fastest):  # type: ignore[misc]
    """Safe YAML in which only true/false are truth values, and only decimal numbers are numbers.

    'no', 'on', 010, 1:30 and 1_000 stay the words they are, so that a code is never taken for something else.
    """


_PLAIN = {
    "bool": (r"true|false", "tf"),
    "int": (r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    "float": (r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?|[-+]?\.inf|\.nan", "-+0123456789."),
}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] not in _PLAIN]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, (_pattern, _first) in _PLAIN.items():
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


MOST_VALUES = 500_000
"""Values one file may hold once its aliases are written out: a few lines of aliases could otherwise fill the memory."""

DEEPEST = 60
"""How deep values may stand in one another; no language of ours needs ten."""


class _Unreadable(Exception):
    """Reading stops here; holds the fault."""

    def __init__(self, line: int, wrong: str, right: str) -> None:
        super().__init__(wrong)
        self.line, self.wrong, self.right = line, wrong, right


class Document:
    """One parsed YAML file: `data` (plain values) and the line of every path in it.

    `place` is the name to print in faults. Faults found while reading (syntax, doubled keys, days that are none) are in
    `faults`; `data` is then what could be read, or None. Nothing a file holds makes reading raise.
    """

    def __init__(self, place: str, text: str) -> None:
        self.place = place
        self.faults: list[Fault] = []
        self.data: Any = None
        self._lines: dict[Path, int] = {}
        self._count = 0
        try:
            self._read(text)
        except _Unreadable as error:
            self.faults.append(Fault(place, error.line, error.wrong, error.right))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            self.faults.append(Fault(place, line, f"not YAML: {error.problem or error}", _hint(text, line)))
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            wrong = f"not YAML: the character U+{ord(_letter(error.character)):04X} may not stand here"
            self.faults.append(Fault(place, line, wrong, "take the character out"))
        except UnicodeEncodeError as error:
            line = text.count("\n", 0, error.start) + 1
            self.faults.append(Fault(place, line, "not YAML: half a character", "save the file as UTF-8"))

    def _read(self, text: str) -> None:
        _shallow(text)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            self.data = None if node is None else self._plain(loader, node, ())
            if self.data is None:
                raise _Unreadable(1, "the file is empty", "write a mapping of keys to values")
        finally:
            loader.dispose()

    def line(self, path: Path) -> int:
        """The line on which `path` stands, or that of its nearest ancestor when it is absent."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def fault(self, path: Path, wrong: str, right: str = "", about: Path = ()) -> Fault:
        """A fault at `path` of this file; `about` is the value that it concerns, where that is another."""
        return Fault(self.place, self.line(path), wrong, right, about or path)

    def paths(self) -> Iterator[Path]:
        """Every path of the file, parents before children."""
        return iter(self._lines)

    def _plain(self, loader: _Loader, node: yaml.Node, path: Path) -> Any:
        line = node.start_mark.line + 1
        self._lines.setdefault(path, line)
        self._count += 1
        if len(path) > DEEPEST:
            raise _Unreadable(line, "an alias (*name) stands inside what it names", "write the value out")
        if self._count > MOST_VALUES:
            raise _Unreadable(line, f"this makes more than {MOST_VALUES:,} values", "write fewer aliases (*name)")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(loader, node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(loader, child, (*path, index)) for index, child in enumerate(node.value)]
        return self._scalar(loader, node)

    def _scalar(self, loader: _Loader, node: yaml.Node) -> Any:
        """The plain value; the words themselves, and a fault, where they only look like a day or a number."""
        try:
            return loader.construct_object(node, deep=True)
        except yaml.MarkedYAMLError as error:
            wrong, right = f"{error.problem or error}", "plain values only: text, numbers, dates, true, false"
        except ValueError:
            day = node.tag.endswith(":timestamp")
            wrong = f"{_short(node.value)} is no {'day of the calendar' if day else 'number'}"
            right = "write a date as 2023-12-31" if day else "write fewer digits"
        self.faults.append(Fault(self.place, node.start_mark.line + 1, wrong, right))
        return str(node.value)

    def _mapping(self, loader: _Loader, node: yaml.MappingNode, path: Path) -> dict[Any, Any]:
        plain: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                line = key_node.start_mark.line + 1
                self.faults.append(
                    Fault(self.place, line, "a key must be a plain word", "write one word before the colon")
                )
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in plain:
                self.faults.append(
                    Fault(
                        self.place,
                        key_node.start_mark.line + 1,
                        f"the key {key!r} stands twice",
                        f"keep one; the first is on line {self._lines[here]}",
                    )
                )
                continue
            self._lines[here] = key_node.start_mark.line + 1
            plain[key] = self._plain(loader, value_node, here)
        return plain


# -- what may stand in a file at all ----------------------------------------------------------------------------------


def _shallow(text: str) -> None:
    """_Unreadable where values stand too deep in one another, before anything walks down there."""
    text.encode()  # raises where half a character stands
    depth = 0
    event: Any
    for event in yaml.parse(text, Loader=_Fastest):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            line = event.start_mark.line + 1
            raise _Unreadable(line, f"values stand more than {DEEPEST} deep in one another", "close some brackets")


def _hint(text: str, line: int) -> str:
    """What most often helps where a line is not YAML."""
    lines = text.split("\n")
    said = lines[line - 1] if line <= len(lines) else ""
    if re.match(r"\s*\t", said):
        return "indent with spaces, not with tabs"
    if re.search(r":\s", said.partition(": ")[2]):
        return "quote text that holds ': ', as \"one: two\""
    if re.search(r"[:\[{,-]\s*[%@`*&!|>\"']", said):
        return 'quote text that begins with a sign, or close its quotes, as "100 %"'
    return "look for a quote or bracket that is not closed, a colon without a space, a line that is not indented"


def _letter(character: Any) -> str:
    return character if isinstance(character, str) else chr(int(character))


def _short(words: str) -> str:
    return words if len(words) <= 20 else f"{words[:20]}… ({len(words)} characters)"
