"""Serve the pages: the store looked at, static files collected, then one server until Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from importlib.util import find_spec

from baolei.cli.house import bring_up_to_date, collect_static, open_house
from baolei.cli.work import beside
from baolei.programme.refusals import Refusal

WORKERS = 2
THREADS_PER_WORKER = 4
PATIENCE = 5
"""Seconds a worker has to finish what it is answering when the server is stopped."""


class CannotServe(Refusal):
    """The pages cannot be served at the address asked for."""


def prepare() -> None:
    """Make the installation of $BAOLEI_HOME ready for use: folder, key, Django, database, static files.

    Doing it again changes nothing that is already right. Afterwards Django's models may be used in this process.
    """
    bring_up_to_date()
    collect_static()


def serve(
    host: str = "127.0.0.1", port: int = 8000, *, workers: int = WORKERS, working: bool = True,
    ready: Callable[[str], None] | None = None,
) -> None:  # fmt: skip
    """Serve the pages at http://host:port/ until Ctrl-C, by so many processes; one that dies is replaced.

    Beside them one process works off what pages do not wait for, and another takes ballots at the next port, unless not
    `working`: then `baolei work` and `baolei urn` do it.
    `ready` is told the address just before the server starts. Raises CannotServe, before anything is prepared, when
    the address is taken or not ours; StoreRefused when the database is not of this version, and NotDurable when a power
    cut would lose what it acknowledged.
    """
    refuse_taken_address(host, port)
    open_house()
    _say_what_is_unsafe()
    collect_static()
    if ready:
        ready(f"http://{host}:{port}/")
    with ExitStack() as others:
        if working:
            others.enter_context(beside())
            _take_ballots_beside(others, host, port + 1)
        try:
            _serve_with_granian(host, port, workers)
        except ImportError:  # there are no granian wheels for some processors and none is installed on Windows
            _serve_with_waitress(host, port, workers)


def _take_ballots_beside(others: ExitStack, host: str, port: int) -> None:
    """The casting host; where none can be had (there are no granian wheels, the port is taken) slips name another."""
    if find_spec("granian") is None:
        return
    try:
        refuse_taken_address(host, port)
    except CannotServe as taken:
        print(f"no ballots are taken here: {taken}", file=sys.stderr)
        return
    os.environ.setdefault("BAOLEI_URN_ORIGIN", f"http://{host}:{port}")
    others.enter_context(beside("urn", "--host", host, "--port", str(port)))


def _say_what_is_unsafe() -> None:
    from django.db import connection

    from baolei.front.keeping.stores import unsafe_settings

    for text in unsafe_settings(connection):
        print(text, file=sys.stderr)
    connection.close()  # what was opened here must not go on into the workers


def refuse_taken_address(host: str, port: int) -> None:
    """Raise CannotServe, saying what to do, unless this machine can listen at the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise CannotServe(
                f"cannot serve at {host}:{port} ({error}): stop what is running there, "
                "or choose another --port (with make: PORT=8001)"
            ) from error


def _serve_with_granian(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    # Ctrl-C in a terminal reaches every process of the group, and a worker told twice to stop may never do so: only we
    # hear it, and tell the workers. One that is still there after some seconds is ended.
    os.register_at_fork(after_in_child=os.setpgrp)
    server = Granian(
        "baolei.front.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS_PER_WORKER,
        workers_kill_timeout=PATIENCE,
        respawn_failed_workers=True,
        respawn_interval=1,
        log_level=LogLevels.warning,
    )
    # A closed terminal ends us too; left alone, granian would take it for a wish to reload.
    server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
    server.serve()


def _serve_with_waitress(host: str, port: int, workers: int) -> None:
    import waitress

    from baolei.front.wsgi import application

    waitress.serve(application, host=host, port=port, threads=workers * THREADS_PER_WORKER)
