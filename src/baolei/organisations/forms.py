"""What is asked before something is done: a form for each act, which does it when it is filled rightly.

Every form knows what it is about (`about`), what its user may change (`scope`) and the day; `perform` does the act.
A refusal of the rules becomes an error of the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.organisations import actions, doors, heads, hubs, members
from baolei.organisations.acts import Act
from baolei.organisations.doors import Scope
from baolei.organisations.models import (
    Group,
    HubHousehold,
    Member,
    Membership,
    OrganisationState,
)
from baolei.programme.organisation.rules import SetupRules
from baolei.warehouse.rulebook import fields as field_names

UNTIL_FURTHER = lazy("Empty: until further notice.")
NAMED = 8
"""So many that could be meant are named."""


def lines(label: Any, most: int, *, rows: int = 3, **kwargs: Any) -> forms.CharField:
    """A field of several lines, of so many characters at most."""
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


def choose(form: forms.BaseForm, name: str, choices: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> None:
    """Let one of these be chosen in a field."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices.items() if isinstance(choices, Mapping) else choices)


class Day(forms.DateInput):
    """A day, entered by the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class NodeField(forms.CharField):
    """An organisation or unit, by its code or its name; while one types, the browser offers what could be meant.

    `offers` is "units" or "organisations". A line offered begins with the code.
    """

    def __init__(self, offers: str, **kwargs: Any) -> None:
        self.offers = offers
        super().__init__(max_length=250, **kwargs)
        self.queryset: Any = None

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """What ties the field to its list of offers."""
        return {
            **super().widget_attrs(widget), "list": f"offered-{self.offers}", "autocomplete": "off",
            "hx-get": reverse_lazy("offered", args=[self.offers]), "hx-target": f"#offered-{self.offers}",
            "hx-trigger": "input changed delay:250ms",
        }  # fmt: skip

    def clean(self, value: Any) -> Any:
        """The state that is meant, None for nothing. Raises ValidationError, naming those that could be meant."""
        words = str(super().clean(value) or "").strip()
        if not words:
            return None
        code = words.split()[0]
        for found in (
            self.queryset.filter(code=code),
            self.queryset.filter(name=words),
            self.queryset.filter(name__contains=words),
        ):
            close = list(found.order_by("code")[: NAMED + 1])
            if len(close) == 1:
                return close[0]
            if close:
                named = "; ".join(f"{one.code} {one.name}" for one in close[:NAMED])
                raise forms.ValidationError(
                    _("Several are meant by “%(words)s”: enter the code of one. %(named)s")
                    % {"words": words, "named": named}
                )
        raise forms.ValidationError(
            _("Nothing is called “%(words)s” here: enter the code, or the whole name") % {"words": words}
        )


class OfMember(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in its stubs only
    """A member, a group, a hub household: whatever has a member's name."""

    def label_from_instance(self, row: Any) -> str:
        """The name."""
        return str(row.member if isinstance(row, Membership) else row)


