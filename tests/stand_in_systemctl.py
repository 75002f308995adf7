"""In place of `systemctl` where no systemd runs: starts and stops what the units of a folder say, and notes it.

Called as `stand_in_systemctl.py ROOT WORDS...`. A service gets what systemd would give it: its EnvironmentFile and
hardly anything else, the folder /, its umask; at its end one SIGTERM to its first process. Nothing is restarted when it
dies, nothing is shut in.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def main(root: Path, words: list[str]) -> int:
    """Do what was asked; anything it does not know is a failure."""
    what, names = words[0], [one for one in words[1:] if not one.startswith("-")]
    if what == "daemon-reload" or names == ["systemd-journald"]:
        return 0
    if names == ["nginx"]:
        return subprocess.run(["nginx", "-s", what], check=False).returncode
    if what not in {"start", "stop", "enable"}:
        sys.exit(f"the stand-in knows no systemctl {what} {names}")
    for name in names:
        if name.endswith(".timer"):
            read(root, name)
            read(root, f"{name.removesuffix('.timer')}.service")
        elif what == "stop":
            stop(root, name)
        elif what == "start" or "--now" in words:
            start(root, name)
    return 0


def read(root: Path, name: str) -> dict[str, str]:
    """The settings of a unit; one said twice counts as last said."""
    lines = (root / "etc/systemd/system" / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))  # type: ignore[misc]


def start(root: Path, name: str) -> None:
    """Start a service and what it wants, unless it runs."""
    unit = read(root, name)
    for other in unit.get("Wants", "").split():
        start(root, other)
    if running(root, name):
        return
    environ = {"PATH": PATH, "HOME": str(root / "var/lib/baolei"), "LANG": "C.UTF-8"}
    for line in Path(unit["EnvironmentFile"]).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, _, value = line.partition("=")
            environ[word] = "".join(shlex.split(value))
    said = unit.get("StandardOutput", f"append:{root}/{name}.log").removeprefix("append:")
    with Path(said).open("a", encoding="utf-8") as log:
        process = subprocess.Popen(
            shlex.split(unit["ExecStart"]), env=environ, cwd="/", umask=int(unit["UMask"], 8), start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    (root / f"{name}.pid").write_text(str(process.pid), encoding="ascii")


def running(root: Path, name: str) -> int:
    """The number of its first process, 0 where it does not run."""
    file = root / f"{name}.pid"
    number = int(file.read_text(encoding="ascii")) if file.exists() else 0
    try:
        state = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return 0
    return 0 if state in "ZX" else number


def stop(root: Path, name: str) -> None:
    """Stop a service and those that are part of it. Fails where it does not end in the time its unit gives."""
    for file in (root / "etc/systemd/system").glob("*.service"):
        if read(root, file.name).get("PartOf") == name:
            stop(root, file.name)
    number = running(root, name)
    if not number:
        return
    os.kill(number, signal.SIGTERM)
    patience = time.monotonic() + int(read(root, name)["TimeoutStopSec"])
    while running(root, name):
        if time.monotonic() > patience:
            os.killpg(number, signal.SIGKILL)
            sys.exit(f"{name} did not end when told to")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
