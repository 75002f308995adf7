"""The room of Party dues."""

from __future__ import annotations

from django.apps import AppConfig


class DuesConfig(AppConfig):
    """Party dues: what a member agreed to pay a month, and the month it is paid to; never what somebody earns."""

    name = "baolei.dues"
