"""What is asked where a fact of the records is called not right, and where that is answered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.declarations import disputes
from baolei.declarations.models import LONGEST_WORDS
from baolei.organisations.forms_of_people import PeopleForm
from baolei.programme.evidence import up_to


class SayNotRight(PeopleForm):
    """A fact that is not as it was."""

    verb = lazy("Say that this is not right")
    note = lazy(
        "What is missing can be recorded late: it counts, and costs nothing. Write here what cannot be mended that way."
    )
    why: Any = None  # the words are the reason

    words = forms.CharField(
        label=lazy("What is not right, and what would be"), max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def perform(self, now: Any) -> str:
        """Say it."""
        organisation, item, year = self.about
        disputes.dispute(actor=self.actor, now=now, organisation=organisation, item=item, year=year,
                         until=up_to(year, self.today), words=self.cleaned_data["words"])  # fmt: skip
        return _("It is said, and waits for an answer from above")


class AnswerDispute(PeopleForm):
    """The answer to it."""

    verb = lazy("Answer the branch")
    note = lazy("Where the branch is right, the record is mended where it stands and the fact counted anew.")
    why: Any = None

    upheld = forms.ChoiceField(
        label=lazy("Is the branch right?"),
        choices=[("", lazy("choose")), ("1", lazy("yes, the record is to be mended")),
                 ("0", lazy("no, the record stands"))],
    )  # fmt: skip
    words = forms.CharField(
        label=lazy("Why"), max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy("The branch reads it."),
    )  # fmt: skip

    def perform(self, now: Any) -> str:
        """Answer it."""
        said = self.cleaned_data
        disputes.answer_dispute(actor=self.actor, now=now, dispute=self.about, upheld=said["upheld"] == "1",
                                words=said["words"])  # fmt: skip
        return _("The branch has its answer")
