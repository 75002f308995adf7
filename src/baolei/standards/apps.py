"""The room of standards."""

from __future__ import annotations

from django.apps import AppConfig


class StandardsConfig(AppConfig):
    """The edition of the round and the method in plain words."""

    name = "baolei.standards"
