"""Pieces of the pages of a round."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from baolei.programme.printed import share
from baolei.scores.sums import Sums

register = template.Library()

_BAR = (
    '<span class="interval"><svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
    '<rect class="bar-track" x="0" y="3" width="100" height="2"></rect>'
    '<rect class="bar-band" x="{}" y="2" width="{}" height="4"></rect>'
    '<rect class="bar-mark" x="{}" y="0" width="1" height="8"></rect></svg>'
    '<span class="interval-words">{}–{}</span></span>'
)


@register.simple_tag
def share_interval(sums: Sums, scale: tuple[int, int]) -> SafeString:
    """The interval of a share as a thin bar on `scale` (percent), and in words. Nothing where there are too few.

    Written out here and not as a template: tables have dozens of them.
    """
    if sums.share is None or sums.low is None or sums.high is None:
        return SafeString("")
    start, width = scale[0] / 100, (scale[1] - scale[0]) / 100
    low, mark, high = (min(100.0, max(0.0, 100 * (end - start) / width)) for end in (sums.low, sums.share, sums.high))
    return format_html(
        _BAR,
        f"{low:.2f}",
        f"{max(0.6, high - low):.2f}",
        f"{min(99.0, max(0.0, mark - 0.5)):.2f}",
        share(sums.low),
        share(sums.high),
    )


@register.filter
def percent(part: float | None) -> float | None:
    """0.411 -> 41.1, for the scale of a bar."""
    return None if part is None else 100 * part
