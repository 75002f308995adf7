"""A decision by people: when, by whom, with whom as the second person, and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from baolei.programme.refusals import ActRefused
from baolei.programme.standard.edition import Text


class ReasonMissing(ActRefused):
    """An opinion or a decision that has to say why, and does not."""


class SecondMissing(ActRefused):
    """A decision of one person where it takes two."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Who decided, who agreed, why, on which day, under which document ('' without one).

    Raises ReasonMissing without a reason, and SecondMissing where two different persons are not named.
    """

    by: str
    second: str
    reason: str
    on: dt.date
    document: str = ""

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ReasonMissing(Text("没有写理由", "no reason is given"), Text("写明理由", "write why"))
        if not self.by or not self.second or self.by == self.second:
            raise SecondMissing(
                Text("须由两人决定", "it takes two persons"), Text("请另一人复核同意", "another person has to agree")
            )
