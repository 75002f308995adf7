"""The round that the pages show: the results folder named by the settings."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _

from baolei.organisations.places import Places, places
from baolei.warehouse.opened import Opened, opened


def current() -> Opened | None:
    """The results that the pages show, None where none have been written yet. Raises SnapshotRefused when damaged."""
    return opened(Path(settings.BAOLEI_RESULTS))


def current_or_404() -> Opened:
    """The same for pages that have nothing to say without results."""
    found = current()
    if found is None:
        raise Http404(_("No round has been evaluated"))
    return found


def tree_or_404() -> Places:
    """The tree of the round that the pages show."""
    return places(current_or_404())
