"""The room of organisations."""

from __future__ import annotations

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """The tree, its branches, and the search."""

    name = "baolei.organisations"
