"""Existing open-source clients of Open311 against a live server of ours, in JSON and in XML; 1 where one is not served.

They are no requirement of the program: give an interpreter that has them (`pip install georeport three` into an
environment of its own) as --clients.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import measure

HERE = Path(__file__).resolve().parent


class Server(ThreadingMixIn, WSGIServer):
    """One thread for each request."""

    daemon_threads = True


class Silent(WSGIRequestHandler):
    """Writes no log."""

    def log_message(self, *_words: object) -> None:
        """Nothing."""


def main() -> int:
    """Print every call with its time; 1 where a client was not served."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=Path, required=True, help="an interpreter that has the clients")
    options.add_argument("--json", action="store_true")
    said = options.parse_args()
    with tempfile.TemporaryDirectory() as home:
        key, grid = prepared(Path(home))
        from django.core.wsgi import get_wsgi_application

        server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, Silent)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/api/open311"
        done = subprocess.run(
            [str(said.clients), str(HERE / "open311_clients.py"), f"{address}/v2", f"{address}/discovery", key, grid],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        server.shutdown()
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return 1
    measure.show("clients of Open311, milliseconds of a call", json.loads(done.stdout), {}, said.json)
    return 0


def prepared(home: Path) -> tuple[str, str]:
    """A house with one grid; a key of its township, and the number of the grid."""
    os.environ["BAOLEI_DATABASE_URL"] = f"sqlite:///{home / 'baolei.sqlite3'}"
    os.environ["BAOLEI_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baolei.front.settings")
    sys.path.insert(0, str(HERE.parent / "tests"))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from api_stage import token_of
    from matters_stage import cast

    of = cast()
    return token_of(of.township)[1], of.grid.code


if __name__ == "__main__":
    sys.exit(main())
