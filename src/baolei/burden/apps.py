"""The room of the burden report."""

from __future__ import annotations

from django.apps import AppConfig


class BurdenConfig(AppConfig):
    """What all of this asks of the branches, and the register of forms."""

    name = "baolei.burden"
