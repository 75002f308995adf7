"""What is asked before many are passed at once."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from baolei.organisations.forms_of_people import PeopleForm
from baolei.reviews.bulk import pass_in_bulk


class PassInBulk(PeopleForm):
    """Many passed at once."""

    verb = lazy("Pass the confirmed together")
    note = lazy(
        "Only branches that the latest run confirms over their line, and only once the drawn sample was opened. Your "
        "opinion is one of two: another person says so as well."
    )

    def perform(self, now: Any) -> str:
        """Pass them."""
        number = pass_in_bulk(**self.given, now=now, round=self.about)
        return ngettext("%(number)d declaration is passed", "%(number)d declarations are passed", number) % {
            "number": number
        }
