"""The room of rounds."""

from __future__ import annotations

from django.apps import AppConfig


class RoundsConfig(AppConfig):
    """One evaluation: its edition, its part of the tree, its calendar, its phase, the document it stands on."""

    name = "baolei.rounds"
