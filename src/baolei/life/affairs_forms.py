"""What is asked about decisions and affairs: as few things as make a record, each with the likeliest answer in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.life import affairs, set_tasks
from baolei.life.affairs import Taken
from baolei.life.affairs_models import LONGEST_DOCUMENT, LONGEST_LINE, LONGEST_TITLE
from baolei.life.forms import form_names
from baolei.life.models import Gathering
from baolei.organisations.forms import Day
from baolei.organisations.forms_of_people import PeopleForm
from baolei.programme.affairs import Step
from baolei.programme.life import MEMBERS
from baolei.programme.organisation.periods import periods
from baolei.warehouse.rulebook import affairs as affairs_rules

OFFERED, MOST_LINES, QUARTER = 24, 20, 3
"""So many meetings on record are offered, the latest; so many lines at a time."""


class Affair(PeopleForm):
    """A record of a branch: nobody is asked why."""

    why = None  # type: ignore[assignment]  # so Django takes a field of a base class off

    @property
    def given(self) -> dict[str, Any]:
        """Who."""
        return {"actor": self.actor}

    def chosen(self, name: str) -> Gathering | None:
        """The meeting on record that was chosen, None for none."""
        number = self.cleaned_data.get(name) or ""
        return Gathering.objects.get(pk=int(number)) if number else None


def offer(field: Any, organisation: int, kinds: Sequence[str], none: str = "", *, first: date | None = None) -> None:
    """Fill a choice with the meetings on record, the latest first; `none` says what it is to choose none."""
    found = affairs.meetings(organisation, kinds, first=first).prefetch_related("sessions")[:OFFERED]
    choices = [(str(one.pk), said(one, kinds)) for one in found]
    field.choices = [("", none), *choices] if none else choices


def said(one: Gathering, kinds: Sequence[str]) -> str:
    """A meeting as it is offered: its day, and what it was."""
    names = form_names(one.on)
    return " ".join([str(one.on), *(names[each.form] for each in one.sessions.all() if each.form in kinds)])


# ---- resolutions ----


class CarryOut(Affair):
    """A resolution was carried out."""

    verb = lazy("Carried out")
    note = lazy("If it was reported to a members' meeting already, choose which: then nothing more is to be done.")

    on = forms.DateField(label=lazy("Carried out on"), widget=Day)
    told = forms.ChoiceField(label=lazy("Reported to the members' meeting of"), required=False)

    def prepare(self) -> None:
        """Today; the members' meetings since."""
        self.fields["on"].initial = self.today
        offer(self.fields["told"], self.about.organisation_id, [MEMBERS], _("not reported yet"), first=self.about.on)

    def perform(self, now: datetime) -> str:
        """Note it."""
        day = self.cleaned_data["on"]
        affairs.carry_out(**self.given, now=now, resolution=self.about, on=day, told=self.chosen("told"))
        return _("Noted: carried out")


class ReportBack(Affair):
    """It was reported to the members' meeting."""

    verb = lazy("Reported to the meeting")
    note = lazy("The members hear what became of what they decided. With this the resolution is done.")

    told = forms.ChoiceField(label=lazy("Reported to the members' meeting of"))

    def prepare(self) -> None:
        """The members' meetings since it was carried out."""
        offer(self.fields["told"], self.about.organisation_id, [MEMBERS], first=self.about.done_on)
        if not self.fields["told"].choices:  # type: ignore[attr-defined]  # a choice
            self.fields["told"].help_text = _("No members' meeting is on record since: record it first.")

    def perform(self, now: datetime) -> str:
        """Note it."""
        told = self.chosen("told")
        assert told is not None, "the field is required"
        affairs.report_back(**self.given, now=now, resolution=self.about, told=told)
        return _("Noted: reported to the members' meeting")


class StrikeRecord(PeopleForm):
    """A record made in error."""

    verb = lazy("Strike the record")
    note = lazy("It stays to be seen and counts for nothing. Record what is right anew.")

    def perform(self, now: datetime) -> str:
        """Strike it."""
        affairs.strike(**self.given, now=now, what=self.about)
        return _("The record is struck")


OF_RESOLUTION: dict[str, type[PeopleForm]] = {"done": CarryOut, "report": ReportBack, "strike": StrikeRecord}
"""What is done with a resolution, by the word in its address."""


# ---- major matters ----


