"""The browsers of old office machines, for the tests: `tools/old_browsers.py` fetches those that are not here yet.

Chromium 109 is the last for Windows 7; 92 stands for the office machines that were never renewed. Both come as packages
of npm, each one file packed with Brotli; a package is taken only when its bytes are the pinned ones. They are kept in
baolei/browsers of the cache folder, and found there again by `program`.
"""

from __future__ import annotations

import base64
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

PACKED = "package/bin/chromium.br"
BY_HAND = (
    "The tests of the old browsers need them once: install npm and the browser's libraries (tools/system.sh browser "
    "node), let npm reach its registry, and run: make browser"
)


class NotHere(Exception):
    """A browser cannot be had; the words say what to do."""


@dataclass(frozen=True)
class Package:
    """A package of npm and the pinned SHA-512 of its bytes, as a lock file of npm writes it."""

    name: str
    version: str
    integrity: str


PACKAGES = {
    92: Package(
        "chrome-aws-lambda",
        "10.1.0",
        "sha512-NZQVf+J4kqG4sVhRm3WNmOfzY0OtTSm+S8rg77pwePa9RCYHzhnzRs8YvNI6L9tALIW6RpmefWiPURt3vURXcw==",
    ),
    109: Package(
        "@sparticuz/chromium",
        "109.0.6",
        "sha512-9hTE03DXnrWTiGNpfjLfmGhIfmiVAerSPinDb+x5bBdM4KF4PMM1NZ0A+V7WKazoA+CasSX/osHK8K0MuO6uqg==",
    ),
}


def folder() -> Path:
    """Where the browsers are kept."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "baolei" / "browsers"


def program(version: int) -> Path:
    """The Chromium of a major version, fetched when it is not here yet.

    Raises:
        NotHere: it cannot be fetched, is not what was pinned, or is not built for this machine.
    """
    kept = folder() / f"chromium-{version}"
    if not kept.exists():
        _fetch(PACKAGES[version], kept)
    return kept


def _fetch(package: Package, kept: Path) -> None:
    """Fetch, check and unpack a package; the browser stands in its place whole or not at all."""
    if platform.machine() not in {"x86_64", "AMD64"}:
        raise NotHere(f"{package.name} is built for x86-64, this is {platform.machine()}: run these tests on another")
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".fetching-") as home:
        archive = _packed(package, Path(home))
        check(package, archive)
        half = Path(home) / "chromium"
        half.write_bytes(_unpacked(archive))
        half.chmod(0o755)
        half.replace(kept)


def _packed(package: Package, home: Path) -> Path:
    """The package as npm fetches it."""
    if not shutil.which("npm"):
        raise NotHere(f"npm is missing, which fetches {package.name}. {BY_HAND}")
    call = ["npm", "pack", f"{package.name}@{package.version}", "--silent", "--pack-destination", str(home)]
    ran = subprocess.run(call, cwd=home, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    found = sorted(home.glob("*.tgz"))
    if ran.returncode or len(found) != 1:
        raise NotHere(f"npm could not fetch {package.name}@{package.version}: {ran.stderr.strip()}. {BY_HAND}")
    return found[0]


def check(package: Package, archive: Path) -> None:
    """Hold the bytes of a package against its pin.

    Raises:
        NotHere: they are others.
    """
    with archive.open("rb") as file:
        found = "sha512-" + base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()
    if found != package.integrity:
        raise NotHere(
            f"{package.name}@{package.version} is not what was pinned ({found}): nothing of it is run. Ask whoever "
            "runs the registry; change the pin only when you know why the bytes changed"
        )


def _unpacked(archive: Path) -> bytes:
    try:
        import brotli
    except ImportError:
        raise NotHere("the Python package brotli is missing: pip install -r requirements/test.lock") from None
    with tarfile.open(archive) as package:
        packed = package.extractfile(PACKED)
        if packed is None:
            raise NotHere(f"{archive.name} holds no {PACKED}")
        unpacked: bytes = brotli.decompress(packed.read())
    return unpacked


def main() -> int:
    """Have every browser here; the exit status."""
    for version in PACKAGES:
        try:
            program(version)
        except NotHere as missing:
            print(f"Chromium {version}: {missing}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
