"""Materialised paths: where a node stands in a tree, as text that begins with its parent's path.

Every step down adds a segment of fixed width, so that "at or below" is one range of a sorted column, never a scan, and
a path of another branch can never begin with ours by accident. A statistical code is such a path already
(15 · 1504 · 150422 · 150422103 · 150422103216).
"""

from __future__ import annotations

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WIDTH = 4
"""Characters in a segment: 1,679,616 children under one node."""


def segment(number: int, width: int = WIDTH) -> str:
    """The `number`-th child's segment, counted from 0, in base 36. Raises ValueError where it does not fit.

    >>> segment(37)
    '0011'
    """
    if not 0 <= number < len(DIGITS) ** width:
        raise ValueError(f"{number} does not fit a segment of {width} characters")
    text = ""
    for _ in range(width):
        number, rest = divmod(number, len(DIGITS))
        text = DIGITS[rest] + text
    return text


def under(path: str, root: str) -> bool:
    """Whether `path` is `root` or stands below it; everything stands under the empty root."""
    return path.startswith(root)


def span(root: str) -> tuple[str, str | None]:
    """The half-open range [low, high) of all paths at or below `root`, compared byte by byte; None is no upper end."""
    return root, root[:-1] + chr(ord(root[-1]) + 1) if root else None


def depth(path: str, width: int = WIDTH) -> int:
    """How many steps below the top: 0 for a root's path of one segment. Raises ValueError for a broken path."""
    if not path or len(path) % width:
        raise ValueError(f"{path!r} is no path of segments of {width} characters")
    return len(path) // width - 1
