"""What is asked before a list is laid open, when somebody objects, and before an objection is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.naming.paper_forms import Word
from baolei.notices import actions, own
from baolei.organisations.forms_of_people import PeopleForm
from baolei.programme.notice import OUTCOME_NAMES
from baolei.programme.papers import NOTICE
from baolei.warehouse.rulebook import notice as notice_rules


def kinds() -> list[tuple[str, str]]:
    """The kinds of objection, in the language of the page; those that need a name say so."""
    language = get_language() or ""
    return [
        (code, kind.name.say(language) + ("" if kind.unnamed else " " + _("(with your name)")))
        for code, kind in notice_rules().kinds.items()
    ]


def outcomes() -> list[tuple[str, str]]:
    """What an objection comes to, in the language of the page."""
    return [(code, name.say(get_language() or "")) for code, name in OUTCOME_NAMES.items()]


class Post(PeopleForm):
    """A list is laid open."""

    verb = lazy("Lay the list open")
    note = lazy("Everybody sees the names and may object. The days are counted by the rules and cannot be taken back.")

    def perform(self, now: Any) -> str:
        """Lay it open."""
        made = actions.post(**self.given, now=now, round=self.about)
        return _("The list is laid open until %(day)s") % {"day": made.last}


class WordNotice(Word):
    """The words of the notice, as it is printed and put up."""

    kind = NOTICE
    verb = lazy("Word the notice")
    note = lazy("For printing and putting up. The public page carries the same names, and links to it.")

    def days(self) -> Any:
        """Those for which the list is laid open."""
        return self.about.posting.first, self.about.posting.last


class Raise(forms.Form):
    """What somebody holds against a name on the list, or against its absence."""

    kind = forms.ChoiceField(label=lazy("What is it about?"))
    branch = forms.CharField(label=lazy("Full name of the Party branch"), max_length=200)
    words = forms.CharField(
        label=lazy("What is wrong?"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=lazy("Say when, where and how you know. Leave out what would show who you are, if you wish."),
    )  # fmt: skip
    name = forms.CharField(label=lazy("Your name"), max_length=50, required=False, help_text=lazy(
        "You need not give it, unless a name is missing. Only the reviewer who looks into it reads it."
    ))  # fmt: skip
    contact = forms.CharField(
        label=lazy("How you can be reached"), max_length=100, required=False, help_text=lazy("Kept sealed as well.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = kinds()


class Follow(forms.Form):
    """The receipt of an objection, and what its holder wishes to do."""

    code = forms.CharField(
        label=lazy("Code of your receipt"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    act = forms.ChoiceField(
        choices=[("", ""), ("withdraw", ""), ("appeal", "")], required=False, widget=forms.HiddenInput
    )
    words = forms.CharField(max_length=2_000, required=False, widget=forms.HiddenInput)


class OnObjection(PeopleForm):
    """An act on an objection. Nothing is asked for the ledger: what is written there could name somebody."""

    does: ClassVar[Callable[..., Any]]
    done: ClassVar[Any] = ""
    why: Any = None

    def perform(self, now: Any) -> str:
        """Do it."""
        type(self).does(actor=self.actor, now=now, objection=self.about, **self.cleaned_data)
        return str(self.done)


class Acknowledge(OnObjection):
    """Somebody looks into it."""

    verb, does = lazy("Acknowledge it"), actions.acknowledge
    note = lazy("The tree and a lottery choose a reviewer who has had no part in it; nobody picks one.")
    done = lazy("It is acknowledged, a reviewer looks into it")


class PassOn(OnObjection):
    """Another body looks into it."""

    verb, does = lazy("Note that it is passed on"), actions.pass_on
    note = lazy("Hand it to the body that looks into such matters first, under seal.")
    done = lazy("It is passed on")


class Reassign(OnObjection):
    """Somebody one level higher looks into it."""

    verb, does = lazy("Have it looked into one level higher"), actions.reassign
    note = lazy("The tree and a lottery choose a reviewer who has had no part in it; nobody picks one.")
    done = lazy("Another reviewer looks into it")


class Answer(OnObjection):
    """The answer to an objection."""

    verb, does = lazy("Answer it"), actions.answer
    note = lazy(
        "The answer is shown to whoever raised it; it names nobody. Two people change the list: you, the office."
    )
    done = lazy("It is answered")

    outcome = forms.ChoiceField(label=lazy("What does it come to?"))
    corrections = forms.MultipleChoiceField(
        label=lazy("What is put right?"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(actions.STRIKE, lazy("the name is struck off")), (actions.ADD, lazy("the name is added")),
                 (actions.CORRECT, lazy("something else, said in the answer"))],
    )  # fmt: skip
    document = forms.CharField(
        label=lazy("Document that allows it"), max_length=100, required=False,
        help_text=lazy("Needed to add a branch short of its line."),
    )  # fmt: skip
    reason = forms.CharField(
        label=lazy("What was found, and why"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 6})
    )

    def prepare(self) -> None:
        """The outcomes there are."""
        outcome = self.fields["outcome"]
        assert isinstance(outcome, forms.ChoiceField)
        outcome.choices = outcomes()


class AnswerAppeal(Answer):
    """The answer to an appeal."""

    verb, does = lazy("Answer the appeal"), actions.answer_appeal
    note = lazy("With it the objection ends. Say what it comes to in the end, as if it were answered anew.")


class Withdraw(OnObjection):
    """The branch takes its own objection back."""

    verb, does = lazy("Take it back"), own.withdraw
    note = lazy("Nobody looks into it any more. While its days run the branch may object again.")
    done = lazy("It is taken back")


class Appeal(OnObjection):
    """The branch appeals against the answer to its own objection."""

    verb, does = lazy("Appeal"), own.appeal
    note = lazy("Somebody else, one level up, looks into it.")
    done = lazy("The appeal is taken up")

    words = forms.CharField(
        label=lazy("Why is the answer wrong?"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 6})
    )


OF_OBJECTION: dict[str, type[OnObjection]] = {
    "acknowledge": Acknowledge, "pass-on": PassOn, "reassign": Reassign, "answer": Answer,
    "answer-appeal": AnswerAppeal, "withdraw": Withdraw, "appeal": Appeal,
}  # fmt: skip
"""What is done with an objection, by its name in the address."""


class ObjectAsBranch(PeopleForm):
    """What a branch holds against its own name being missing."""

    verb = lazy("Object for the branch")
    note = lazy(
        "A reviewer who had no part in it and stands outside your direct superior looks into it. You read the answer "
        "here, and may appeal against it."
    )

    kind = forms.ChoiceField(label=lazy("What is it about?"))
    words = forms.CharField(
        label=lazy("What is wrong?"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=lazy("Say which item, figure or reason, and what shows it. Text is enough."),
    )  # fmt: skip

    def prepare(self) -> None:
        """The kinds that are answered here. Nothing is asked for the ledger: what is wrong says it all."""
        del self.fields["why"]
        kind, language = self.fields["kind"], get_language() or ""
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(code, one.name.say(language)) for code, one in notice_rules().kinds.items()
                        if one.passed_to is None]  # fmt: skip
        kind.initial = actions.OMISSION

    def perform(self, now: Any) -> str:
        """Object."""
        made = own.object_as_branch(actor=self.actor, now=now, line=self.about, **self.cleaned_data)
        return _("The objection is received; it is answered by %(day)s") % {"day": made.answer_by}
