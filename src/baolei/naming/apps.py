"""The room of naming."""

from __future__ import annotations

from django.apps import AppConfig


class NamingConfig(AppConfig):
    """Lists drawn up from the results of a round, with a reason for every line; titles and their life."""

    name = "baolei.naming"
