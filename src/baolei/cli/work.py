"""`baolei work`: work off what pages do not wait for. `baolei serve` starts one beside the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 20
"""Seconds a worker has to finish the piece it is at; what it leaves is picked up by the next one."""

_START = "from baolei.cli.work import work; raise SystemExit(work())"
_COMMAND = "import sys; from baolei.cli.main import main; raise SystemExit(main(sys.argv[1:]))"


def work() -> int:
    """Work off the queue of sheets, runs, trials, papers and circles, and do what is due, until told to end."""
    from baolei.cli.house import open_house

    open_house()
    from baolei.ballots.printing import PRINTINGS
    from baolei.ballots.publishing import PUBLICATIONS
    from baolei.ballots.sealing import SEALINGS
    from baolei.centres.circle import CIRCLES
    from baolei.figures import year_jobs
    from baolei.front.conductor import tick
    from baolei.jobs import consume
    from baolei.naming.papers import PAPERS
    from baolei.scores.running import RUNS
    from baolei.sheets import jobs
    from baolei.standards.trials import TRIALS

    consume([PRINTINGS, SEALINGS, PUBLICATIONS, RUNS, TRIALS, PAPERS, CIRCLES], [jobs.pick_up, year_jobs.begin, tick])
    return 0


@contextmanager
def beside(*command: str) -> Iterator[None]:
    """A process of its own while something else goes on; it ends when that ends. Without a command it is a worker."""
    call = ["-c", _COMMAND, *command] if command else ["-c", _START]
    worker = subprocess.Popen([sys.executable, *call], start_new_session=True, env=os.environ.copy())
    try:
        yield
    finally:
        worker.send_signal(signal.SIGTERM)
        try:
            worker.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
