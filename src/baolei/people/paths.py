"""Where a mandate stands: the paths of `baolei.paths`, under the name by which other rooms and migrations know them."""

from __future__ import annotations

from baolei.paths import PathField, at_or_below, outermost

__all__ = ["PathField", "at_or_below", "outermost"]
