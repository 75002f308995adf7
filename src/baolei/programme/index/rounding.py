"""Rounding as people do it by hand: half up."""

from __future__ import annotations

import numpy as np

from baolei.programme.index.figures import Numbers


def half_up(values: Numbers, decimals: int) -> Numbers:
    """Rounded half up to `decimals`; the result is the float nearest to that decimal."""
    factor = 10.0**decimals
    return np.asarray(np.floor(values * factor + 0.5) / factor, dtype=np.float64)
