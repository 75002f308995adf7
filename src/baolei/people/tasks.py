"""What waits for somebody: the shape in which every room says it, gathered on the page of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Task:
    """So many things of one kind that wait for whoever reads this, and where to do them.

    `urgent` where a day has passed; `due` the nearest day.
    """

    title: str
    count: int
    url: str
    note: str = ""
    urgent: bool = False
    due: date | None = None
