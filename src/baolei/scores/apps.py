"""The room of scores."""

from __future__ import annotations

from django.apps import AppConfig


class ScoresConfig(AppConfig):
    """A branch's sheet, lists of branches."""

    name = "baolei.scores"
