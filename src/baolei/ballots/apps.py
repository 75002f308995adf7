"""The room of ballots."""

from __future__ import annotations

from django.apps import AppConfig


class BallotsConfig(AppConfig):
    """What members, the public and society said of a branch on paper, counted by two people apart."""

    name = "baolei.ballots"
