"""What is asked before an edition is drafted, taken in, published or discarded."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.organisations.forms import UNTIL_FURTHER, Day, document_field
from baolei.programme.refusals import EditionRefused
from baolei.programme.standard.edition import Text
from baolei.standards import actions, folders
from baolei.standards.actions import Named
from baolei.standards.at_hand import all_at_hand
from baolei.standards.faults import summary
from baolei.standards.models import OwnEdition
from baolei.standards.part_forms import code_field


class EditionForm(forms.Form):
    """Why; what else is asked stands in its own class. `verb`, `note` as of every act; `about` the draft, if any.

    `leads_to` is where the way goes on once it is done.
    """

    verb: ClassVar[Any] = ""
    note: ClassVar[Any] = ""
    do_not_call_in_templates: ClassVar[bool] = True

    why = forms.CharField(label=lazy("Why"), max_length=200, help_text=lazy("One sentence for the ledger."))

    def __init__(self, *args: Any, actor: Any, about: OwnEdition | None = None, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.about, self.today = actor, about, today
        self.leads_to = reverse("editions")
        self.order_fields([*(name for name in self.fields if name != "why"), "why"])
        self.prepare()

    def prepare(self) -> None:
        """Fill what depends on what is there."""

    def done(self, now: datetime) -> str | None:
        """Do it; what the user is told. None where the rules refuse, and the form then says why."""
        try:
            return self.perform(now)
        except EditionRefused as refused:
            self.add_error(None, summary(refused.faults))
        return None

    def perform(self, now: datetime) -> str:
        """Do it. Raises Refusal."""
        raise NotImplementedError

    @property
    def given(self) -> dict[str, Any]:
        """Who and why."""
        return {"actor": self.actor, "why": self.cleaned_data["why"]}


class DraftForm(EditionForm):
    """A draft from an edition at hand."""

    verb = lazy("Draft an edition")
    note = lazy("Everything is taken over word for word; then you change its tables. Nobody is judged by a draft.")

    based_on = forms.ChoiceField(label=lazy("From which edition"))
    code = code_field(lazy("Code of the new edition"))
    name_zh = forms.CharField(label=lazy("Name of the edition (Chinese)"), max_length=100)
    name_en = forms.CharField(label=lazy("Name of the edition (English)"), max_length=100)
    valid_from = forms.DateField(label=lazy("Valid from"), widget=Day)
    valid_to = forms.DateField(label=lazy("Valid to"), widget=Day, required=False, help_text=UNTIL_FURTHER)

    def prepare(self) -> None:
        """The editions at hand, the latest first; next year."""
        based_on = self.fields["based_on"]
        assert isinstance(based_on, forms.ChoiceField)
        found = sorted(all_at_hand(), key=lambda one: one.valid_from, reverse=True)
        based_on.choices = [(one.code, f"{one.name.say(get_language() or '')} ({one.code})") for one in found]
        self.fields["code"].help_text = _("A letter, then letters, digits, - or _, such as region-2027. It stays.")
        self.fields["valid_from"].initial = date(self.today.year + 1, 1, 1)

    def clean(self) -> dict[str, Any]:
        """It does not end before it begins."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("valid_to") and said.get("valid_from") and said["valid_to"] < said["valid_from"]:
            self.add_error("valid_to", _("It ends before it begins: enter a later day."))
        return said

    def perform(self, now: datetime) -> str:
        """Draft it."""
        said = self.cleaned_data
        named = Named(said["code"], Text(said["name_zh"], said["name_en"]), said["valid_from"], said["valid_to"])
        made = actions.draft_edition(**self.given, now=now, based_on=said["based_on"], named=named)
        self.leads_to = reverse("draft", args=[made.pk])
        return _("“%(code)s” is drafted") % {"code": made.code}


class ImportForm(EditionForm):
    """An edition that was written elsewhere."""

    verb = lazy("Take an edition in")
    note = lazy("As a draft, word for word: until you change something it goes out again as the very same bytes.")

    file = forms.FileField(
        label=lazy("File"), help_text=lazy("The folder of the edition as a ZIP file, or one YAML file."),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,.yaml"}),
        error_messages={"required": lazy("Choose a file."), "empty": lazy("This file is empty.")},
    )  # fmt: skip

    def perform(self, now: datetime) -> str:
        """Take it in."""
        sent = self.cleaned_data["file"]
        texts = folders.unpacked(sent, sent.name)
        made = actions.import_edition(**self.given, now=now, files=texts)
        self.leads_to = reverse("draft", args=[made.pk])
        return _("“%(code)s” is taken in as a draft") % {"code": made.code}


class PublishForm(EditionForm):
    """The publication of a draft."""

    verb = lazy("Publish the edition")
    note = lazy("From this moment on it never changes: its digest and the document stand in the ledger.")

    document = document_field()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        """The version that is looked at."""
        assert self.about is not None
        self.fields["version"].initial = self.about.version

    def perform(self, now: datetime) -> str:
        """Publish it."""
        assert self.about is not None
        said = self.cleaned_data
        actions.publish(**self.given, now=now, draft=self.about, version=said["version"], document=said["document"])
        self.leads_to = reverse("edition", args=[self.about.code])
        return _("“%(code)s” is published") % {"code": self.about.code}


class DiscardForm(EditionForm):
    """The end of a draft."""

    verb = lazy("Discard the draft")
    note = lazy("It is gone for good. Take its files first, should you need them again.")

    def perform(self, now: datetime) -> str:
        """Put it away."""
        assert self.about is not None
        code = self.about.code
        actions.discard(**self.given, now=now, draft=self.about)
        return _("The draft “%(code)s” is discarded") % {"code": code}
