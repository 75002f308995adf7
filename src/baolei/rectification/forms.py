"""What is asked before something is done with a case or a problem: as few boxes as it takes."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.organisations.forms import Day, choose, lines
from baolei.organisations.forms_of_people import PeopleForm
from baolei.programme.organisation.periods import months_later
from baolei.rectification import actions, lists, tables
from baolei.rectification.lists import Listed
from baolei.rectification.models import LONGEST_LINE, LONGEST_NAME, LONGEST_WORDS
from baolei.warehouse.rulebook import rectification

long = partial(lines, most=LONGEST_WORDS)
"""A field of several lines."""


class Plain(PeopleForm):
    """An act that asks for nothing but the button."""

    why = None  # type: ignore[assignment]  # it takes no reason

    @property
    def upon(self) -> dict[str, Any]:
        """Who acts upon what."""
        return {"actor": self.actor, "case": self.about}


class Reasoned(Plain):
    """An act that says why, at some length."""

    why = long(lazy("Reason"))  # type: ignore[assignment]


class ProblemForm(Plain):
    """A problem: what it is, what is done about it, who answers for it and by when."""

    found = forms.ChoiceField(label=lazy("Where it comes from"))
    words = long(lazy("Problem"), help_text=lazy("What is wrong with the organisation or its work; not with a person."))
    measure = long(lazy("Measure"))
    answers = forms.CharField(label=lazy("Who answers for it"), max_length=LONGEST_NAME,
                              help_text=lazy("Name and post of an official in office."))  # fmt: skip
    by = forms.DateField(label=lazy("To be mended by"), widget=Day)
    document = forms.CharField(label=lazy("Passed on by (body and document)"), max_length=LONGEST_LINE, required=False)

    def prepare(self) -> None:
        """Where problems come from."""
        choose(self, "found", tables.sources())

    @property
    def listed(self) -> Listed:
        """The problem as it was entered."""
        said = self.cleaned_data
        return Listed(said["found"], said["words"], said["measure"], said["answers"], said["by"], said["document"],
                      said.get("campaign", ""))  # fmt: skip


# ---- upon a case ----


class ListProblem(ProblemForm):
    """A problem on the list of a case."""

    verb = lazy("List a problem")
    note = lazy("One problem at a time, each with its measure, who answers for it and by when.")

    def prepare(self) -> None:
        """The last day is that of the case."""
        super().prepare()
        self.fields["by"].help_text = _("%(ends)s at the latest.") % {"ends": self.about.ends}

    def perform(self, now: Any) -> str:
        """List it."""
        lists.list_problem(**self.upon, now=now, listed=self.listed)
        return _("The problem is on the list")


class Link(Plain):
    """The four linked persons."""

    verb = lazy("Name the linked persons")
    note = lazy("Name and post of officials in office, or the name of the unit.")

    def prepare(self) -> None:
        """One box for each."""
        there = dict(self.about.linked.values_list("role", "who"))
        for code, name in rectification().linked.items():
            self.fields[code] = forms.CharField(label=name.say(get_language() or ""), max_length=LONGEST_NAME,
                                                required=False, initial=there.get(code, ""))  # fmt: skip

    def perform(self, now: Any) -> str:
        """Name them."""
        lists.link(**self.upon, now=now, linked=self.cleaned_data)
        return _("The linked persons are on record")


class Plan(Plain):
    """The lists are set."""

    verb = lazy("Set the lists")
    note = lazy("From now on the case is under way: the branch reports each month, each problem is settled by a proof.")

    def perform(self, now: Any) -> str:
        """Set them."""
        actions.plan(**self.upon, now=now)
        return _("The lists are set: the case is under way")


class ReportMonth(Plain):
    """The report of a month."""

    verb = lazy("Report for a month")
    note = lazy("Nothing has changed: just send it. Something has: tick the box and say it in one line.")

    month = forms.ChoiceField(label=lazy("Month"))
    changed = forms.BooleanField(label=lazy("Something has changed"), required=False)
    line = forms.CharField(label=lazy("What changed"), max_length=LONGEST_LINE, required=False)

    def prepare(self) -> None:
        """The months that are owed, and the one that runs."""
        months = actions.months_to_report(self.about, self.today)
        choose(self, "month", {one.isoformat(): f"{one:%Y-%m}" for one in months})

    def perform(self, now: Any) -> str:
        """Report."""
        said = self.cleaned_data
        actions.report(**self.upon, now=now, month=date.fromisoformat(said["month"]), line=said["line"],
                       changed=said["changed"])  # fmt: skip
        return _("The report is in")


class Apply(Plain):
    """The case is to be struck off."""

    verb = lazy("Ask to be struck off")
    note = lazy("Every problem is settled. The township looks at each on the spot, then the county accepts.")

    def perform(self, now: Any) -> str:
        """Ask."""
        actions.apply(**self.upon, now=now)
        return _("Asked: the township checks item by item")


class OfProblems(Plain):
    """An act that names some problems of the case."""

    chosen = forms.MultipleChoiceField(label="", widget=forms.CheckboxSelectMultiple, required=False)
    asks: Any = ""

    def prepare(self) -> None:
        """All problems of the case."""
        choose(self, "chosen", {str(one.pk): one.words for one in self.about.problems.order_by("pk")})
        self.fields["chosen"].label = self.asks

    @property
    def named(self) -> list[int]:
        """The problems that were chosen."""
        return [int(one) for one in self.cleaned_data["chosen"]]


class Check(OfProblems):
    """The township's look, item by item."""

    verb = lazy("Checked, each is mended")
    note = lazy("Tick each problem that you found mended on the spot. What is not mended: send the case back.")
    asks = lazy("Found mended")

    def perform(self, now: Any) -> str:
        """Check."""
        actions.check(**self.upon, now=now, mended=self.named)
        return _("Checked: the county accepts")


