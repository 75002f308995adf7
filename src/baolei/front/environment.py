"""What the environment says about this installation, read into settings. Pure: the mapping is an argument."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

KEY_FILE = "secret.key"

# One writer at a time, readers never wait, and a commit is on the disk before anybody is told that it is done.
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}
# The counts over a region are sorted and hashed in memory, not on the disk; and no query of a page is compiled first.
POSTGRESQL_OPTIONS = "-c work_mem=16MB -c jit=off"


def said_yes(environ: Mapping[str, str], name: str) -> bool:
    """Whether a switch is on. Anything but 1/true/yes/on and 0/false/no/off/empty is refused, never guessed."""
    word = environ.get(name, "").strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"", "0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {environ[name]!r}: write 1 or 0")


def one_of(environ: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    """One of these words, the first where nothing is said. Raises ImproperlyConfigured for any other."""
    word = environ.get(name, "").strip() or words[0]
    if word not in words:
        raise ImproperlyConfigured(f"{name} is {word!r}: write {' or '.join(words)}")
    return word


def networks(environ: Mapping[str, str], name: str, unless_said: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses and networks, separated by commas. Raises ImproperlyConfigured for what is none."""
    words = environ.get(name, unless_said).split(",")
    try:
        return tuple(ip_network(word.strip()) for word in words if word.strip())
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}; write addresses such as 127.0.0.1 or 10.1.0.0/16") from None


def home_folder(environ: Mapping[str, str]) -> Path:
    """The folder of the database, the key and the collected static files; it need not exist yet."""
    return Path(environ.get("BAOLEI_HOME", "") or "var").expanduser().resolve()


def secret_key(environ: Mapping[str, str], home: Path) -> str:
    """The key that signs sessions: from the environment, else from the key file, else one for this process only.

    Reading settings never writes a file; `write_secret_key` does, when a server is started.
    """
    if given := environ.get("BAOLEI_SECRET_KEY", ""):
        return given
    file = home / KEY_FILE
    return file.read_text(encoding="ascii").strip() if file.exists() else get_random_secret_key()


def write_secret_key(home: Path) -> None:
    """Make the key file, readable by its owner only, unless there is one."""
    home.mkdir(parents=True, exist_ok=True)
    file = home / KEY_FILE
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(get_random_secret_key() + "\n", encoding="ascii")


def database_from_url(url: str, home: Path) -> dict[str, Any]:
    """A Django database from `sqlite:///file` or `postgresql://user:password@host:port/name`; SQLite when empty.

    Raises ImproperlyConfigured for any other scheme and for a PostgreSQL address without a database name.
    """
    if not url:
        return _sqlite(home / "baolei.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and len(parts.path) > 1:
        return _sqlite(Path(unquote(parts.path[1:])))
    if parts.scheme in {"postgresql", "postgres"} and len(parts.path) > 1:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.netloc.rpartition("@")[2].partition(":")[0]) or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "OPTIONS": {"options": POSTGRESQL_OPTIONS},
        }
    # The address may hold a password, so it is not repeated here.
    raise ImproperlyConfigured(
        "BAOLEI_DATABASE_URL cannot be read: write sqlite:///folder/file or postgresql://user:password@host:5432/name"
    )


def _sqlite(file: Path) -> dict[str, Any]:
    return {"ENGINE": "baolei.front.keeping.sqlite", "NAME": file, "OPTIONS": SQLITE_OPTIONS}
