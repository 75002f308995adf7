"""The whole method as one tuple: read STEPS from top to bottom and you have read how anything here is evaluated.

An edition takes from the tuple what its kind asks for. One that gives points for items and ballots walks the first
part; one that makes an index of what is reported walks the second, where a step that finds no section of its own in the
edition gives its input through unchanged. A further method is one more `Step` in this tuple.
"""

from __future__ import annotations

from baolei.programme.index import pipeline as index
from baolei.programme.scoring import pipeline as points
from baolei.programme.scoring.steps import Step
from baolei.programme.standard.edition import Edition
from baolei.programme.standard.index_edition import IndexEdition

STEPS: tuple[Step, ...] = (*points.STEPS, *index.STEPS)


def steps_of(edition: Edition | IndexEdition) -> tuple[Step, ...]:
    """The steps of STEPS that an edition of this kind walks, in their order."""
    own = index.STEPS if isinstance(edition, IndexEdition) else points.STEPS
    return tuple(step for step in STEPS if step in own)
