"""What is asked about a centre: what it is and offers, when it is open, how it stands, whether it was found open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.centres import actions
from baolei.centres.actions import Entered
from baolei.centres.models import LONGEST_ADDRESS, LONGEST_NAME, Centre
from baolei.organisations.forms import Day
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import HubHousehold, OrganisationState, UnitState
from baolei.programme.centres import FOLLOWS, STATES
from baolei.warehouse.rulebook import centres as centre_rules

WEEKDAYS = (("1", lazy("Monday")), ("2", lazy("Tuesday")), ("3", lazy("Wednesday")), ("4", lazy("Thursday")),
            ("5", lazy("Friday")), ("6", lazy("Saturday")), ("7", lazy("Sunday")))  # fmt: skip


class Clock(forms.TimeInput):
    """An hour, entered by the browser's own clock."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class CentreForm(forms.Form):
    """A centre: what it is called, what it offers, when it is open, where it lies."""

    name = forms.CharField(label=lazy("Name"), max_length=LONGEST_NAME)
    kind = forms.ChoiceField(label=lazy("Kind"), choices=Centre.KINDS)
    services = forms.MultipleChoiceField(label=lazy("What it offers"), widget=forms.CheckboxSelectMultiple)
    address = forms.CharField(
        label=lazy("Address"), max_length=LONGEST_ADDRESS, required=False,
        help_text=lazy("Of a public building. Never somebody's home."),
    )  # fmt: skip
    days = forms.MultipleChoiceField(
        label=lazy("Open on"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple, required=False
    )
    opens = forms.TimeField(label=lazy("Opens at"), widget=Clock, required=False)
    closes = forms.TimeField(label=lazy("Closes at"), widget=Clock, required=False)
    lon = forms.FloatField(
        label=lazy("Longitude"), required=False,
        help_text=lazy("In degrees, such as 111.65. Empty: it counts as where its village is."),
    )  # fmt: skip
    lat = forms.FloatField(label=lazy("Latitude"), required=False, help_text=lazy("In degrees, such as 40.82."))
    hub = forms.ChoiceField(label=lazy("It is a hub household"), required=False)
    since = forms.DateField(label=lazy("Open since"), widget=Day)

    def __init__(self, *args: Any, unit: UnitState, centre: Centre | None = None, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or ""
        self.fields["services"].choices = [  # type: ignore[attr-defined]
            (code, one.name.say(language)) for code, one in centre_rules().services.items()
        ]
        hubs = _hubs(unit, today)
        self.fields["hub"].choices = [("", _("no")), *hubs]  # type: ignore[attr-defined]
        if not hubs:
            del self.fields["hub"]
        if centre is None:
            self.fields["since"].initial = today
        else:
            del self.fields["since"]
            self.fields["why"] = forms.CharField(
                label=_("Why"), max_length=200, help_text=_("One sentence for the ledger.")
            )
            self.initial = {**_stands(centre), **self.initial}

    def said(self) -> Entered:
        """The centre that was entered."""
        told = self.cleaned_data
        return Entered(
            told["kind"], told["name"], told["services"], told["address"], "".join(sorted(told["days"])),
            told["opens"], told["closes"], told["lon"], told["lat"], int(told["hub"]) if told.get("hub") else None,
        )  # fmt: skip


def _hubs(unit: UnitState, today: Any) -> list[tuple[str, str]]:
    """The hub households of a unit, by their grid: whose home it is is nobody's business here."""
    here = OrganisationState.objects.on(today).filter(unit=unit.unit_id).values("organisation")
    found = HubHousehold.objects.on(today).filter(organisation__in=here).order_by("grid", "pk")
    return [(str(one.pk), one.grid) for one in found]


def _stands(centre: Centre) -> dict[str, Any]:
    names = ("name", "kind", "address", "opens", "closes", "lon", "lat")
    return {**{name: getattr(centre, name) for name in names}, "days": list(centre.days),
            "hub": str(centre.hub_id or ""),
            "services": list(centre.offers.values_list("service", flat=True))}  # fmt: skip


class SetStanding(PeopleForm):
    """How a centre stands from a day on."""

    verb = lazy("Change how it stands")
    note = lazy("From the day on it counts as it then stands. What was before stays on record.")

    state = forms.ChoiceField(label=lazy("From then on"))
    since = forms.DateField(label=lazy("From"), widget=Day)

    def prepare(self) -> None:
        """Offer what may follow."""
        now, language = self.about.standings.get(until=None).state, get_language() or ""
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            (code, STATES[code].say(language)) for code in FOLLOWS[now]
        ]
        self.fields["since"].initial = self.today

    def perform(self, now: datetime) -> str:
        """Set it."""
        told = self.cleaned_data
        actions.set_standing(**self.given, now=now, centre=self.about, state=told["state"], since=told["since"])
        return _("It is on record how the centre stands")


class LookIn(PeopleForm):
    """What somebody from above found."""

    verb = lazy("Note a look at it")
    note = lazy("Whether it was open as announced, without notice given before. One look a day counts.")

    day = forms.DateField(label=lazy("Day"), widget=Day)
    found = forms.ChoiceField(
        label=lazy("It was"), choices=(("open", lazy("open as announced")), ("shut", lazy("not open"))),
        widget=forms.RadioSelect,
    )  # fmt: skip

    def prepare(self) -> None:
        """Nothing is given away by why: the look itself is the reason."""
        del self.fields["why"]
        self.fields["day"].initial = self.today

    def perform(self, now: datetime) -> str:
        """Note it."""
        told = self.cleaned_data
        actions.look_in(actor=self.actor, now=now, centre=self.about, day=told["day"],
                        found_open=told["found"] == "open")  # fmt: skip
        return _("The look is on record")


class PlaceAt(PeopleForm):
    """At which named place of the map a village lies."""

    verb = lazy("Say where it lies")
    note = lazy("The middle of the village, as the nearest named place of the map. No home is located.")

    place = forms.ChoiceField(label=lazy("Named place of the map"))

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any) -> None:
        self.offered = offered
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        """Offer the places near by."""
        del self.fields["why"]
        self.fields["place"].choices = self.offered  # type: ignore[attr-defined]

    def perform(self, now: datetime) -> str:
        """Place it."""
        actions.place_at(actor=self.actor, now=now, unit=self.about, number=int(self.cleaned_data["place"]))
        return _("It is on record where it lies; reckon the circle anew")
