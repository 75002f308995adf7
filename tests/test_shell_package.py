"""`pip install .` brings everything the program reads: templates, words, static files, rules."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_wheel_holds_every_file_of_the_package_and_its_licences(tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(ROOT / "src" / "baolei", project / "src" / "baolei", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, project)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), "."]
    subprocess.run(build, cwd=project, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    source = project / "src"
    wanted = {path.relative_to(source).as_posix() for path in (source / "baolei").rglob("*") if path.is_file()}
    assert wanted - held == set()
    assert {"LICENSE", "NOTICE"} <= {Path(name).name for name in held if ".dist-info/licenses/" in name}
