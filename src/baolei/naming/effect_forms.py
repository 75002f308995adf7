"""What is asked when a branch tells an effect, when it is looked into, and when support is entered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.naming import effects as acts
from baolei.naming.effect_models import Effect
from baolei.naming.honours import holding
from baolei.naming.models import Demonstration
from baolei.organisations import doors
from baolei.organisations.forms import Day, NodeField, choose, lines
from baolei.organisations.forms_of_people import PeopleForm
from baolei.warehouse.rulebook import effects as effect_rules

EARLIER = 3
"""So many years before this one can be told."""


class TellEffect(PeopleForm):
    """A branch (`about`, its state today) tells an effect."""

    verb = lazy("Tell an effect")
    note = lazy("It is shown as self-reported. Somebody above the branch looks into it before it counts.")

    kind = forms.ChoiceField(label=lazy("Effect"))
    year = forms.TypedChoiceField(label=lazy("Year"), coerce=int)
    part = forms.IntegerField(label=lazy("Number"), min_value=0, help_text=lazy("People or yuan; of a share the part."))
    whole = forms.IntegerField(
        label=lazy("Of which whole"),
        min_value=1,
        required=False,
        help_text=lazy("Only for a share, such as fees overdue."),
    )
    words = lines(lazy("How it came about"), 300)
    honour = forms.ModelChoiceField(
        Demonstration.objects.none(), label=lazy("With which honour"), required=False, empty_label=lazy("with none")
    )

    def prepare(self) -> None:
        """The kinds of the branch's field, the years, the honours it holds."""
        language, honour = get_language() or "", self.fields["honour"]
        choose(self, "kind", ((code, one.name.say(language)) for code, one in effect_rules().effects.items()
                              if one.told_by(self.about.field)))  # fmt: skip
        choose(self, "year", ((one, one) for one in range(self.today.year, self.today.year - EARLIER, -1)))
        assert isinstance(honour, forms.ModelChoiceField)
        honour.queryset = Demonstration.objects.filter(holding(self.today), lead=self.about.organisation_id)

    def perform(self, now: Any) -> str:
        """Tell it."""
        said = self.cleaned_data
        told = acts.Told(said["kind"], said["year"], said["part"], said["whole"], said["words"], said["honour"])
        acts.tell(**self.given, now=now, organisation=self.about, told=told)
        return _("It is told: somebody above the branch looks into it")


class OfEffect(PeopleForm):
    """Something done with an effect (`about`)."""


class ConfirmEffect(OfEffect):
    """Looked into and found so."""

    verb = lazy("Confirm it")
    note = lazy("You have looked into it. It counts in the figures, still marked as self-reported.")
    confirmed = True

    how = lines(lazy("How it was looked into"), 300, help_text=lazy("Which record, which visit."))

    def perform(self, now: Any) -> str:
        """Decide it."""
        acts.check(**self.given, now=now, effect=self.about, confirmed=self.confirmed, how=self.cleaned_data["how"])
        return _("It is decided, and the branch sees it")


class RefuseEffect(ConfirmEffect):
    """Looked into and not found so."""

    verb = lazy("Do not confirm it")
    note = lazy("It counts nowhere. The branch sees why and may tell it anew.")
    confirmed = False


class TakeEffectBack(OfEffect):
    """The branch takes it back."""

    verb = lazy("Take it back")
    note = lazy("It counts nowhere. It can be told anew.")

    def perform(self, now: Any) -> str:
        """Take it back."""
        acts.take_back(**self.given, now=now, effect=self.about)
        return _("It is taken back")


OF_EFFECT: dict[str, type[OfEffect]] = {"confirm": ConfirmEffect, "refuse": RefuseEffect, "take_back": TakeEffectBack}
"""What is done with an effect, by its name in the address."""


def steps(effect: Effect, *, holds: bool, above: bool) -> dict[str, type[OfEffect]]:
    """What somebody may do with an effect, who holds the branch or stands above it."""
    names = ["confirm", "refuse"] * above + ["take_back"] * holds if effect.state == Effect.TOLD else []
    return {name: OF_EFFECT[name] for name in names}


class GiveSupport(PeopleForm):
    """What a unit of one's own gave."""

    verb = lazy("Enter support given")
    note = lazy("Enter it once it has been given. Both the branch and those above it see it.")

    unit = NodeField("units", label=lazy("Given by the unit"), help_text=lazy("Code or name."))
    organisation = NodeField("organisations", label=lazy("Given to"), help_text=lazy("Code or name."))
    kind = forms.ChoiceField(label=lazy("Kind"))
    yuan = forms.IntegerField(label=lazy("Sum in yuan"), min_value=1, required=False,
                              help_text=lazy("Only for funds and projects."))  # fmt: skip
    words = forms.CharField(label=lazy("What was given"), max_length=200)
    document = forms.CharField(label=lazy("Document"), max_length=100, required=False)
    on = forms.DateField(label=lazy("Given on"), widget=Day)

    def prepare(self) -> None:
        """The kinds, today, and the nodes of the own scope."""
        language = get_language() or ""
        choose(self, "kind", ((code, one.name.say(language)) for code, one in effect_rules().supports.items()))
        self.fields["on"].initial = self.today
        for name, states in (("unit", doors.units), ("organisation", doors.organisations)):
            field = self.fields[name]
            assert isinstance(field, NodeField)
            field.queryset = states(self.scope)

    def perform(self, now: Any) -> str:
        """Enter it."""
        said = self.cleaned_data
        given = acts.Given(said["kind"], said["yuan"], said["words"], said["document"], said["on"])
        acts.give_support(**self.given, now=now, unit=said["unit"].unit, organisation=said["organisation"], given=given)
        return _("The support is entered")


class StrikeSupport(PeopleForm):
    """Support (`about`) entered in error."""

    verb = lazy("Strike this support")
    note = lazy("It stays to be seen and counts for nothing.")

    def perform(self, now: Any) -> str:
        """Strike it."""
        acts.strike_support(**self.given, now=now, support=self.about)
        return _("It is struck")
