"""The room of programs."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The same doors for programs: tokens, reads and writes as JSON."""

    name = "baolei.api"
    label = "api"
