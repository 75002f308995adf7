"""What is asked before something is done with a matter, a grid or a call-back: as few boxes as it takes."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from baolei.matters import actions, asking, calling, grids, handling, tables
from baolei.matters.actions import Said
from baolei.matters.grids import Laid
from baolei.matters.models import LONGEST_LINE, LONGEST_NOTE, LONGEST_WORDS, Call, Landmark, Matter
from baolei.organisations.directory import names_of
from baolei.organisations.forms import choose, lines
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import Group, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.warehouse.rulebook import matters as matter_rules

long = partial(lines, most=LONGEST_NOTE)
"""A field of several lines."""


class Report(forms.Form):
    """A matter as somebody without a log-in reports it: what kind, what about, where; a contact if they like."""

    kind = forms.ChoiceField(label=lazy("What is it?"))
    words = long(pgettext_lazy("matter", "What is it about?"), most=LONGEST_WORDS, help_text=lazy(
        "A line or two. No names, no identity or telephone numbers."
    ))  # fmt: skip
    landmark = forms.ChoiceField(label=lazy("Where?"), required=False)
    name = forms.CharField(label=lazy("Your name"), max_length=LONGEST_LINE, required=False, help_text=lazy(
        "You need not give it. It is sealed, and removed ninety days after the matter is closed."
    ))  # fmt: skip
    contact = forms.CharField(label=lazy("How you can be reached"), max_length=LONGEST_LINE, required=False,
                              help_text=lazy("For questions and for a sampled call-back. Sealed as well."))  # fmt: skip

    def __init__(self, *args: Any, landmarks: list[Landmark], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "kind", tables.kinds())
        choose(self, "landmark", {"": _("in the grid, no particular place"), **{str(one.pk): one.name
                                                                                 for one in landmarks}})  # fmt: skip

    @property
    def said(self) -> Said:
        """What was reported."""
        told = self.cleaned_data
        landmark = int(told["landmark"]) if told["landmark"] else None
        return Said(told["kind"], told["words"], landmark, told["name"], told["contact"])


class Follow(forms.Form):
    """The receipt, and what its holder wishes to do."""

    code = forms.CharField(
        label=pgettext_lazy("matter", "Code of your receipt"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    act = forms.CharField(max_length=10, required=False, widget=forms.HiddenInput)
    words = forms.CharField(max_length=LONGEST_NOTE, required=False, widget=forms.HiddenInput)
    satisfaction = forms.IntegerField(min_value=asking.LEAST, max_value=asking.MOST, required=False)


class OnMatter(PeopleForm):
    """An act upon a matter. Nothing is asked for the ledger: what is written there could name somebody."""

    why = None  # type: ignore[assignment]  # it takes no reason

    @property
    def upon(self) -> dict[str, Any]:
        """Who acts upon what."""
        return {"actor": self.actor, "matter": self.about}


class Noted(OnMatter):
    """An act that says why, or what was done."""

    words = long(lazy("Reason"), help_text=lazy("Write “the asker”, never a name or a number."))


class Take(OnMatter):
    """The matter is in somebody's hands."""

    verb, note = lazy("Take in hand"), lazy("From now on it is in your hands, and the time to handle it runs.")

    def perform(self, now: Any) -> str:
        """Take it."""
        handling.take(**self.upon, now=now)
        return _("The matter is in your hands")


class Escalate(Noted):
    """It goes to the level above."""

    verb, note = lazy("Pass upward"), lazy("The level above takes it over; its own time to do so begins.")

    def perform(self, now: Any) -> str:
        """Pass it on."""
        handling.escalate(**self.upon, now=now, note=self.cleaned_data["words"])
        return _("The matter was passed upward")


class SendBack(Noted):
    """It goes to the level below."""

    verb, note = lazy("Send back down"), lazy("The level below takes it over again; say what it can do there.")

    def perform(self, now: Any) -> str:
        """Send it back."""
        handling.send_back(**self.upon, now=now, note=self.cleaned_data["words"])
        return _("The matter was sent back")


class Pause(Noted):
    """Both clocks stand."""

    verb, note = lazy("Pause"), lazy("Both clocks stand, and everybody sees that they do and why.")
    waits = forms.ChoiceField(label=lazy("What is waited for"))

    def prepare(self) -> None:
        """The reasons there are."""
        choose(self, "waits", tables.reasons(matter_rules().paused))

    def perform(self, now: Any) -> str:
        """Pause it."""
        said = self.cleaned_data
        handling.pause(**self.upon, now=now, waits=said["waits"], note=said["words"])
        return _("The matter is paused")


