"""Have a file read by a process of its own, which knows nothing of ours and may break."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from baolei.sheets import limits
from baolei.sheets.scan import NO_TRICKS, FileRefused

PATIENCE = limits.SECONDS + 15
"""Seconds on the clock: a busy machine may need longer than the seconds of processor."""


def command(upload: Path, out: Path) -> list[str]:
    """How the reader is started: apart from our environment, so that no key or password is near it."""
    return [sys.executable, "-I", "-X", "utf8", "-m", "baolei.sheets.reader", str(upload), str(out)]


def read(upload: Path, out: Path) -> dict[str, Any]:
    """Read `upload` into `out` (see `reader`) and return what the file is. Raises FileRefused."""
    try:
        ran = subprocess.run(
            command(upload, out), capture_output=True, timeout=PATIENCE, env={}, cwd=out.parent, check=False
        )
    except subprocess.TimeoutExpired:
        raise _broke() from None
    if ran.returncode == 3:
        raise FileRefused.again(*json.loads(ran.stdout))
    if ran.returncode:
        raise _broke()
    with out.open(encoding="utf-8") as file:
        about: dict[str, Any] = json.loads(file.readline())
    return about


def rows(out: Path) -> Iterator[tuple[int, list[Any]]]:
    """The rows that were read: number in the sheet, counted from 1, and cells."""
    with out.open(encoding="utf-8") as file:
        file.readline()
        for line in file:
            number, *cells = json.loads(line)
            yield number, cells


def _broke() -> FileRefused:
    return FileRefused(
        ("读取文件时超出了内存或时间限制", "reading the file took more memory or time than it may"), NO_TRICKS
    )
