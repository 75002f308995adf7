"""What is asked at a step: an opinion with its reasons by item, a conclusion, who is named, why it is taken over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.declarations.form import form_of
from baolei.organisations.forms_of_people import PeopleForm
from baolei.people.models import Account
from baolei.programme.review import PASS
from baolei.reviews import actions, conflicts, doors
from baolei.reviews.models import CHOICES


class Opine(PeopleForm):
    """One's own opinion."""

    verb = lazy("Give my opinion")
    note = lazy(
        "Nobody reads it before all that are asked for are in, and it cannot be changed. To return or to reject, write "
        "at the item what is wrong there and what would be right."
    )

    verdict = forms.ChoiceField(label=lazy("Opinion"), choices=(("", lazy("choose")), *CHOICES))
    why: Any = None  # the reasons stand at the items; before it is open the ledger holds none

    def prepare(self) -> None:
        """A line for each item, with what stands there."""
        language = get_language() or ""
        for part in form_of(self.about.declaration).parts:
            for entry in part.entries:
                said = f"{entry.answer.num} / {entry.answer.den}" if entry.answer else "—"
                words = f" · {entry.answer.words}" if entry.answer and entry.answer.words else ""
                self.fields[f"item-{entry.item.code}"] = forms.CharField(
                    label=entry.item.name.say(language), max_length=actions.LONGEST_REASON, required=False,
                    help_text=escape(_("Declared %(said)s, earns %(earned)s of %(of)s%(words)s") % {
                        "said": said, "earned": entry.earned, "of": entry.of, "words": words}),
                )  # fmt: skip

    def perform(self, now: Any) -> str:
        """Give it."""
        reasons = {name.removeprefix("item-"): value for name, value in self.cleaned_data.items()
                   if name.startswith("item-")}  # fmt: skip
        actions.opine(actor=self.actor, now=now, step=self.about, verdict=self.cleaned_data["verdict"],
                      reasons=reasons)  # fmt: skip
        return _("Your opinion is given. It is opened together with the others.")


class Conclude(PeopleForm):
    """The conclusion of a step."""

    verb = lazy("Conclude the step")
    note = lazy(
        "What the opinions agree on is put in force: on to the next level, back to the branch with the reasons at the "
        "items, or turned down. Where all of them differ, you settle it with your reason."
    )

    verdict = forms.ChoiceField(label=lazy("Conclusion"), choices=(("", lazy("choose")), *CHOICES))

    def prepare(self) -> None:
        """What the opinions come to, first."""
        found = actions.outcome_of(self.about)
        if found.decided:
            self.fields["verdict"].initial = found.verdict

    def perform(self, now: Any) -> str:
        """Put it in force."""
        actions.conclude(**self.given, now=now, step=self.about, verdict=self.cleaned_data["verdict"])
        if self.cleaned_data["verdict"] == PASS:
            return _("The declaration has passed this step")
        return _("The conclusion is put in force")


class Assign(PeopleForm):
    """Somebody named for a step."""

    verb = lazy("Name a reviewer")
    note = lazy("Whoever has a conflict of interest with the branch is left out, and what was looked up is kept.")

    person = forms.ChoiceField(label=lazy("Reviewer"))
    instead_of = forms.ChoiceField(label=lazy("In place of"), required=False)

    def prepare(self) -> None:
        """Those of the body's reviewers who may; those named who have not given an opinion yet."""
        free = [one for one in doors.reviewers(self.about, self.today) if not self._tied(one)]
        named = self.about.assignments.exclude(person__in=self.about.opinions.filter(lapsed=False).values("person"))
        held = {one.person_id: one.person for one in named.select_related("person")}
        person, instead = self.fields["person"], self.fields["instead_of"]
        assert isinstance(person, forms.ChoiceField)
        assert isinstance(instead, forms.ChoiceField)
        taken = set(self.about.assignments.values_list("person", flat=True))
        person.choices = [(str(one.pk), one.name) for one in free if one.pk not in taken]
        instead.choices = [("", _("nobody")), *((str(pk), one.name) for pk, one in held.items())]

    def _tied(self, person: Account) -> bool:
        mine = self.about.declaration
        return conflicts.checked(person, [mine], self.today, [self.about.pk])[mine.pk].conflict is not None

    def perform(self, now: Any) -> str:
        """Name."""
        said = self.cleaned_data
        person = Account.objects.get(pk=said["person"])
        other = Account.objects.get(pk=said["instead_of"]) if said["instead_of"] else None
        actions.assign(**self.given, now=now, step=self.about, person=person, instead_of=other)
        return _("%(name)s is named") % {"name": person.name}


class Reassign(PeopleForm):
    """A step that was late, taken over."""

    verb = lazy("Take the step over")
    note = lazy("It was late and has been passed upward. It begins anew here; opinions that were given still count.")

    def perform(self, now: Any) -> str:
        """Take it over."""
        actions.reassign(**self.given, now=now, step=self.about)
        return _("The step begins anew")


class Look(PeopleForm):
    """A note that one has looked through."""

    verb = lazy("I have looked through it")
    note = lazy("Passing many at once asks that a drawn sample was opened: this notes that you have.")
    why: Any = None  # nothing is asked

    def perform(self, now: Any) -> str:
        """Note it."""
        actions.look(actor=self.actor, now=now, step=self.about)
        return _("Noted")


OF_STEP: dict[str, type[PeopleForm]] = {
    "opine": Opine, "conclude": Conclude, "assign": Assign, "reassign": Reassign, "look": Look
}  # fmt: skip
"""What is done at a step, by its name in the address."""
