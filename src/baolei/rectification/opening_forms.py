"""What is asked before a case of an organisation is opened, or a problem that was passed on to it is entered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.organisations.findings import say
from baolei.organisations.forms import choose
from baolei.organisations.models import Finding
from baolei.rectification import actions, lists, tables
from baolei.rectification.actions import Origin
from baolei.rectification.forms import ProblemForm, Reasoned
from baolei.warehouse.rulebook import rectification, setup_rules, triage


class OpenCase(Reasoned):
    """A case of rectification."""

    verb = lazy("Open a case of rectification")
    note = lazy(
        "For a finding of the structural audit, or by a superior's decision with its document. The branch sees it and"
        " may answer; nobody outside its line does."
    )

    origin = forms.ChoiceField(label=lazy("Comes of"))
    campaign = forms.ChoiceField(label=lazy("Campaign"))
    situations = forms.MultipleChoiceField(
        label=lazy("Situations of weak and lax organisations"), required=False, widget=forms.CheckboxSelectMultiple
    )
    document = forms.CharField(label=lazy("Document of the decision"), max_length=100, required=False)

    def prepare(self) -> None:
        """The findings that are open, the campaigns, the situations."""
        rules, language = setup_rules(self.today), get_language() or ""
        open_ones = Finding.objects.open().filter(organisation=self.about.organisation_id).order_by("due", "pk")
        told = {f"finding:{one.pk}": f"{_('a finding of the structural audit')}{_(': ')}{say(one, rules).say(language)}"
                for one in open_ones}  # fmt: skip
        choose(self, "origin", told | {"decision": _("a superior's decision")})
        choose(self, "campaign", fitting(self.about.field))
        known = [code for code, one in triage().situations.items() if one.active]
        choose(self, "situations", dict(zip(known, tables.situations(known), strict=True)))

    def perform(self, now: Any) -> str:
        """Open it."""
        said = self.cleaned_data
        kind, _colon, number = said["origin"].partition(":")
        actions.open_case(
            actor=self.actor, now=now, organisation=self.about.organisation, campaign=said["campaign"],
            situations=said["situations"], reason=said["why"],
            origin=Origin(kind, int(number) if number else None, said["document"]),
        )  # fmt: skip
        return _("The case is open: the township draws up its lists")


def fitting(field: str) -> dict[str, str]:
    """The campaigns that are about a field, those that are about it alone first."""
    rules, called = rectification().campaigns, tables.campaigns()
    mine = [one for one in rules.values() if not one.fields or field in one.fields]
    return {one.code: called[one.code] for one in sorted(mine, key=lambda one: not one.fields)}


class PassOn(ProblemForm):
    """A problem that was passed on, without a case."""

    verb = lazy("Enter a problem that was passed on")
    note = lazy(
        "What an inspection or an audit passed on, or a campaign acknowledged, is mended item by item; most of it needs"
        " no case."
    )

    campaign = forms.ChoiceField(label=lazy("Campaign"), required=False, help_text=lazy("Where a campaign found it."))

    def prepare(self) -> None:
        """Where it comes from, the inspection first; the campaigns."""
        kept = {code: name for code, name in tables.sources().items() if code != "figures"}
        choose(self, "found", {"inspection": kept.pop("inspection"), **kept})
        choose(self, "campaign", {"": "—", **fitting(self.about.field)})
        self.fields["document"].required = True

    def perform(self, now: Any) -> str:
        """Enter it."""
        lists.pass_on(actor=self.actor, now=now, organisation=self.about.organisation, listed=self.listed)
        return _("The problem is on record")
