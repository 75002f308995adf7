"""What is asked before a list is drawn up or adopted, a name struck or added, a title withdrawn."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from baolei.naming import actions, life
from baolei.organisations.forms import Day
from baolei.organisations.forms_of_people import PeopleForm
from baolei.people.models import Account
from baolei.programme import naming, titles
from baolei.scores.models import Run


class OfRun(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in its stubs only
    """A run, by its day, its reason and its digest."""

    def label_from_instance(self, obj: Any) -> str:
        """Those three."""
        return f"{obj.asked_at:%Y-%m-%d} {obj.why} {obj.results[:12]}"


class DrawUp(PeopleForm):
    """The list of a round."""

    verb = lazy("Draw up the list")
    note = lazy(
        "A line for every branch that was scored, each with its reason. Drawn up anew, what was decided is lost."
    )

    run = OfRun(Run.objects.none(), label=lazy("Run"))

    def prepare(self) -> None:
        """The runs of the round that are done, the latest first."""
        run = self.fields["run"]
        assert isinstance(run, OfRun)
        run.queryset = Run.objects.filter(round=self.about, state=Run.DONE).order_by("-pk")
        run.initial = run.queryset.first()

    def perform(self, now: Any) -> str:
        """Draw it up."""
        made = actions.draw_up(**self.given, now=now, round=self.about, run=self.cleaned_data["run"])
        number = made.lines.filter(listed=True).count()
        return ngettext("%(number)d branch is on the list", "%(number)d branches are on the list", number) % {
            "number": number}  # fmt: skip


class Adopt(PeopleForm):
    """The naming document."""

    verb = lazy("Adopt the list")
    note = lazy("Everybody on it holds the title from that day on. It cannot be changed afterwards.")

    document = forms.CharField(label=lazy("Number of the naming document"), max_length=100)
    on = forms.DateField(label=lazy("From which day on"), widget=Day)
    plaques = forms.BooleanField(
        label=lazy("Plaques are handed out"), required=False,
        help_text=lazy("As a rule not: the document names. Where plaques are wanted, each title has a sheet to print."),
    )  # fmt: skip

    def prepare(self) -> None:
        """Today."""
        self.fields["on"].initial = self.today

    def perform(self, now: Any) -> str:
        """Adopt it."""
        said = self.cleaned_data
        number = actions.adopt(**self.given, now=now, naming_list=self.about.naming, document=said["document"],
                               on=said["on"], plaques=said["plaques"])  # fmt: skip
        return ngettext("%(number)d branch is named", "%(number)d branches are named", number) % {"number": number}


OF_LIST: dict[str, type[PeopleForm]] = {"draw-up": DrawUp, "adopt": Adopt}
"""What is done with the list of a round, by its name in the address."""


class Propose(PeopleForm):
    """To strike a name off, or to add one."""

    act: ClassVar[str] = ""
    note = lazy("It counts when another person agrees.")

    document = forms.CharField(
        label=lazy("Document that allows it"), max_length=100, required=False,
        help_text=lazy("Needed to add a branch short of its line."),
    )  # fmt: skip

    def perform(self, now: Any) -> str:
        """Propose it."""
        given = self.given
        actions.propose(actor=given["actor"], now=now, line=self.about, act=self.act, reason=given["why"],
                        document=self.cleaned_data["document"])  # fmt: skip
        return _("It is proposed: another person has to agree")


class Strike(Propose):
    """To strike a name off."""

    verb, act = lazy("Propose to strike it off"), naming.STRUCK


class Add(Propose):
    """To add a name."""

    verb, act = lazy("Propose to add it"), naming.ADDED


class Agree(PeopleForm):
    """The second person."""

    verb = lazy("Agree")
    note = lazy("You agree to what another has proposed; from now on it counts.")

    def perform(self, now: Any) -> str:
        """Agree."""
        actions.agree(**self.given, now=now, line=self.about)
        return _("It is decided")


class Leave(PeopleForm):
    """As it was."""

    verb = lazy("Leave it as it was")
    note = lazy("What was proposed does not come about.")

    def perform(self, now: Any) -> str:
        """Leave it."""
        actions.leave(**self.given, now=now, line=self.about)
        return _("It stays as it was")


OF_LINE: dict[str, type[PeopleForm]] = {"strike": Strike, "add": Add, "agree": Agree, "leave": Leave}
"""What is done with a line of a list, by its name in the address."""


class OnTitle(PeopleForm):
    """An act of the committee that named; the second person names the user name of the account that agrees."""

    act: ClassVar[str] = ""
    by_two: ClassVar[bool] = True

    second = forms.CharField(label=lazy("User name of the second person"), max_length=150)

    def prepare(self) -> None:
        """One person is enough for what the table gives to one."""
        if self.act not in titles.BY_TWO:
            del self.fields["second"]

    def clean_second(self) -> Account:
        """The account. It has to be another person's."""
        found = Account.objects.filter(username=self.cleaned_data["second"].strip(), is_active=True).first()
        if found is None or found.pk == self.actor.pk:
            raise forms.ValidationError(_("Enter the user name of another person"))
        return found

    def perform(self, now: Any) -> str:
        """Do it."""
        given = self.given
        life.carry(actor=given["actor"], now=now, title=self.about, act=self.act, who="committee",
                      reason=given["why"], second=self.cleaned_data.get("second"))  # fmt: skip
        return _("It is on record")


class Watch(OnTitle):
    """The first year below the line."""

    verb, act, note = lazy("Put it under watch"), "watch", lazy("The title stays in force; it is looked at again.")


class Keep(OnTitle):
    """All is well."""

    verb, act, note = lazy("Keep it"), "keep", lazy("It was looked at, and stays in force.")


class ProposeWithdrawal(OnTitle):
    """A withdrawal is proposed."""

    verb, act = lazy("Propose to withdraw it"), "propose"
    note = lazy("The branch may answer before anything is decided.")


class Retain(OnTitle):
    """The branch was right."""

    verb, act, note = lazy("Accept the answer"), "retain", lazy("The title stays, under watch.")


class WithdrawTitle(OnTitle):
    """The title is withdrawn."""

    verb, act, note = lazy("Withdraw the title"), "withdraw", lazy("The branch regains one by the rule of entry.")


OF_TITLE: dict[str, type[OnTitle]] = {
    "keep": Keep, "watch": Watch, "propose": ProposeWithdrawal, "retain": Retain, "withdraw": WithdrawTitle,
}  # fmt: skip
"""What the committee that named does with a title, by its name in the address."""


class AnswerOfBranch(PeopleForm):
    """What the branch has to say."""

    verb = lazy("Answer")
    note = lazy("Whoever decides reads it first.")

    words = forms.CharField(
        label=lazy("What the branch answers"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 6})
    )

    def perform(self, now: Any) -> str:
        """Answer."""
        life.answer(actor=self.actor, now=now, title=self.about, words=self.cleaned_data["words"])
        return _("The answer is on record")