class Resume(OnMatter):
    """Both clocks go on."""

    verb, note = lazy("Go on"), lazy("Both clocks go on with the working days they had left.")

    def perform(self, now: Any) -> str:
        """Go on."""
        handling.resume(**self.upon, now=now)
        return _("The matter goes on")


class Fix(Noted):
    """It is done, says who handled it."""

    verb, note = (
        pgettext_lazy("matter", "Done"),
        lazy("The asker has the last word: they confirm it with their receipt."),
    )
    words = long(lazy("What was done"), help_text=lazy("The asker reads this. No names, no numbers."))

    def perform(self, now: Any) -> str:
        """Say so."""
        handling.fix(**self.upon, now=now, note=self.cleaned_data["words"])
        return _("The asker can confirm it now")


class LeaveUnfixed(Noted):
    """It is closed though it is not fixed."""

    verb = lazy("Close, not fixed")
    note = lazy("Counted apart from what was fixed. The asker reads the reason and may open it again.")
    reason = forms.ChoiceField(label=lazy("Why it is not fixed"))
    words = long(lazy("Explained to the asker"), help_text=lazy("Write “the asker”, never a name or a number."))

    def prepare(self) -> None:
        """The reasons there are."""
        choose(self, "reason", tables.reasons(matter_rules().unfixed))

    def perform(self, now: Any) -> str:
        """Close it."""
        said = self.cleaned_data
        handling.leave_unfixed(**self.upon, now=now, why=said["reason"], note=said["words"])
        return _("The matter is closed, not fixed")


class Merge(OnMatter):
    """It is the same as another."""

    verb = lazy("Merge")
    note = lazy("Its contact is removed at once; its receipt shows how the other one stands from now on.")
    into = forms.ChoiceField(label=lazy("Into which matter"))

    def prepare(self) -> None:
        """Open ones that may be the same, the most alike first."""
        found = actions.alike(self.about)
        choose(self, "into", {str(one.pk): f"{one.pk} · {one.words[:40]}" for one, _percent in found})

    def perform(self, now: Any) -> str:
        """Merge it."""
        other = Matter.objects.get(pk=self.cleaned_data["into"])
        handling.merge(**self.upon, now=now, into=other)
        return _("The matter was merged")


class Split(OnMatter):
    """A part of it goes its own way."""

    verb, note = lazy("Split"), lazy("The part is a matter of its own, with no asker; this one stays as it is.")
    kind = forms.ChoiceField(label=lazy("Kind"))
    words = long(lazy("What the part is about"), help_text=lazy("No names, no numbers."))

    def prepare(self) -> None:
        """The kinds there are."""
        choose(self, "kind", tables.kinds())

    def perform(self, now: Any) -> str:
        """Split it off."""
        said = self.cleaned_data
        handling.split(**self.upon, now=now, words=said["words"], kind=said["kind"])
        return _("The part was split off")


OF_MATTER: dict[str, type[OnMatter]] = {
    "take": Take, "fix": Fix, "resume": Resume, "escalate": Escalate, "send_back": SendBack, "pause": Pause,
    "split": Split, "merge": Merge, "leave_unfixed": LeaveUnfixed,
}  # fmt: skip
"""What may be done upon a matter, by its name in the address."""


class CallBack(OnMatter):
    """What the asker said when called."""

    verb = lazy("Enter the call-back")
    note = lazy("You ask whether it is fixed. Nothing else is noted.")
    outcome = forms.ChoiceField(label=lazy("What the asker said"), choices=Call.OUTCOMES)

    def perform(self, now: Any) -> str:
        """Enter it."""
        calling.call(actor=self.actor, now=now, call=self.about, outcome=self.cleaned_data["outcome"])
        return _("The call-back is on record")


# ---- grids ----


class LayGrid(OnMatter):
    """A grid of a village or community, with the branch or the Party group at work in it."""

    verb, note = lazy("Enter a grid"), lazy("A number that is there already changes that grid.")
    code = forms.CharField(label=lazy("Number of the grid"), max_length=40)
    name = forms.CharField(label=lazy("Name of the grid"), max_length=LONGEST_LINE)
    party = forms.ChoiceField(label=lazy("Branch or Party group"), required=False)

    def prepare(self) -> None:
        """The branches and Party groups of the unit."""
        mine = OrganisationState.objects.on(self.today).filter(unit=self.about.unit_id).exclude(field="")
        groups = Group.objects.on(self.today).filter(organisation__in=mine.values("organisation"))
        called = names_of(mine.values_list("organisation", flat=True))
        offered = {f"o{pk}": name for pk, name in called.items()}
        offered |= {f"g{one.pk}": f"{called.get(one.organisation_id, '')} {one.name}" for one in groups}
        choose(self, "party", {"": _("none yet"), **offered})

    def perform(self, now: Any) -> str:
        """Enter it."""
        said = self.cleaned_data
        tree, number = said["party"][:1], said["party"][1:]
        laid = Laid(said["code"], said["name"], int(number) if tree == "o" else None,
                    int(number) if tree == "g" else None)  # fmt: skip
        grids.lay(actor=self.actor, now=now, unit=self.about, laid=laid)
        return _("The grid is on record")


