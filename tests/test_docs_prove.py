"""The guide that proves the urn names commands, files and options that exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "how-to" / "prove-the-urn.md").read_text(encoding="utf-8")


def test_every_file_it_names_is_there() -> None:
    named = set(re.findall(r"(?:tools|tests|benchmarks|src)/[\w/]+\.py", GUIDE))
    assert {"tools/postgres.py", "benchmarks/casts.py", "tests/test_urn_database_killed.py"} <= named
    assert [one for one in sorted(named) if not (ROOT / one).is_file()] == []


def test_every_target_it_names_is_one_of_the_makefile() -> None:
    named = set(re.findall(r"make ([a-z]+)`?", GUIDE)) - {"sure"}
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert "powercut" in named
    assert named - targets == set()


def test_the_options_of_the_benchmark_are_those_it_has_and_so_are_their_defaults() -> None:
    sys.path.append(str(ROOT / "benchmarks"))
    import casts

    listed = re.findall(r"^\| `--(\w+)` \|.*\| ([\d.]+) \|$", GUIDE, re.MULTILINE)
    has = vars(casts.options().parse_args([]))
    assert {name: float(value) for name, value in listed} == {name: has[name] for name in has if name != "json"}


def test_the_power_cut_shows_the_settings_of_the_guide_and_says_who_may_run_it() -> None:
    import powercut

    assert [one.name for one in powercut.SETTINGS if one.name not in GUIDE] == []
    assert sum(one.must_lose for one in powercut.SETTINGS) == 3
    call = [sys.executable, ROOT / "tools" / "powercut.py", "--runs", "0", "--only", "nothing"]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 2}
    assert ("the power cannot be cut here: " in done.stderr) == (done.returncode == 2)
