"""The room of rectification."""

from __future__ import annotations

from django.apps import AppConfig


class RectificationConfig(AppConfig):
    """Cases of rectification, item by item, from their opening to the look-back."""

    name = "baolei.rectification"
