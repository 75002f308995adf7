"""What is asked before something is done with an account or a mandate."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from baolei.organisations import doors
from baolei.organisations.appointing import home_of, node_meant
from baolei.organisations.doors import Scope
from baolei.organisations.forms import UNTIL_FURTHER, Day, NodeField, name_field
from baolei.people import accounts, mandates, second_factor
from baolei.people.accounts import NotAllowed
from baolei.people.models import InTree
from baolei.people.roles import roles


class PeopleForm(forms.Form):
    """Why; what else is asked stands in its own class. `verb`, `note` as of every act; `about` account or mandate."""

    verb: ClassVar[Any] = ""
    note: ClassVar[Any] = ""
    do_not_call_in_templates: ClassVar[bool] = True

    why = forms.CharField(label=lazy("Why"), max_length=200, help_text=lazy("One sentence for the ledger."))

    def __init__(self, *args: Any, about: Any, actor: Any, scope: Scope, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about, self.actor, self.scope, self.today = about, actor, scope, today
        self.order_fields([*(name for name in self.fields if name != "why"), "why"])
        self.prepare()

    def prepare(self) -> None:
        """Fill the choices that depend on who asks."""

    def perform(self, now: Any) -> str:
        """Do it; what the user is told. Raises Refusal."""
        raise NotImplementedError

    @property
    def given(self) -> dict[str, Any]:
        """Who, when and why."""
        return {"actor": self.actor, "why": self.cleaned_data["why"]}


class OpenAccount(PeopleForm):
    """A new account."""

    verb = lazy("Open an account")
    note = lazy("It may do nothing until a mandate is given and approved. The first password is shown once.")

    name = name_field(lazy("Name of the person"))
    username = name_field(lazy("User name"))

    def perform(self, now: Any) -> str:
        """Open it."""
        said = self.cleaned_data
        made, password = accounts.open_account(**self.given, now=now, username=said["username"], name=said["name"])
        return _first_password(made.username, password)


class ResetPassword(PeopleForm):
    """A new first password."""

    verb = lazy("Give a new first password")
    note = lazy("For somebody who has lost the own one. It is shown once, and changed at the next log-in.")

    def perform(self, now: Any) -> str:
        """Give it."""
        password = accounts.reset_password(**self.given, now=now, account=self.about)
        return _first_password(self.about.username, password)


class ForgetFactor(PeopleForm):
    """The end of a second factor."""

    verb = lazy("Take the second factor away")
    note = lazy("For somebody who has lost phone and recovery codes. Make sure it is the person: ask face to face.")

    def perform(self, now: Any) -> str:
        """Take it away."""
        second_factor.forget(**self.given, now=now, account=self.about)
        return _("%(name)s sets up a new second factor at the next log-in") % {"name": self.about}


class Disable(PeopleForm):
    """An account nobody logs in to."""

    verb, note = (
        lazy("Disable the account"),
        lazy("From this moment on nobody is logged in with it."),
    )

    def perform(self, now: Any) -> str:
        """Disable it."""
        accounts.disable_account(**self.given, now=now, account=self.about)
        return _("The account of %(name)s is disabled") % {"name": self.about}


class Enable(PeopleForm):
    """An account somebody may log in to again."""

    verb, note = lazy("Enable the account"), lazy("The mandates it holds open again what they opened.")

    def perform(self, now: Any) -> str:
        """Enable it."""
        accounts.enable_account(**self.given, now=now, account=self.about)
        return _("The account of %(name)s is enabled") % {"name": self.about}


class Give(PeopleForm):
    """A mandate."""

    verb = lazy("Give a mandate")
    note = lazy("It counts when another person has approved it.")

    role = forms.ChoiceField(label=lazy("Role"))
    unit = NodeField("units", label=lazy("At which unit"), required=False, help_text=lazy("Code or name."))
    organisation = NodeField(
        "organisations", label=lazy("Or at which Party organisation"), required=False,
        help_text=lazy("For secretaries of branches and clerks of committees."),
    )  # fmt: skip
    title = name_field(pgettext_lazy("mandate", "Title"))
    since = forms.DateField(label=lazy("From which day on"), widget=Day)
    until = forms.DateField(label=lazy("Until which day"), widget=Day, required=False, help_text=UNTIL_FURTHER)

    def prepare(self) -> None:
        """The roles this person gives, the nodes of the own scope."""
        given = mandates.gives_any(self.actor, self.today)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [(code, roles()[code].name) for code in given]
        self.fields["since"].initial = self.today
        for name, states in (("unit", doors.units), ("organisation", doors.organisations)):
            field = self.fields[name]
            assert isinstance(field, NodeField)
            field.queryset = states(self.scope)

    def clean(self) -> dict[str, Any]:
        """The place that goes with the role is named, and no other."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if "role" not in said:
            return said
        tree = roles()[said["role"]].tree
        for name, of in (("unit", InTree.UNIT), ("organisation", InTree.PARTY)):
            if name not in self.errors and tree == of and not said.get(name):
                self.add_error(name, _("this role stands there: enter which"))
            if name not in self.errors and tree != of and said.get(name):
                self.add_error(name, _("this role does not stand there: leave it empty"))
        return said

    def perform(self, now: Any) -> str:
        """Give it."""
        said = self.cleaned_data
        node = node_meant(said["role"], said.get("unit") or said.get("organisation"), self.today)
        made = mandates.give_mandate(**self.given, now=now, account=self.about, role=said["role"], node=node,
                                     title=said["title"], since=said["since"], until=said["until"])  # fmt: skip
        return _("%(title)s waits for another person's approval") % {"title": made.title}


class Approve(PeopleForm):
    """An approval."""

    verb, note = lazy("Approve"), lazy("From now on the mandate counts.")

    def perform(self, now: Any) -> str:
        """Approve it."""
        home = home_of(self.about, self.today)
        mandates.approve_mandate(**self.given, now=now, mandate=self.about, home=home)
        return _("%(title)s is approved") % {"title": self.about.title}


class Refuse(PeopleForm):
    """A refusal."""

    verb, note = lazy("Refuse"), lazy("The mandate never counts. Say why, so that whoever gave it can do better.")

    def perform(self, now: Any) -> str:
        """Refuse it."""
        mandates.refuse_mandate(**self.given, now=now, mandate=self.about, home=home_of(self.about, self.today))
        return _("%(title)s is refused") % {"title": self.about.title}


class End(PeopleForm):
    """The end of a mandate."""

    verb, note = lazy("End the mandate"), lazy("What it opened is closed at once, in open pages too.")

    def perform(self, now: Any) -> str:
        """End it."""
        mandates.end_mandate(**self.given, now=now, mandate=self.about, home=home_of(self.about, self.today))
        return _("%(title)s has ended") % {"title": self.about.title}


def _first_password(username: str, password: str) -> str:
    return _("User name %(username)s, first password %(password)s: note it now, it is not shown again.") % {
        "username": username, "password": password
    }  # fmt: skip


OF_ACCOUNT: dict[str, type[PeopleForm]] = {
    "give": Give, "password": ResetPassword, "factor": ForgetFactor, "disable": Disable, "enable": Enable
}  # fmt: skip
OF_MANDATE: dict[str, type[PeopleForm]] = {"approve": Approve, "refuse": Refuse, "end": End}

__all__ = ["OF_ACCOUNT", "OF_MANDATE", "NotAllowed", "OpenAccount", "PeopleForm"]
