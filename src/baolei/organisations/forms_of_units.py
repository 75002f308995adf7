"""What is asked before something is done with an administrative unit: the yearly change of codes, one at a time."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.organisations import doors, units
from baolei.organisations.acts import Act
from baolei.organisations.forms import ActForm, NodeField, name_field
from baolei.organisations.models import UnitState

DIGITS = lazy("The statistical code, digits only.")


class RenameUnit(ActForm):
    """Another name of a unit."""

    verb, note = lazy("Rename"), lazy("The name it has had stays with the days before.")

    name = name_field(lazy("New name"))

    def perform(self, act: Act) -> str:
        """Rename it."""
        units.rename(unit=self.about.unit, name=self.said["name"], on=act.on, actor=act.actor, now=act.now, why=act.why)
        return _("It is called %(name)s now") % {"name": self.said["name"]}


class RecodeUnit(ActForm):
    """Another code of a unit."""

    verb, note = lazy("Give another code"), lazy("The code it has had stays with the days before.")

    code = forms.RegexField(r"\d{2,12}", label=lazy("New code"), help_text=DIGITS)

    def perform(self, act: Act) -> str:
        """Recode it."""
        units.recode(unit=self.about.unit, code=self.said["code"], on=act.on, actor=act.actor, now=act.now, why=act.why)
        return _("Its code is %(code)s now") % {"code": self.said["code"]}


class MoveUnit(ActForm):
    """Another unit above it."""

    verb = lazy("Put under another unit")
    note = lazy("It goes with all below it. Years before are still counted in the borders they had.")

    above = NodeField("units", label=lazy("New unit above"), help_text=lazy("Code or name."))

    def prepare(self) -> None:
        """The units of the scope one level higher."""
        self.among("above", doors.units(self.scope).filter(level=self.about.level - 1))

    def perform(self, act: Act) -> str:
        """Move it."""
        top: UnitState = self.said["above"]
        units.move(unit=self.about.unit, above=top.unit, on=act.on, actor=act.actor, now=act.now, why=act.why)
        return _("It stands under %(name)s now") % {"name": top.name}


class MergeUnit(ActForm):
    """The end of a unit, and the one that goes on."""

    verb = lazy("Merge into another unit")
    note = lazy("It ends the day before; the other goes on in its place, with all that stood below it.")

    into = NodeField("units", label=lazy("The unit that goes on"), help_text=lazy("Code or name."))

    def prepare(self) -> None:
        """The units of the scope on its level."""
        self.among("into", doors.units(self.scope).filter(level=self.about.level))

    def perform(self, act: Act) -> str:
        """Merge it."""
        into: UnitState = self.said["into"]
        units.merge(units=[self.about.unit], into=into.unit, on=act.on, actor=act.actor, now=act.now, why=act.why)
        return _("%(name)s was merged into %(into)s") % {"name": self.about.name, "into": into.name}


class DivideUnit(ActForm):
    """A new unit beside one that goes on smaller."""

    verb = lazy("Divide")
    note = lazy("A new unit stands beside it from that day on; what belongs to the new one is then put under it.")

    name = name_field(lazy("Name of the new unit"))
    code = forms.RegexField(r"\d{2,12}", label=lazy("Code of the new unit"), help_text=DIGITS)

    def perform(self, act: Act) -> str:
        """Divide it."""
        part = (self.said["code"], self.said["name"])
        units.divide(unit=self.about.unit, parts=[part], on=act.on, actor=act.actor, now=act.now, why=act.why)
        return _("%(name)s is established") % {"name": self.said["name"]}


OF_UNIT: dict[str, type[ActForm]] = {
    "rename": RenameUnit, "recode": RecodeUnit, "move": MoveUnit, "merge": MergeUnit, "divide": DivideUnit
}  # fmt: skip
