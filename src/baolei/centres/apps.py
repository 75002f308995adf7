"""The room of service centres."""

from __future__ import annotations

from django.apps import AppConfig


class CentresConfig(AppConfig):
    """Service centres and points, what they offer and when, and how near they are to every community and gacha."""

    name = "baolei.centres"