class ListLandmark(OnMatter):
    """A public place that reports may name."""

    verb, note = lazy("List a landmark"), lazy("A gate, a well, a stop: a public place, never a home.")
    name = forms.CharField(label=lazy("Name of the place"), max_length=LONGEST_LINE)

    def perform(self, now: Any) -> str:
        """List it."""
        grids.list_landmark(actor=self.actor, now=now, unit=self.about, name=self.cleaned_data["name"])
        return _("The landmark is on the list")


class DropLandmark(OnMatter):
    """A place leaves the list."""

    verb, note = lazy("Take a landmark off the list"), lazy("Reports that name it keep it.")
    landmark = forms.ChoiceField(label=lazy("Landmark"))

    def prepare(self) -> None:
        """Those on the list."""
        choose(self, "landmark", {str(one.pk): one.name for one in actions.landmarks(self.about.unit_id)})

    def perform(self, now: Any) -> str:
        """Take it off."""
        one = Landmark.objects.get(pk=self.cleaned_data["landmark"])
        grids.drop_landmark(actor=self.actor, now=now, landmark=one)
        return _("The landmark is off the list")


class PutToWork(OnMatter):
    """Somebody works in the grid from today."""

    verb = lazy("Put a worker to it")
    note = lazy("Somebody who is on record keeps the own number, in however many grids.")
    number = forms.CharField(label=lazy("Number in the own register"), max_length=40,
                             help_text=lazy("Not an identity number."))  # fmt: skip
    name = forms.CharField(label=lazy("Name"), max_length=LONGEST_LINE)
    full_time = forms.ChoiceField(label=lazy("Time"), choices=(("1", lazy("full-time")), ("", lazy("part-time"))),
                                  required=False)  # fmt: skip
    username = forms.CharField(label=lazy("User name of the own account, if there is one"), max_length=150,
                               required=False)  # fmt: skip

    def perform(self, now: Any) -> str:
        """Put them to work."""
        said = self.cleaned_data
        account = Account.objects.filter(username=said["username"]).first() if said["username"] else None
        if said["username"] and account is None:
            raise NotPossible(_("no account has this user name"))
        held = grids.put_to_work(actor=self.actor, now=now, grid=self.about, number=said["number"], name=said["name"],
                                 full_time=bool(said["full_time"]))  # fmt: skip
        if account is not None:
            grids.link_account(actor=self.actor, now=now, worker=held.worker, account=account)
        return _("The worker is on record")


class Release(OnMatter):
    """Somebody works there no more."""

    verb, note = lazy("Release a worker"), lazy("From today. That they worked here stays on record.")
    holding = forms.ChoiceField(label=lazy("Worker"))

    def prepare(self) -> None:
        """Those at work there."""
        held = self.about.holdings.filter(until=None).select_related("worker").order_by("worker__name", "pk")
        choose(self, "holding", {str(one.pk): one.worker.name for one in held})

    def perform(self, now: Any) -> str:
        """Release them."""
        one = self.about.holdings.get(pk=self.cleaned_data["holding"])
        grids.release(actor=self.actor, now=now, holding=one)
        return _("The worker holds this grid no more")


class RenewCode(OnMatter):
    """A new code for the wall."""

    verb = lazy("Give a new code")
    note = lazy("The old code leads nowhere from this moment: print a new sheet and take the old one off the wall.")

    def perform(self, now: Any) -> str:
        """Renew it."""
        grids.renew_code(actor=self.actor, now=now, grid=self.about)
        return _("The grid has a new code: print its sheet")


class EndGrid(OnMatter):
    """The grid is no more."""

    verb = lazy("End the grid")
    note = lazy("Its code leads nowhere and its workers hold it no more. Its matters go on.")

    def perform(self, now: Any) -> str:
        """End it."""
        grids.end_grid(actor=self.actor, now=now, grid=self.about)
        return _("The grid has ended")


OF_UNIT: dict[str, type[OnMatter]] = {"lay": LayGrid, "landmark": ListLandmark, "drop-landmark": DropLandmark}
OF_GRID: dict[str, type[OnMatter]] = {
    "worker": PutToWork, "release": Release, "code": RenewCode, "end": EndGrid
}  # fmt: skip
"""What may be done with the grids of a unit, and with one grid."""
