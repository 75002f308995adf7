"""What is asked before a year's results are held against the titles a unit has given."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from baolei.naming import life
from baolei.naming.forms import OfRun
from baolei.organisations.forms_of_people import PeopleForm
from baolei.scores.models import Run


class LookThrough(PeopleForm):
    """The titles of a unit against a run."""

    verb = lazy("Look through the titles")
    note = lazy("What the results ask of each title is written down; nothing is done with a title, people decide.")

    run = OfRun(Run.objects.none(), label=lazy("Run"))

    def prepare(self) -> None:
        """The runs of the round that are done, the latest first."""
        run = self.fields["run"]
        assert isinstance(run, OfRun)
        run.queryset = Run.objects.filter(round=self.about, state=Run.DONE).order_by("-pk")
        run.initial = run.queryset.first()

    def perform(self, now: Any) -> str:
        """Look through them."""
        counts = life.look_through(**self.given, now=now, round=self.about, run=self.cleaned_data["run"])
        told = {"keep": counts["keep"], "watch": counts["watch"], "propose": counts["propose"], "none": counts[""]}
        return _("%(keep)d to keep, %(watch)d to watch, %(propose)d to withdraw, %(none)d not scored") % told


class KeepAll(PeopleForm):
    """All of which nothing else is asked."""

    verb = lazy("Keep all that stand above the line")
    note = lazy("Only titles of which the results ask just that, and which nobody has decided yet.")

    def perform(self, now: Any) -> str:
        """Keep them."""
        number = life.keep_all(**self.given, now=now, round=self.about)
        return ngettext("%(number)d title is kept", "%(number)d titles are kept", number) % {"number": number}


OF_LOOKS: dict[str, type[PeopleForm]] = {"look": LookThrough, "keep-all": KeepAll}
"""What is done with the titles a unit has given, by its name in the address."""
