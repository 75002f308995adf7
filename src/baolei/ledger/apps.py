"""Ledger: who did what, for which unit, and why."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """The record of every act, which only grows."""

    name = "baolei.ledger"
    verbose_name = _("Ledger")
