"""The way down the tree, for the line above every page."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from baolei.organisations.places import Place


def steps(places: Iterable[Place]) -> list[dict[str, str]]:
    """Units as steps of the breadcrumb, each with its name and its address."""
    return [{"label": place.name, "url": reverse("unit", args=[place.code])} for place in places]


def within(places: Iterable[Place]) -> str:
    """The same way as words: 赤峰市 › 巴林左旗."""
    return " › ".join(place.name for place in places)
