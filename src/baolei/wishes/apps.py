"""The room of wishes."""

from __future__ import annotations

from django.apps import AppConfig


class WishesConfig(AppConfig):
    """Members who register with a community, small wishes, practical deeds, branches paired with communities."""

    name = "baolei.wishes"
