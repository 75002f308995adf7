"""Whole processes, timed by the operating system: wall seconds and peak memory; pages of a house; and small tables."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

HOME = Path(os.environ.get("BAOLEI_BENCH", "var/bench"))
"""Where snapshots for benchmarks are kept between runs."""


def run(command: Sequence[str], told: str = "") -> tuple[float, float]:
    """Run a command to its end: wall seconds and peak MiB of its largest process. Raises RuntimeError if it fails."""
    if told:
        print(told, file=sys.stderr, flush=True)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, environment, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])  # fmt: skip
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"{' '.join(command)} failed")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def run_tree(command: Sequence[str], told: str = "") -> tuple[float, float]:
    """The same for a command that starts others (Java, say): peak MiB of all of them together, looked at ten times a
    second. Pages that several share count once for each, so this is an upper bound.
    """
    if told:
        print(told, file=sys.stderr, flush=True)
    started, peak = time.perf_counter(), 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(_resident, _family(process.pid))))
            time.sleep(0.1)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed")
    return time.perf_counter() - started, peak


def _family(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        below = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:  # it has ended meanwhile
        return []
    return [pid, *(member for child in below for member in _family(child))]


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except OSError:
        return 0.0


def held(pid: int) -> float:
    """The most memory each of a process and all below it has held so far, together, MiB."""
    said = (_read(f"/proc/{one}/status").partition("VmHWM:")[2].split() for one in _family(pid))
    return sum(int(words[0]) for words in said if words) / 1024


def worked(pid: int) -> float:
    """Seconds of a processor that a process and all below it have used so far."""
    said = (_read(f"/proc/{one}/stat").rpartition(")")[2].split() for one in _family(pid))
    return sum(int(words[11]) + int(words[12]) for words in said if words) / os.sysconf("SC_CLK_TCK")


def written(folder: Path, seconds: float = 1.0) -> float:
    """How often a second 8 kB are written to the disk of a folder, and are there: what one commit after the other can
    be at most. In memory it is far above what a disk can do.
    """
    path, number, begun = folder / "written", 0, time.perf_counter()
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    while time.perf_counter() - begun < seconds:
        os.pwrite(file, os.urandom(8192), 0)
        os.fdatasync(file)
        number += 1
    os.close(file)
    path.unlink()
    return number / (time.perf_counter() - begun)


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:  # it has ended meanwhile
        return ""


def region(scale: float = 1.0, *, told: bool = True) -> Path:
    """The snapshot of the demo region at a scale; made once and kept."""
    folder = HOME / f"region-{scale:g}" / "snapshot"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        if told:
            print(f"making the demo region at scale {scale:g} …", file=sys.stderr, flush=True)
        run([sys.executable, "-m", "baolei.cli.main", "demo-region", "--scale", str(scale), "--seed", "2023",
             "--out", str(folder)])  # fmt: skip
    return folder


def set_up(home: Path) -> None:
    """A house of its own under a folder: on the database of BAOLEI_DATABASE_URL, else on a SQLite file there."""
    os.environ["BAOLEI_HOME"], os.environ["BAOLEI_DEMO"] = str(home), "1"
    os.environ.setdefault("BAOLEI_DATABASE_URL", f"sqlite:///{home}/baolei.sqlite3")
    from baolei.cli.serve import prepare

    prepare()


def timed(call: Callable[..., Any], *arguments: Any, **named: Any) -> tuple[float, Any]:
    """Wall seconds of a call, and what it gives."""
    started = time.perf_counter()
    found = call(*arguments, **named)
    return time.perf_counter() - started, found


def peak() -> float:
    """The most memory this process has held, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def visits(account: Any, pages: dict[str, str], rounds: int) -> Iterator[dict[str, Any]]:
    """Each page so often in this process, as somebody who has logged in. Raises RuntimeError for a page that fails."""
    from django.conf import settings
    from django.db import connection, reset_queries
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(account)
    client.get("/notices/")  # once a minute a log-in notes that it was seen
    for name, address in pages.items():
        first = timed(client.get, address)[0] * 1000
        connection.force_debug_cursor = True
        reset_queries()
        answer = client.get(address)
        queries, connection.force_debug_cursor = len(connection.queries), False
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
        times = sorted(timed(client.get, address)[0] * 1000 for _ in range(rounds))
        yield {"page": name, "queries": queries, "first ms": first, "p50 ms": median(times),
               "p95 ms": times[int(0.95 * (len(times) - 1))], "max ms": times[-1]}  # fmt: skip


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def show(title: str, rows: Sequence[dict[str, object]], notes: dict[str, object], as_json: bool) -> None:
    """Print a small table, or one JSON object."""
    if as_json:
        print(json.dumps({"title": title, "rows": list(rows), **notes}))
        return
    print(f"\n{title}")
    columns = list(rows[0])
    cells = [[_text(row[column]) for column in columns] for row in rows]
    widths = [max(len(column), *(len(line[place]) for line in cells)) for place, column in enumerate(columns)]
    print("  ".join(column.ljust(width) for column, width in zip(columns, widths, strict=True)))
    for line in cells:
        print("  ".join(cell.rjust(width) if place else cell.ljust(width)
                        for place, (cell, width) in enumerate(zip(line, widths, strict=True))))  # fmt: skip
    for name, value in notes.items():
        print(f"{name}: {_text(value)}")


def _text(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
