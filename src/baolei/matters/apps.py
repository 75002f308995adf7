"""The room of matters."""

from __future__ import annotations

from django.apps import AppConfig


class MattersConfig(AppConfig):
    """Grids and their workers, and what residents ask, from the report to their word that it is fixed."""

    name = "baolei.matters"
