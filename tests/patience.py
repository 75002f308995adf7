"""A click that leads to another page ends when that page has begun to arrive. The tests ask it what stands on it, and
some questions (how many, which words, is it there) do not wait: on a busy machine they were asked of half a page.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

HURRIED = ("click", "press", "tap", "check")


def be_patient() -> None:
    """From now on a click ends when the page it leads to has been read to its end."""
    from playwright.sync_api import Locator

    for name in HURRIED:
        act = getattr(Locator, name)
        if not hasattr(act, "__wrapped__"):
            setattr(Locator, name, _patient(act))


def _patient(act: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(act)
    def acted(self: Any, *given: Any, **named: Any) -> Any:
        page = self.page
        answer = act(self, *given, **named)
        if not page.is_closed():
            page.wait_for_load_state("domcontentloaded")
        return answer

    return acted
