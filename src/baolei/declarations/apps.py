"""The room of declarations."""

from __future__ import annotations

from django.apps import AppConfig


class DeclarationsConfig(AppConfig):
    """What each branch says of itself in a round, filled with what the house knows."""

    name = "baolei.declarations"
