"""A process started: what is loaded now stays to its end, so nothing of it is rubbish."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Load without the collector of rubbish, and keep what was loaded out of its way for good: a quarter of a start is
    saved, and no page waits while two million objects are walked through.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
