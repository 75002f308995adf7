"""The room of organisation life."""

from __future__ import annotations

from django.apps import AppConfig


class LifeConfig(AppConfig):
    """Gatherings, recorded once and used everywhere: what a branch owes in a year, and what is on record."""

    name = "baolei.life"
