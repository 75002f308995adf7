"""Where the urn is: what the environment says, read into a store. Pure until it is opened; no Django.

BAOLEI_URN_URL  sqlite:///file or postgresql://user:password@host:port/name (default: urn.sqlite3 in BAOLEI_HOME)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from baolei.urn.store import Store, UrnUnusable

Place = Path | dict[str, str]
"""A file of SQLite, or how to reach a database of PostgreSQL, as libpq names it."""


def urn_place(environ: Mapping[str, str]) -> Place:
    """Where the urn is. Raises UrnUnusable for an address that cannot be read."""
    url = environ.get("BAOLEI_URN_URL", "")
    if not url:
        return Path(environ.get("BAOLEI_HOME", "") or "var").expanduser().resolve() / "urn.sqlite3"
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and len(parts.path) > 1:
        return Path(unquote(parts.path[1:]))
    if parts.scheme in {"postgresql", "postgres"} and len(parts.path) > 1:
        said = {
            "dbname": unquote(parts.path[1:]),
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "host": unquote(parts.netloc.rpartition("@")[2].partition(":")[0]),
            "port": str(parts.port or ""),
        }
        return {name: value for name, value in said.items() if value}
    # The address may hold a password, so it is not repeated here.
    raise UrnUnusable(
        "BAOLEI_URN_URL cannot be read: write sqlite:///folder/file or postgresql://user:password@host:5432/name"
    )


def open_urn(place: Place) -> Store:
    """The store there. Raises UrnUnusable where it does not answer."""
    if isinstance(place, Path):
        from baolei.urn.sqlite import SqliteStore

        return SqliteStore(place)
    from baolei.urn.postgres import PostgresStore

    return PostgresStore(place)
