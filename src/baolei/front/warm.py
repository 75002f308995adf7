"""What a fresh server reads before the first visitor asks, so that nobody waits for it."""

from __future__ import annotations

import logging
import threading

from baolei.organisations.current import current
from baolei.scores.results import results

_LOG = logging.getLogger(__name__)


def warm_up() -> None:
    """Open the round on show, its tree and its sums. A round that cannot be opened is told by the pages themselves."""
    try:
        if (opened := current()) is not None:
            results(opened).warm_up()
    except Exception:
        _LOG.exception("the round on show cannot be opened")


def begin() -> None:
    """Do so in the background, so that the server answers at once."""
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
