"""What is asked before an official paper about a list is made."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.naming import papers as made
from baolei.naming.models import Paper
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import UnitState
from baolei.programme import papers
from baolei.rounds.models import Round
from baolei.warehouse.rulebook import papers as paper_rules


class Word(PeopleForm):
    """The words of a paper: those of the rules, until somebody has changed them. `about` is the list."""

    kind: ClassVar[str] = papers.NAMING
    verb = lazy("Word the naming document")
    note = lazy("Number and day are those of the adoption. The whole list by unit is attached, without the reasons.")

    issuer = forms.CharField(label=lazy("Issuing body"), max_length=100)
    title = forms.CharField(label=lazy("Title of the paper"), max_length=200)
    recipients = forms.CharField(label=lazy("Main recipients"), max_length=500, required=False)
    body = forms.CharField(
        label=lazy("Body of the paper"), max_length=5_000, widget=forms.Textarea(attrs={"rows": 12}),
        help_text=lazy("An empty line parts two paragraphs."),
    )  # fmt: skip
    attachment = forms.CharField(label=lazy("Title of the attached list"), max_length=200)
    signature = forms.CharField(label=lazy("Signature"), max_length=100)

    def prepare(self) -> None:
        """The words last used, else those of the rules; and what may stand in braces."""
        rules, last = paper_rules(), Paper.objects.filter(list=self.about, kind=self.kind).first()
        words: Any = last or rules.papers[self.kind]
        for name in ("title", "recipients", "body", "attachment"):
            self.fields[name].initial = getattr(words, name)
        issuer = last.issuer if last else issuer_of(self.about.round)
        self.fields["issuer"].initial = issuer
        self.fields["signature"].initial = last.signature if last else issuer
        known = " ".join(f"{{{name}}}" for name in papers.PLACES[self.kind])
        self.fields["title"].help_text = _("What stands in braces is filled in: %(known)s") % {"known": known}

    def clean(self) -> dict[str, Any]:
        """What stands in braces is known; said at the field where it is not."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("title", "recipients", "body", "attachment"):
            try:
                papers.check(self.kind, papers.Wording(said.get(name, ""), "", "", ""))
            except papers.WordingRefused as refused:
                self.add_error(name, refused.say(get_language() or ""))
        return said

    def days(self) -> Any:
        """The days of a notice; a document that names has none."""
        return None

    def perform(self, now: Any) -> str:
        """Have it made."""
        said = {name: self.cleaned_data[name] for name in self.cleaned_data if name != "why"}
        made.put_in_words(**self.given, now=now, naming_list=self.about, kind=self.kind, said=said, days=self.days())
        return _("The paper is being made")


def issuer_of(this: Round) -> str:
    """Who issues the papers of a round: who did last, else by the rules."""
    last = Paper.objects.filter(list__round=this).order_by("-worded_at").first()
    if last:
        return str(last.issuer)
    state = UnitState.objects.filter(unit=this.unit_id).order_by("-since").first()
    return paper_rules().issuer_of(state.name if state else "")
