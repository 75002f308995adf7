"""The room of triage."""

from __future__ import annotations

from django.apps import AppConfig


class TriageConfig(AppConfig):
    """Advanced, middle, lagging; candidates for rectification; what moved since last year."""

    name = "baolei.triage"
