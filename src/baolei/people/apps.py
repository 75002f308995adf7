"""People: accounts and their mandates."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Who may do what, where and from when to when."""

    name = "baolei.people"
    verbose_name = _("People")
