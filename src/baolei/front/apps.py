"""Front: the shell around all pages."""

from __future__ import annotations

from django.apps import AppConfig


class FrontConfig(AppConfig):
    """Settings, addresses, page shell and components."""

    name = "baolei.front"
