"""The room of public notices."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Lists laid open to everybody, the objections to them, and who looks into each."""

    name = "baolei.notices"
