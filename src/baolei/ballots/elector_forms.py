"""What is asked before an account is linked to a member, and before the link is taken away."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.ballots import electors
from baolei.organisations.forms import name_field
from baolei.organisations.forms_of_people import PeopleForm


class _OfElector(PeopleForm):
    """Of a member of the branch `organisation`, which the view says."""

    organisation = 0


class Link(_OfElector):
    """This account is this member."""

    verb = lazy("Link an account")
    note = lazy(
        "Make sure that the account is this member's own: who has it votes as this member. It bears the member's name."
    )

    username = name_field(lazy("User name"))

    def perform(self, now: datetime) -> str:
        """Link it."""
        electors.link(**self.given, now=now, organisation=self.organisation, member=self.about,
                      username=self.cleaned_data["username"])  # fmt: skip
        return _("%(name)s can take a token with this account") % {"name": self.about}


class Unlink(_OfElector):
    """It is not, or not any more."""

    verb = lazy("Undo the link")
    note = lazy("A token that was taken stays taken: neither this member nor this account takes another one.")

    def perform(self, now: datetime) -> str:
        """Undo it."""
        electors.unlink(**self.given, now=now, organisation=self.organisation, member=self.about)
        return _("%(name)s has no account here any more") % {"name": self.about}


OF_ELECTOR: dict[str, type[_OfElector]] = {"link": Link, "unlink": Unlink}