class ActForm(forms.Form):
    """From which day on, and why; what else an act asks stands in its own class.

    `verb` is what the button says, `note` what will happen; `from_above`: nobody does it to the own organisation.
    """

    verb: ClassVar[Any] = ""
    note: ClassVar[Any] = ""
    from_above: ClassVar[bool] = True
    do_not_call_in_templates: ClassVar[bool] = True  # pages list the forms themselves

    on = forms.DateField(label=lazy("From which day on"), widget=Day, required=True)
    why = forms.CharField(label=lazy("Why"), max_length=200, help_text=lazy("One sentence for the ledger."))

    def __init__(self, *args: Any, about: Any, scope: Scope, rules: SetupRules, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about, self.scope, self.rules, self.today = about, scope, rules, today
        self.fields["on"].initial = today
        self.order_fields([*(name for name in self.fields if name not in ("on", "why")), "on", "why"])
        self.prepare()

    def prepare(self) -> None:
        """Fill the choices that depend on what the form is about."""

    def clean_on(self) -> date:
        """No act is entered before its day."""
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError(_("It is entered on the day itself, or later: today is %s") % self.today)
        return on

    def perform(self, act: Act) -> str:
        """Do it; what the user is told. Raises Refusal."""
        raise NotImplementedError

    @property
    def said(self) -> dict[str, Any]:
        """The cleaned values without day and reason."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("on", "why")}

    def choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Let one of these be chosen in a field."""
        choose(self, name, choices)

    def among(self, name: str, rows: Any) -> None:
        """Let one of these rows be meant in a field."""
        field = self.fields[name]
        assert isinstance(field, NodeField | OfMember)
        field.queryset = rows


def document_field() -> forms.CharField:
    return forms.CharField(
        label=lazy("Number of the approval"),
        max_length=100,
        help_text=lazy("As on the document, such as 组通字〔2026〕8号."),
    )


def name_field(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=100)


def belonging(state: OrganisationState, today: date) -> Any:
    """Who belongs to an organisation today."""
    found = Membership.objects.on(today).filter(organisation=state.organisation_id)
    return found.select_related("member").order_by("pk")


# ---- organisations ----


class Establish(ActForm):
    """A new organisation under this one."""

    verb, note = lazy("Establish an organisation under it"), lazy("A new organisation is affiliated with this one.")
    from_above = False

    name = name_field(lazy("Full name"))
    code = forms.CharField(label=lazy("Code"), max_length=30)
    kind = forms.ChoiceField(label=lazy("Kind"))
    field = forms.ChoiceField(label=lazy("Field"), required=False)
    unit = NodeField("units", label=lazy("Unit served"), help_text=lazy("Code or name."))
    document = document_field()

    def prepare(self) -> None:
        """The kinds that may stand under this one, the fields, the units of the scope."""
        language = get_language() or ""
        kinds = [kind for kind in self.rules.kinds.values() if self.about.kind in kind.under]
        self.choose("kind", [(kind.code, kind.name.say(language)) for kind in kinds])
        named = [(code, name.say(language)) for code, name in field_names().items()]
        self.choose("field", [("", _("not a branch")), *named])
        self.among("unit", doors.units(self.scope))

    def perform(self, act: Act) -> str:
        """Establish it."""
        said = self.said
        made = actions.establish(act=act, above=self.about.organisation, **{**said, "unit": said["unit"].unit})
        return _("%(name)s is established") % {"name": made.name}


class Rename(ActForm):
    """Another name."""

    verb, note = lazy("Rename"), lazy("The name it has had stays with the days before.")

    name = name_field(lazy("New name"))

    def perform(self, act: Act) -> str:
        """Rename it."""
        made = actions.rename(act=act, organisation=self.about.organisation, name=self.said["name"])
        return _("It is called %(name)s now") % {"name": made.name}


class PutUnder(ActForm):
    """Another organisation above it."""

    verb = lazy("Put under another")
    note = lazy("It goes with all below it and with the mandates there; who answers for it changes at once.")

    above = NodeField("organisations", label=lazy("New organisation above"), help_text=lazy("Code or name."))

    def prepare(self) -> None:
        """The organisations of the scope."""
        self.among("above", doors.organisations(self.scope))

    def perform(self, act: Act) -> str:
        """Put it there."""
        top = self.said["above"]
        actions.put_under(act=act, organisation=self.about.organisation, above=top.organisation)
        return _("It stands under %(name)s now") % {"name": top.name}


class Merge(ActForm):
    """An end, and another organisation that goes on."""

    verb = lazy("Merge into another")
    note = lazy("It ends the day before; its members belong to the other from that day on, its posts end.")

    into = NodeField("organisations", label=lazy("The organisation that goes on"), help_text=lazy("Code or name."))

    def prepare(self) -> None:
        """The organisations of the scope."""
        self.among("into", doors.organisations(self.scope))

    def perform(self, act: Act) -> str:
        """Merge it."""
        into = self.said["into"]
        actions.merge(act=act, organisations=[self.about.organisation], into=into.organisation)
        return _("%(name)s was merged into %(into)s") % {"name": self.about.name, "into": into.name}


class Dissolve(ActForm):
    """An end."""

    verb = lazy("Dissolve")
    note = lazy("It ends the day before. Nobody may belong to it and nothing stand below it any more.")

    document = document_field()

    def perform(self, act: Act) -> str:
        """Dissolve it."""
        actions.dissolve(act=act, organisation=self.about.organisation, document=self.said["document"])
        return _("%(name)s is dissolved") % {"name": self.about.name}


class Exempt(ActForm):
    """The approval of an exception."""

    verb = lazy("File an approved exception")
    note = lazy("The finding closes as approved while the document holds; nothing else closes it but its cure.")

    flag = forms.ChoiceField(label=lazy("Exception from"))
    document = document_field()
    until = forms.DateField(
        label=lazy("Approved until"), widget=Day, required=False, help_text=lazy("Empty: until further notice.")
    )

    def prepare(self) -> None:
        """The findings that an approval can excuse."""
        language = get_language() or ""
        soft = [flag for flag in self.rules.flags.values() if not flag.hard]
        self.choose("flag", [(flag.code, flag.name.say(language)) for flag in soft])

    def perform(self, act: Act) -> str:
        """File it."""
        actions.exempt(act=act, organisation=self.about.organisation, **self.said)
        return _("The exception is on file")


class FormGroup(ActForm):
    """A Party group."""

    verb, note = lazy("Form a Party group"), lazy("A group of the branch with its own leader, for a grid or a hamlet.")
    from_above = False

    name = name_field(lazy("Name of the group"))
    leader = OfMember(Membership.objects.none(), label=lazy("Leader"))
    place = forms.CharField(label=lazy("Grid or natural village"), max_length=100, required=False)

    def prepare(self) -> None:
        """Those who belong to the branch."""
        self.among("leader", belonging(self.about, self.today))

    def perform(self, act: Act) -> str:
        """Form it."""
        said = self.said
        hubs.form_group(act=act, organisation=self.about.organisation, **{**said, "leader": said["leader"].member})
        return _("%(name)s is formed") % {"name": said["name"]}


class NameHub(ActForm):
    """A hub household."""

    verb = lazy("Name a hub household")
    note = lazy("A member's home where members and neighbours of a grid meet. Counts only, no list of people.")
    from_above = False

    host = OfMember(Membership.objects.none(), label=lazy("Host"))
    grid = name_field(lazy("Grid"))
    members = forms.IntegerField(label=lazy("Members who meet there"), min_value=1, max_value=999)
    households = forms.IntegerField(label=lazy("Households served"), min_value=0, max_value=9999)

    def prepare(self) -> None:
        """Those who belong to the branch."""
        self.among("host", belonging(self.about, self.today))

    def perform(self, act: Act) -> str:
        """Name it."""
        said = self.said
        hubs.name_hub(act=act, organisation=self.about.organisation, **{**said, "host": said["host"].member})
        return _("The hub household of %(grid)s is on record") % {"grid": said["grid"]}


class EndGroup(ActForm):
    """A Party group that ends."""

    verb, note = lazy("End a Party group"), lazy("It ends the day before and stays on record.")
    from_above = False

    group = OfMember(Group.objects.none(), label=lazy("Party group"))

    def prepare(self) -> None:
        """The groups of the branch."""
        self.among("group", Group.objects.open().filter(organisation=self.about.organisation_id))

    def perform(self, act: Act) -> str:
        """End it."""
        hubs.end_group(act=act, group=self.said["group"])
        return _("%(name)s has ended") % {"name": self.said["group"]}


class EndHub(ActForm):
    """A hub household that ends."""

    verb, note = lazy("End a hub household"), lazy("It ends the day before and stays on record.")
    from_above = False

    hub = OfMember(HubHousehold.objects.none(), label=lazy("Hub household"))

    def prepare(self) -> None:
        """The hubs of the branch."""
        self.among("hub", HubHousehold.objects.open().filter(organisation=self.about.organisation_id))

    def perform(self, act: Act) -> str:
        """End it."""
        hubs.end_hub(act=act, hub=self.said["hub"])
        return _("%(name)s has ended") % {"name": self.said["hub"]}


class Admit(ActForm):
    """A new probationary member."""

    verb = lazy("Admit a member")
    note = lazy("As the members' meeting decided and the committee above approved; probationary from that day on.")
    from_above = False

    name = name_field(lazy("Name"))

    def perform(self, act: Act) -> str:
        """Admit the member."""
        made = members.admit(act=act, organisation=self.about.organisation, name=self.said["name"])
        return _("%(name)s is on the list of members") % {"name": made.member}


class NoteHead(ActForm):
    """Who heads the villagers' or residents' committee."""

    verb = lazy("Note who heads the villagers' committee")
    note = lazy("Where the secretary heads it as well, one person holds both posts; a vacancy is counted apart.")
    from_above = False

    who = forms.ChoiceField(label=lazy("Head of the villagers' or residents' committee"))

    def prepare(self) -> None:
        """The members, somebody else, nobody."""
        listed = [(str(one.member_id), one.member.name) for one in belonging(self.about, self.today)]
        self.choose("who", [*listed, ("other", _("somebody else")), ("vacant", _("nobody: the post is vacant"))])

    def perform(self, act: Act) -> str:
        """Note it."""
        who = self.said["who"]
        holder = Member.objects.get(pk=who) if who.isdecimal() else None
        heads.note_head(act=act, organisation=self.about.organisation, holder=holder, vacant=who == "vacant")
        return _("It is noted")


OF_ORGANISATION: dict[str, type[ActForm]] = {
    "establish": Establish, "admit": Admit, "form-group": FormGroup, "end-group": EndGroup, "name-hub": NameHub,
    "end-hub": EndHub, "note-head": NoteHead, "exempt": Exempt, "rename": Rename, "put-under": PutUnder,
    "merge": Merge, "dissolve": Dissolve,
}  # fmt: skip
