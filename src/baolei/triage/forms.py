"""What is asked before a round is sorted, before a class or a situation is decided, and before a branch answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.organisations.forms_of_people import PeopleForm
from baolei.programme.triage import CLASSES
from baolei.rectification.tables import campaigns
from baolei.scores.models import Run
from baolei.triage import actions
from baolei.triage.models import LONGEST_WORDS
from baolei.triage.tables import classes
from baolei.warehouse.rulebook import rectification


class RunField(forms.ModelChoiceField):  # type: ignore[type-arg]  # a generic in the stubs only
    """A run, by when it was asked for and why."""

    def label_from_instance(self, obj: Any) -> str:
        """The line in the list."""
        return f"{timezone.localtime(obj.asked_at):%Y-%m-%d %H:%M} {obj.why}"


class SortRound(PeopleForm):
    """A round, sorted by the criteria."""

    verb = lazy("Sort by the criteria")
    note = lazy(
        "Every branch is proposed as advanced, middle or lagging by published criteria, with its figures; there is no"
        " share to fill. People decide, and the branch may answer. Once somebody has decided, it is not sorted anew."
    )

    run = RunField(label=lazy("On which run it stands"), queryset=Run.objects.none(), empty_label=None)

    def prepare(self) -> None:
        """The runs that are done, the latest first."""
        run = self.fields["run"]
        assert isinstance(run, forms.ModelChoiceField)
        run.queryset = Run.objects.filter(round=self.about, state=Run.DONE)

    def perform(self, now: Any) -> str:
        """Sort it."""
        actions.sort(**self.given, now=now, round=self.about, run=self.cleaned_data["run"])
        return _("The round is sorted: what stands here are proposals until somebody decides")


class Reasoned(PeopleForm):
    """A reason of some length, instead of a sentence for the ledger."""

    why = forms.CharField(label=lazy("Reason"), max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 4}))


class Decide(Reasoned):
    """The class of a branch."""

    verb = lazy("Decide the class")
    note = lazy("Where it departs from what the criteria propose, it counts once another person agrees.")

    code = forms.ChoiceField(label=lazy("Class"))

    def prepare(self) -> None:
        """The three classes, the proposed one chosen."""
        code, called, mark = self.fields["code"], classes(), _("proposed")
        assert isinstance(code, forms.ChoiceField)
        code.choices = [
            (one, f"{called[one]} ({mark})" if one == self.about.proposed else called[one]) for one in CLASSES
        ]
        code.initial = self.about.proposed

    def perform(self, now: Any) -> str:
        """Decide it."""
        said = self.cleaned_data
        made = actions.decide(actor=self.actor, now=now, sorted=self.about, code=said["code"], reason=said["why"])
        return _("Put forward: another person has to agree") if made.waits else _("The class is decided")


class Agree(PeopleForm):
    """The second person's yes."""

    verb = lazy("Agree")
    note = lazy("As the second person: the class departs from what the criteria propose, for the reason on the page.")

    def perform(self, now: Any) -> str:
        """Agree."""
        actions.agree(**self.given, now=now, sorted=self.about)
        return _("The class is decided")


class Decline(PeopleForm):
    """The second person's no."""

    verb = lazy("Do not agree")
    note = lazy("The branch is undecided again.")

    def perform(self, now: Any) -> str:
        """Decline."""
        actions.decline(**self.given, now=now, sorted=self.about)
        return _("The branch is undecided again")


class Confirm(Reasoned):
    """A situation that is so."""

    verb = lazy("Confirm the situation")
    note = lazy("The branch is then on the list of weak and lax organisations. Hear what it says first.")

    def perform(self, now: Any) -> str:
        """Confirm it."""
        said = self.cleaned_data
        actions.decide_candidate(actor=self.actor, now=now, candidate=self.about, confirm=True, reason=said["why"])
        return _("The situation is confirmed")


class Dismiss(Reasoned):
    """A situation that is not so."""

    verb = lazy("Dismiss the situation")
    note = lazy("It is not so, or it is for a reason that excuses it. The figures and your reason stay on record.")

    def perform(self, now: Any) -> str:
        """Dismiss it."""
        said = self.cleaned_data
        actions.decide_candidate(actor=self.actor, now=now, candidate=self.about, confirm=False, reason=said["why"])
        return _("The situation is dismissed")


class Answer(PeopleForm):
    """What the branch says."""

    verb = lazy("Answer for the branch")
    note = lazy("Say what is so and what is not. It stands beside the figures for everybody who decides.")

    why = forms.CharField(
        label=lazy("What the branch says"), max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 5})
    )

    def perform(self, now: Any) -> str:
        """Answer."""
        actions.answer(actor=self.actor, now=now, about=self.about, words=self.cleaned_data["why"])
        return _("The answer is on record")


class OpenCase(Reasoned):
    """A case of rectification for a situation that is so."""

    verb = lazy("Open a case of rectification")
    note = lazy(
        "All confirmed situations of the branch that the campaign is about go into one case. The township draws up its"
        " lists; the branch sees it and may answer, nobody outside its line does."
    )

    campaign = forms.ChoiceField(label=lazy("Campaign"))

    def prepare(self) -> None:
        """The campaigns that are about the situation and the field of the branch."""
        campaign, called = self.fields["campaign"], campaigns()
        assert isinstance(campaign, forms.ChoiceField)
        field, situation = self.about.declaration.field, self.about.situation
        campaign.choices = [
            (code, called[code]) for code, one in rectification().campaigns.items()
            if (not one.fields or field in one.fields) and (not one.situations or situation in one.situations)
        ]  # fmt: skip

    def perform(self, now: Any) -> str:
        """Open it."""
        said = self.cleaned_data
        actions.open_case(actor=self.actor, now=now, candidate=self.about, campaign=said["campaign"],
                          reason=said["why"])  # fmt: skip
        return _("The case is open: the township draws up its lists")


OF_SORTED: dict[str, type[PeopleForm]] = {"decide": Decide, "agree": Agree, "decline": Decline, "answer": Answer}
"""What is done with a sorted branch, by its name in the address."""
OF_CANDIDATE: dict[str, type[PeopleForm]] = {
    "confirm": Confirm,
    "dismiss": Dismiss,
    "answer": Answer,
    "open_case": OpenCase,
}
"""What is done with a candidate, by its name in the address."""
