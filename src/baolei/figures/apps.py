"""The room of published figures."""

from __future__ import annotations

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """The round by unit, tile maps, the figures of the article."""

    name = "baolei.figures"
