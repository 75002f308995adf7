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
    """Safe YAML in which only true/false are truth values: 'no', 'on' and 'y' stay the words they are."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


class Document:
    """One parsed YAML file: `data` (plain values) and the line of every path in it.

    `place` is the name to print in faults. Faults found while reading (syntax, doubled keys) are in `faults`;
    `data` is then what could be read, or None.
    """

    def __init__(self, place: str, text: str) -> None:
        self.place = place
        self.faults: list[Fault] = []
        self.data: Any = None
        self._lines: dict[Path, int] = {}
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                self.faults.append(Fault(place, 1, "the file is empty", "write a mapping of keys to values"))
            else:
                self.data = self._plain(loader, node, ())
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.faults.append(Fault(place, mark.line + 1 if mark else 1, f"not YAML: {error.problem or error}"))
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            self.faults.append(Fault(place, 1, f"not YAML: {error}"))
        finally:
            loader.dispose()

    def line(self, path: Path) -> int:
        """The line on which `path` stands, or that of its nearest ancestor when it is absent."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def fault(self, path: Path, wrong: str, right: str = "") -> Fault:
        """A fault at `path` of this file."""
        return Fault(self.place, self.line(path), wrong, right)

    def paths(self) -> Iterator[Path]:
        """Every path of the file, parents before children."""
        return iter(self._lines)

    def _plain(self, loader: _Loader, node: yaml.Node, path: Path) -> Any:
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(loader, node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(loader, child, (*path, index)) for index, child in enumerate(node.value)]
        return loader.construct_object(node, deep=True)

    def _mapping(self, loader: _Loader, node: yaml.MappingNode, path: Path) -> dict[Any, Any]:
        plain: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.faults.append(Fault(self.place, key_node.start_mark.line + 1, "a key must be a plain word"))
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