class SendBack(OfProblems):
    """Back to be mended."""

    verb = lazy("Send it back")
    note = lazy("The problems that are not mended are open again; the branch sees which, and why.")
    asks = lazy("Not mended")

    why = long(lazy("Reason"))  # type: ignore[assignment]

    def perform(self, now: Any) -> str:
        """Send it back."""
        actions.send_back(**self.upon, now=now, unmended=self.named, reason=self.cleaned_data["why"])
        return _("The case is sent back")


class Reopen(OfProblems):
    """Opened again after acceptance."""

    verb = lazy("Open it again")
    note = lazy(
        "The look-back found problems that have come back. Their time runs anew; the figures take the case off."
    )
    asks = lazy("Come back")

    why = long(lazy("Reason"))  # type: ignore[assignment]

    def perform(self, now: Any) -> str:
        """Open it again."""
        actions.reopen(**self.upon, now=now, unmended=self.named, reason=self.cleaned_data["why"])
        return _("The case is open again")


class Accept(Plain):
    """The county's acceptance."""

    verb = lazy("Accept it")
    note = lazy("The township has found each problem mended. Whoever checked it does not accept it.")

    def perform(self, now: Any) -> str:
        """Accept."""
        actions.accept(**self.upon, now=now)
        return _("Accepted: the case is looked back on in a year")


class Close(Plain):
    """The end of the look-back."""

    verb = lazy("Close it")
    note = lazy("A year after acceptance nothing has come back.")

    def perform(self, now: Any) -> str:
        """Close."""
        actions.close(**self.upon, now=now)
        return _("The case is closed")


class Extend(Reasoned):
    """More months."""

    verb = lazy("Extend it")
    note = lazy("By whole months, with the reason.")

    months = forms.IntegerField(label=lazy("Months"), min_value=1, max_value=12, initial=1)

    def prepare(self) -> None:
        """The most there is."""
        latest = months_later(self.about.begun, rectification().number("most_months"))
        self.fields["months"].help_text = _("%(latest)s is the latest day there is.") % {"latest": latest}

    def perform(self, now: Any) -> str:
        """Extend."""
        said = self.cleaned_data
        made = actions.extend(**self.upon, now=now, months=said["months"], reason=said["why"])
        return _("The case ends on %(ends)s") % {"ends": made.ends}


class Dismiss(Reasoned):
    """No case after all."""

    verb = lazy("Dismiss the case")
    note = lazy("What it was opened for is not so. It stays to be seen in its line and counts for nothing.")

    def perform(self, now: Any) -> str:
        """Dismiss."""
        actions.dismiss(**self.upon, now=now, reason=self.cleaned_data["why"])
        return _("The case is dismissed")


class Lapse(Reasoned):
    """The organisation has ended."""

    verb = lazy("Let it lapse")
    note = lazy("Its organisation was merged or dissolved.")

    def perform(self, now: Any) -> str:
        """Let it lapse."""
        actions.lapse(**self.upon, now=now, reason=self.cleaned_data["why"])
        return _("The case has lapsed")


class Answer(Plain):
    """What the branch says."""

    verb = lazy("Answer for the branch")
    note = lazy("Say what is so and what is not. It stands on the case for everybody in its line.")

    words = long(lazy("What the branch says"), rows=5)

    def perform(self, now: Any) -> str:
        """Answer."""
        actions.answer(**self.upon, now=now, words=self.cleaned_data["words"])
        return _("The answer is on record")


# ---- upon a problem ----


class Settle(Plain):
    """A problem is settled."""

    verb = lazy("Settle the problem")
    note = lazy("What proves it mended, in a sentence: what can be seen, counted or read, and where.")

    proof = long(lazy("What proves it mended"))
    confirmed = forms.CharField(label=lazy("Confirmed by (body and document)"), max_length=LONGEST_LINE, required=False)

    def prepare(self) -> None:
        """The word of the body that found it, where the rules ask for it."""
        if rectification().found[self.about.found].confirmed:
            self.fields["confirmed"].required = True
        else:
            del self.fields["confirmed"]

    def perform(self, now: Any) -> str:
        """Settle it."""
        said = self.cleaned_data
        actions.settle(actor=self.actor, now=now, problem=self.about, proof=said["proof"],
                       confirmed=said.get("confirmed", ""))  # fmt: skip
        return _("The problem is settled")


class TakeOff(Plain):
    """A problem that was listed in error."""

    verb = lazy("Take it off the list")
    note = lazy("As long as the lists are not set.")

    why = forms.CharField(label=lazy("Why"), max_length=200)  # type: ignore[assignment]

    def perform(self, now: Any) -> str:
        """Take it off."""
        lists.take_off(actor=self.actor, now=now, problem=self.about, why=self.cleaned_data["why"])
        return _("The problem is off the list")


OF_CASE: dict[str, type[PeopleForm]] = {
    "plan": Plan, "problem": ListProblem, "link": Link, "report": ReportMonth, "apply": Apply, "check": Check,
    "accept": Accept, "close": Close, "send_back": SendBack, "reopen": Reopen, "extend": Extend, "answer": Answer,
    "dismiss": Dismiss, "lapse": Lapse,
}  # fmt: skip
"""What is done with a case, by its name in the address, in the order of the buttons."""
OF_PROBLEM: dict[str, type[PeopleForm]] = {"settle": Settle, "take_off": TakeOff}
"""What is done with one problem, by its name in the address."""
