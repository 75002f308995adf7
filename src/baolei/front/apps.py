"""Front: the shell around all pages."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register


class FrontConfig(AppConfig):
    """Settings, addresses, page shell and components."""

    name = "baolei.front"

    def ready(self) -> None:
        """Let the store be looked at whenever Django looks at the installation, and hand the names of rounds and forms
        down to the readers of the ledger.
        """
        from baolei.burden.models import RegisteredForm
        from baolei.front.checks import store_is_durable
        from baolei.organisations import records
        from baolei.rounds.models import Round

        records.CALLED["form"] = lambda pks: RegisteredForm.objects.filter(pk__in=pks).values_list("pk", "title")
        records.CALLED["round"] = lambda pks: Round.objects.filter(pk__in=pks).values_list("pk", "name")
        register(store_is_durable, Tags.database)
