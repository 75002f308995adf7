"""What is asked where somebody is named to a panel, where a panel is closed, and where a panellist rates branches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.ballots import doors, panels
from baolei.ballots.counted import OUT
from baolei.ballots.models import Panel, Panellist, Rating
from baolei.organisations.directory import names_of
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import UnitState
from baolei.paths import at_or_below
from baolei.people.models import Account
from baolei.programme.piles import BLANK, UNKNOWN
from baolei.programme.standard.edition import Edition
from baolei.rounds.models import Round
from baolei.standards.at_hand import at_hand


@dataclass(frozen=True, slots=True)
class Home:
    """Where a panel is named: a round, the unit that names it, the panel where it is there already."""

    round: Round
    unit: UnitState
    panel: Panel | None


class Name(PeopleForm):
    """Somebody who rates branches."""

    verb = lazy("Name a panellist")
    note = lazy(
        "Three or more rate each branch, and each of them several branches, five or more where there are as many. "
        "Their ratings carry their names for those who run the round; tell them so."
    )

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
    stands_for = forms.CharField(
        label=lazy("Stands for"), max_length=60,
        help_text=lazy("Delegate, member of the consultative conference, enterprise, group."),
    )  # fmt: skip
    username = forms.CharField(
        label=lazy("User name"), required=False, max_length=150,
        help_text=lazy("Empty for whoever fills in the paper form, which you enter."),
    )  # fmt: skip
    branches = forms.MultipleChoiceField(label=lazy("Branches to be rated"), widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        """The branches of the round at the unit or below it."""
        self.found = {
            str(one.pk): one
            for one in doors.counted_by(self.scope).filter(
                at_or_below(self.about.unit.path), round=self.about.round
            ).exclude(state__in=OUT).order_by("path", "pk")
        }  # fmt: skip
        called = names_of(one.organisation_id for one in self.found.values())
        branches = self.fields["branches"]
        assert isinstance(branches, forms.MultipleChoiceField)
        branches.choices = [(pk, called[one.organisation_id]) for pk, one in self.found.items()]

    def clean_username(self) -> Account | None:
        """The account meant."""
        words = self.cleaned_data["username"].strip()
        account = Account.objects.filter(username=words, is_active=True).first() if words else None
        if words and account is None:
            raise forms.ValidationError(_("nobody logs in as “%(name)s”: enter the user name") % {"name": words})
        return account

    def perform(self, now: datetime) -> str:
        """Name him or her."""
        said = self.cleaned_data
        made = panels.name_panellist(
            **self.given, now=now, round=self.about.round, unit=self.about.unit, name=said["name"],
            stands_for=said["stands_for"], account=said["username"],
            branches=[self.found[pk] for pk in said["branches"]],
        )  # fmt: skip
        return _("%(name)s is named to the panel") % {"name": made}


class Close(PeopleForm):
    """A panel that takes nothing any more."""

    verb = lazy("Close the panel")
    note = lazy("What was handed in counts from then on; ratings that were not handed in never do. This stays.")

    def perform(self, now: datetime) -> str:
        """Close it."""
        panels.close(**self.given, now=now, panel=self.about.panel)
        return _("The panel is closed; its ratings are counted with the ballots")


OF_PANEL: dict[str, type[PeopleForm]] = {"name": Name, "close": Close}
"""What is done with a panel, by its name in the address."""


class Rate(forms.Form):
    """The questions of society about each branch of a panellist: a grade, "don't know", or nothing yet."""

    def __init__(self, *args: Any, panellist: Panellist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        edition = at_hand(panellist.panel.round.edition)
        self.ratings = list(panellist.ratings.select_related("declaration").exclude(declaration__state__in=OUT)
                            .order_by("declaration__path", "pk"))  # fmt: skip
        self.called = names_of(one.declaration.organisation_id for one in self.ratings)
        self.questions = _questions(edition, panels.asked_source(panellist.panel.round).code)
        signs = [(BLANK, "—"), *grades(edition), (UNKNOWN, _("don't know"))]
        for one in self.ratings:
            for place, words in enumerate(self.questions):
                self.fields[_field(one, place)] = forms.ChoiceField(
                    label=words, choices=signs, required=False, initial=(one.answers or BLANK * 40)[place]
                )

    @property
    def branches(self) -> Iterator[tuple[int, str, list[forms.BoundField]]]:
        """Each branch: its declaration (pk), its name, its questions."""
        for one in self.ratings:
            fields = [self[_field(one, place)] for place in range(len(self.questions))]
            yield one.declaration_id, self.called[one.declaration.organisation_id], fields

    @property
    def said(self) -> dict[int, str]:
        """By declaration (pk) a line of answers."""
        return {
            one.declaration_id: "".join(
                self.cleaned_data[_field(one, place)] or BLANK for place in range(len(self.questions))
            )
            for one in self.ratings
        }


def grades(edition: Edition) -> list[tuple[str, str]]:
    """The signs of the grades and what they say."""
    language = get_language() or ""
    return [(str(place), one.name.say(language)) for place, one in enumerate(edition.grades, 1)]


def _questions(edition: Edition, source: str) -> Sequence[str]:
    language = get_language() or ""
    return [one.text.say(language) for one in edition.questions[source]]


def _field(rating: Rating, place: int) -> str:
    return f"b{rating.declaration_id}-{place}"
