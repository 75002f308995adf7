"""For each kind of list: what makes a row one of a kind, how its rows are judged, how they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from baolei.organisations.models import Post
from baolei.sheets import grid_lines, member_lines, organisation_lines, post_lines, unit_lines
from baolei.sheets.errand import Errand
from baolei.sheets.journal import Journal
from baolei.sheets.lines import Line

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Handler:
    """How rows of a kind are treated. `stacked`: a row may stand under another of the same sheet.

    `key` gives what a row is about and what tells two about the same apart; None there tells nothing apart.
    """

    judge: Callable[[Sequence[Line], Errand, dict[str, Any]], None]
    write: Callable[[Sequence[Line], Errand, Journal], None]
    key: Callable[[Mapping[str, Any]], tuple[Key, Any]]
    stacked: bool = False


def _post_key(values: Mapping[str, Any]) -> tuple[Key, Any]:
    if values["post"] == Post.SECRETARY:
        return (values["organisation"], Post.SECRETARY), None
    return (values["organisation"], values["post"], values["holder"], values["home"]), values["joined"]


HANDLERS: dict[str, Handler] = {
    "units": Handler(unit_lines.judge, unit_lines.write, lambda values: ((values["code"],), None), stacked=True),
    "organisations": Handler(
        organisation_lines.judge, organisation_lines.write, lambda values: ((values["code"],), None), stacked=True
    ),
    "members": Handler(
        member_lines.judge,
        member_lines.write,
        lambda values: ((values["organisation"], values["name"]), values["joined"]),
    ),
    "grids": Handler(grid_lines.judge, grid_lines.write, lambda values: ((values["code"], values["worker"]), None)),
    "posts": Handler(post_lines.judge, post_lines.write, _post_key),
}
