"""Front: the shell around all pages."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register


class FrontConfig(AppConfig):
    """Settings, addresses, page shell and components."""

    name = "baolei.front"

    def ready(self) -> None:
        """Let the store be looked at whenever Django looks at the installation."""
        from baolei.front.checks import store_is_durable

        register(store_is_durable, Tags.database)