class OpenMatter(Affair):
    """A new matter: its title, and the meeting that proposed it. `about` is the state of the branch."""

    verb = lazy("Open a major matter")
    note = lazy("It goes by four discussions and two announcements, step by step. Name the matter, not people.")

    title = forms.CharField(label=lazy("What is to be decided"), max_length=LONGEST_TITLE)
    gathering = forms.ChoiceField(label=lazy("Proposed at the meeting of"))

    def prepare(self) -> None:
        """The meetings that can have proposed it."""
        self.first = affairs_rules().steps_in(self.about.field)[0]
        offer(self.fields["gathering"], self.about.organisation_id, self.first.meetings)
        if not self.fields["gathering"].choices:  # type: ignore[attr-defined]  # a choice
            self.fields["gathering"].help_text = _("No such meeting is on record: record it first.")

    def perform(self, now: datetime) -> str:
        """Open it."""
        made = affairs.open_matter(
            **self.given, now=now, organisation=self.about.organisation, title=self.cleaned_data["title"].strip(),
            first=Taken(self.first.code, gathering=self.chosen("gathering")),
        )  # fmt: skip
        return _("“%(title)s” is opened") % {"title": made.title}


class TakeStep(Affair):
    """The next step of a matter. `about` is the matter, `step` what is taken, in the field `field`."""

    verb = lazy("Note the step")

    gathering = forms.ChoiceField(
        label=lazy("It was the meeting of"), required=False,
        help_text=lazy("Choose the meeting if it is on record; else enter the day."),
    )  # fmt: skip
    on = forms.DateField(label=lazy("Day"), widget=Day, required=False)
    otherwise = forms.BooleanField(
        label=lazy("It was passed over, or taken otherwise than the rules ask"), required=False,
        help_text=lazy("Then the matter counts as decided, not as decided by every step. Enter the day all the same."),
    )  # fmt: skip

    def __init__(self, *args: Any, step: Step, **kwargs: Any) -> None:
        self.step = step
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        """The meetings on record that can be this step; today, where none is needed."""
        if self.step.meetings:
            none = _("none of these")
            offer(self.fields["gathering"], self.about.organisation_id, self.step.meetings, none, first=self.earliest())
        else:
            del self.fields["gathering"]
            self.fields["on"].initial = self.today

    def earliest(self) -> date | None:
        """The day of the step before."""
        found: date | None = self.about.steps.filter(step=self.step.after).values_list("on", flat=True).first()
        return found

    def perform(self, now: datetime) -> str:
        """Note it."""
        done = self.cleaned_data
        taken = Taken(self.step.code, done.get("on"), self.chosen("gathering"), not done["otherwise"])
        affairs.take_step(**self.given, now=now, matter=self.about, taken=taken)
        return _("The step is noted")


# ---- what is made public ----


class Announce(Affair):
    """Something was made public. `about` is the state of the branch; `listed` the matter of its own list, if any."""

    verb = lazy("Made public")
    note = lazy("What was put up or told to everybody, on which day, and where. No photograph is needed.")

    kind = forms.ChoiceField(label=lazy("What was made public"))
    on = forms.DateField(label=lazy("Day"), widget=Day)
    place = forms.ChoiceField(label=lazy("Where"))

    def __init__(self, *args: Any, listed: Any = None, **kwargs: Any) -> None:
        self.listed = listed
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        """What this branch makes public, today, on the board."""
        language, said = get_language() or "", affairs_rules()
        kinds = said.kinds_in(self.about.field, set(said.list_items.values()) if self.listed else ())
        self.choices("kind", [(one.code, one.named(self.about.field).say(language)) for one in kinds])
        self.choices("place", places())
        self.fields["on"].initial = self.today

    def choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Fill a choice."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def perform(self, now: datetime) -> str:
        """Note it."""
        done = self.cleaned_data
        affairs.announce(**self.given, now=now, organisation=self.about.organisation, kind=done["kind"], on=done["on"],
                         place=done["place"], listed=self.listed)  # fmt: skip
        return _("Noted: made public on %(day)s") % {"day": done["on"]}


def places() -> list[tuple[str, str]]:
    """Where something is made public."""
    language = get_language() or ""
    return [(code, name.say(language)) for code, name in affairs_rules().places.items()]


