"""`baolei urn`: serve the ballot page and take ballots, until Ctrl-C. It knows no house and no Django."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from baolei.programme.refusals import Refusal
from baolei.urn.environment import open_urn, urn_place

PATIENCE = 5
"""Seconds a process has to finish what it is answering when the host is stopped."""


class OneProcessOnly(Refusal):
    """SQLite has one writer: a second process would only wait for the first."""


def urn(host: str, port: int, workers: int = 1, ready: Callable[[str], None] | None = None) -> int:
    """Serve the urn that BAOLEI_URN_URL names at http://host:port/b/; its tables are made where they are not there.

    `ready` is told the address just before the server starts. Raises UrnUnusable where the urn does not answer,
    OneProcessOnly for several workers on SQLite, CannotServe where the address is taken.
    """
    from baolei.cli.serve import refuse_taken_address

    place = urn_place(os.environ)
    if workers > 1 and isinstance(place, Path):
        raise OneProcessOnly("an urn in a SQLite file is served by one process: --workers 1, or use PostgreSQL")
    refuse_taken_address(host, port)
    store = open_urn(place)
    store.prepare()
    for text in store.unsafe():
        print(text, file=sys.stderr)
    store.close()  # what was opened here must not go on into the workers
    if ready:
        ready(f"http://{host}:{port}/b/")
    _serve(host, port, workers)
    return 0


def _serve(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    os.register_at_fork(after_in_child=os.setpgrp)  # as in serve: Ctrl-C is ours alone, and we tell the workers
    server = Granian(
        "baolei.urn.host:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        workers_kill_timeout=PATIENCE,
        respawn_failed_workers=True,
        respawn_interval=1,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
    )
    server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
    server.serve()
