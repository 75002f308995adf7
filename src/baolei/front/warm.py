"""What a fresh server reads before the first visitor asks, so that nobody waits for it."""

from __future__ import annotations

import gc
import logging
import threading

from django.db import connection

from baolei.organisations.current import current
from baolei.scores.results import results
from baolei.standards.at_hand import all_at_hand

_LOG = logging.getLogger(__name__)


def warm_up() -> None:
    """Open the round on show, its tree and its sums. A round that cannot be opened is told by the pages themselves."""
    try:
        if (opened := current()) is not None:
            results(opened).warm_up()
        all_at_hand()
    except Exception:
        _LOG.exception("the round on show cannot be opened")
    gc.collect()
    gc.freeze()  # what was read now stays: a later collection that walked over it would make somebody wait


def begin() -> None:
    """Do so in the background, so that the server answers at once."""
    threading.Thread(target=_apart, name="warm-up", daemon=True).start()


def _apart() -> None:
    """In a thread of its own, which lets go of the database in the end."""
    try:
        warm_up()
    finally:
        connection.close()