class SetList(Affair):
    """Matters for the own list of what is made public. `about` is the state of the branch."""

    verb = lazy("Put on the list")
    note = lazy("The members' meeting sets once a year which Party matters are made public, and by when.")

    EACH, ONCE = "quarter", "once"

    meeting = forms.ChoiceField(label=lazy("Set at the members' meeting of"))
    words = forms.CharField(label=lazy("Matters, one a line"), widget=forms.Textarea(attrs={"rows": 4}))
    often = forms.ChoiceField(
        label=lazy("How often"), choices=((EACH, lazy("every quarter until the year's end")), (ONCE, lazy("once")))
    )
    due = forms.DateField(label=lazy("If once: by which day"), widget=Day, required=False)

    def prepare(self) -> None:
        """The members' meetings on record."""
        offer(self.fields["meeting"], self.about.organisation_id, [MEMBERS])
        if not self.fields["meeting"].choices:  # type: ignore[attr-defined]  # a choice
            self.fields["meeting"].help_text = _("No members' meeting is on record: record it first.")

    def clean_words(self) -> list[str]:
        """The lines. Raises ValidationError for too many or too long ones."""
        lines = [line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip()]
        if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
            raise forms.ValidationError(
                _("At most %(lines)d lines of %(most)d characters.") % {"lines": MOST_LINES, "most": LONGEST_LINE}
            )
        return lines

    def perform(self, now: datetime) -> str:
        """Put them there."""
        meeting, done = self.chosen("meeting"), self.cleaned_data
        assert meeting is not None, "the field is required"
        due = [done["due"]] if done["due"] else []
        if done["often"] == self.EACH:
            due = [last for _first, last in periods(meeting.on.year, QUARTER) if last >= meeting.on]
        made = affairs.set_list(**self.given, now=now, meeting=meeting, words=done["words"], due=due)
        return ngettext("%(number)d line is on the list", "%(number)d lines are on the list", len(made)) % {
            "number": len(made)
        }


# ---- tasks set from above ----


class SetTaskForm(Affair):
    """A task, set once."""

    verb = lazy("Set the task")
    note = lazy("Once, to many: the branches report in one line, and nothing is asked twice.")

    words = forms.CharField(label=lazy("What is to be done"), max_length=LONGEST_LINE)
    document = forms.CharField(label=lazy("By which document"), max_length=LONGEST_DOCUMENT)
    due = forms.DateField(label=lazy("By which day"), widget=Day)

    def perform(self, now: datetime) -> str:
        """Set it to the branches of `about`."""
        done = self.cleaned_data
        made = set_tasks.set_task(**self.given, now=now, branches=self.about, words=done["words"],
                                  document=done["document"], due=done["due"])  # fmt: skip
        number = made.branches.count()
        return ngettext("The task is set to %(number)d branch", "The task is set to %(number)d branches", number) % {
            "number": number
        }


class ReportTask(Affair):
    """A task is done."""

    verb = lazy("Report it done")
    note = lazy("One line. Whoever set the task confirms it, or sends it back with a reason.")

    on = forms.DateField(label=lazy("Done on"), widget=Day)
    words = forms.CharField(
        label=lazy("What was done, in one line"), max_length=LONGEST_LINE,
        help_text=lazy("Numbers rather than names. No names of residents."),
    )  # fmt: skip

    def prepare(self) -> None:
        """Today."""
        self.fields["on"].initial = self.today

    def perform(self, now: datetime) -> str:
        """Report it."""
        done = self.cleaned_data
        set_tasks.report(**self.given, now=now, task=self.about, on=done["on"], words=done["words"])
        return _("The task is reported done")


class ConfirmTask(Affair):
    """A report is right."""

    verb = lazy("Confirm")
    note = lazy("With this the task is done.")

    def perform(self, now: datetime) -> str:
        """Confirm it."""
        set_tasks.confirm(**self.given, now=now, task=self.about)
        return _("The report is confirmed")


class SendBack(PeopleForm):
    """A report lacks something."""

    verb = lazy("Send back")
    note = lazy("The branch reads your reason and reports anew.")

    why = forms.CharField(label=lazy("What is lacking"), max_length=LONGEST_LINE)

    def perform(self, now: datetime) -> str:
        """Send it back."""
        set_tasks.send_back(**self.given, now=now, task=self.about)
        return _("The report is sent back")


class WithdrawTask(PeopleForm):
    """A task that is asked no more."""

    verb = lazy("Withdraw the task")
    note = lazy("From all its branches: it is asked of nobody any more and counts for nothing.")

    def perform(self, now: datetime) -> str:
        """Withdraw it."""
        set_tasks.withdraw(**self.given, now=now, task=self.about)
        return _("The task is withdrawn")


OF_BRANCH_TASK: dict[str, type[PeopleForm]] = {"report": ReportTask, "confirm": ConfirmTask, "send-back": SendBack}
"""What is done with a task of a branch, by the word in its address."""
