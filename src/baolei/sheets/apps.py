"""The room of spreadsheets."""

from __future__ import annotations

from django.apps import AppConfig


class SheetsConfig(AppConfig):
    """Lists that come in as spreadsheets."""

    name = "baolei.sheets"
