"""Front: the shell around all pages."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register


class FrontConfig(AppConfig):
    """Settings, addresses, page shell and components."""

    name = "baolei.front"

    def ready(self) -> None:
        """Let the store be looked at whenever Django looks at the installation, and hand the passage of a round, which
        the conductor holds together, down to programs.
        """
        from baolei.api import rounds
        from baolei.front.checks import store_is_durable
        from baolei.front.round_views import Pass

        rounds.LED["pass"] = rounds.ON_ROUND["pass"] = Pass
        register(store_is_durable, Tags.database)
