"""The tables of forms and burden, as rows of a page and as files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.burden import existing, register
from baolei.burden.models import Complaint, RegisteredForm
from baolei.burden.report import Below, By, Line, Month, Report
from baolei.programme.asked import Burden
from baolei.programme.organisation.periods import months_later
from baolei.warehouse.rulebook import forms as form_rules
from baolei.warehouse.spreadsheets import Column, Grid

WHICH = ("in_force", "proposed", "prune", "over")
"""Parts of the register: in force, to be decided, to be pruned, over."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """A registered form as a row: itself, its owner, whom it asks and how often, its boxes, where it stands; `prune`
    says why it stands on that list.
    """

    form: RegisteredForm
    owner: str
    whom: str
    often: str
    boxes: int
    standing: str
    prune: str


@dataclass(frozen=True, slots=True)
class HouseRow:
    """A form of the house as a row."""

    code: str
    name: str
    basis: str
    often: str
    boxes: Sequence[str]
    minutes: int
    until: date
    some: bool


def part(found: Any, which: str, today: date) -> Any:
    """A part of registered forms, with the number of their boxes, the latest first."""
    agreed, rules = Q(state=RegisteredForm.AGREED), form_rules()
    unused = months_later(today, -rules.number("unused_months"))
    soon = today + timedelta(days=rules.number("soon_days"))
    parts = {
        "in_force": agreed & Q(ends__gte=today),
        "proposed": Q(state=RegisteredForm.PROPOSED),
        "prune": agreed & Q(ends__gte=today) & (Q(ends__lte=soon) | Q(of_use__lte=unused)),
        "over": Q(state__in=[RegisteredForm.REFUSED, RegisteredForm.WITHDRAWN]) | (agreed & Q(ends__lt=today)),
    }
    told = found.annotate(of_use=Coalesce("used_on", "begins"), number=Count("boxes"))
    return told.filter(parts[which]).order_by("path", "-pk")


def form_rows(forms: Sequence[Any], today: date) -> list[FormRow]:
    """Registered forms as rows, in the order given; each has the `number` of its boxes."""
    owners = register.owners_of(forms)
    return [
        FormRow(one, owners[one.unit_id][0], register.whom(one.fields, one.kinds, today),
                register.often_name(one.often), one.number, standing(one, today), _prune(one, today))
        for one in forms
    ]  # fmt: skip


def standing(one: RegisteredForm, today: date) -> str:
    """Where a form stands, in a word."""
    code = one.standing(today)
    return _("expired") if code == RegisteredForm.EXPIRED else str(dict(RegisteredForm.STATES)[code])


def _prune(one: RegisteredForm, today: date) -> str:
    """Why a form is to be looked at again, '' for no reason."""
    rules = form_rules()
    if one.standing(today) != RegisteredForm.AGREED:
        return ""
    if one.ends <= today + timedelta(days=rules.number("soon_days")):
        return _("expires soon")
    since = one.used_on or one.begins
    if since <= months_later(today, -rules.number("unused_months")):
        return _("nobody has said what it is used for since %(day)s") % {"day": since}
    return ""


def house_rows() -> list[HouseRow]:
    """The forms of the house as rows."""
    language = get_language() or ""
    return [
        HouseRow(one.code, one.name.say(language), one.basis.say(language), one.often.name.say(language),
                 [box.say(language) for box in one.boxes], one.minutes, one.until, one.some)
        for one in form_rules().forms.values()
    ]  # fmt: skip


def box_rows(told: Iterable[tuple[str, Sequence[dict[str, Any]], bool]]) -> list[dict[str, Any]]:
    """Boxes with what each is like: (what it asks, what was found, whether it is on record)."""
    return [
        {"asks": asks, "duplicate": duplicate,
         "found": [{**one, "words": existing.where(one)[0], "url": existing.where(one)[1]} for one in found]}
        for asks, found, duplicate in told
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A complaint as a row: itself, what the form is called and its page; `own` where the reader's branch said it."""

    one: Complaint
    name: str
    url: str
    own: bool
    late: bool


def complaint_rows(found: Iterable[Complaint], own: Iterable[int], today: date) -> list[Said]:
    """Complaints as rows; `own` are the organisations that the reader speaks for."""
    mine = set(own)
    return [Said(one, *form_named(one), one.organisation_id in mine, one.late(today)) for one in found]


def form_named(one: Complaint) -> tuple[str, str]:
    """What the form of a complaint is called, and its page."""
    if one.form is not None:
        return one.form.title, reverse("asked_form", args=[one.form_id])
    form = form_rules().forms.get(one.house)
    name = form.name.say(get_language() or "") if form else one.house
    return name, reverse("house_form", args=[one.house]) if form else ""


# ---- files ----


def form_grid(rows: Iterable[FormRow]) -> Grid:
    """Registered forms as a file."""
    columns = (
        Column(_("Form")), Column(_("Owner")), Column(_("Legal basis")), Column(_("Asked of")), Column(_("How often")),
        Column(_("Boxes"), "whole"), Column(pgettext("time", "Minutes"), "whole"), Column(_("From"), "day"),
        Column(_("Expires"), "day"), Column(pgettext("process", "Standing")), Column(_("Look at it again")),
    )  # fmt: skip
    return Grid(_("Registered forms"), columns, (
        (row.form.title, row.owner, row.form.basis, row.whom, row.often, row.boxes, row.form.minutes, row.form.begins,
         row.form.ends, row.standing, row.prune)
        for row in rows
    ))  # fmt: skip


def house_grid(rows: Iterable[HouseRow]) -> Grid:
    """The forms of the house as a file."""
    columns = (Column(_("Form")), Column(_("Legal basis")), Column(_("How often")), Column(_("What it asks")),
               Column(_("Boxes"), "whole"), Column(pgettext("time", "Minutes"), "whole"),
               Column(_("Expires"), "day"))  # fmt: skip
    return Grid(_("The house's own forms"), columns, (
        (row.name, row.basis, row.often, "、".join(row.boxes), len(row.boxes), row.minutes, row.until) for row in rows
    ))  # fmt: skip


def box_grid(rows: Iterable[dict[str, Any]]) -> Grid:
    """Boxes as a file."""
    columns = (Column(_("What it asks")), Column(_("On record")), Column(_("Likeness in %"), "whole"))
    return Grid(_("What it asks"), columns, (
        (row["asks"], row["found"][0]["name"] if row["found"] else "",
         row["found"][0]["percent"] if row["found"] else None)
        for row in rows
    ))  # fmt: skip


def line_grid(lines: Iterable[tuple[Month, Line]]) -> Grid:
    """What forms asked, month by month, as a file."""
    columns = (Column(_("Month")), Column(_("Form")), Column(_("Owner")), Column(_("Branches asked"), "whole"),
               Column(_("Requests"), "whole"), Column(_("Boxes"), "whole"),
               Column(pgettext("time", "Minutes"), "whole"), Column(_("From what it is known")))  # fmt: skip
    return Grid(_("By form"), columns, (
        (month_name(month), line.listed.name, line.listed.owner, line.branches, line.burden.requests, line.burden.boxes,
         line.burden.minutes, known_from(line.counted))
        for month, line in lines
    ))  # fmt: skip


def unit_grid(units: Iterable[Below]) -> Grid:
    """What was asked by unit, as a file."""
    columns = (Column(_("Unit")), Column(_("Party branches"), "whole"), Column(_("Requests"), "whole"),
               Column(_("Boxes"), "whole"), Column(_("Hours"), "whole"),
               Column(_("Duplicates refused"), "whole"))  # fmt: skip
    return Grid(_("By unit"), columns, (
        (one.state.name, one.branches, one.burden.requests, one.burden.boxes, one.burden.hours, one.duplicates)
        for one in units
    ))  # fmt: skip


def by_grid(found: Iterable[By]) -> Grid:
    """Who asked, as a file: hours in three months."""
    heads = (_("This month"), _("The month before"), _("The same month a year ago"))
    columns = (Column(_("Who asks")), *(Column(f"{head} ({_('hours')})", "whole") for head in heads))
    return Grid(_("By level that asks"), columns, (
        (register.level_name(one.level), one.now.hours, one.before.hours, one.year_ago.hours) for one in found
    ))  # fmt: skip


def month_grid(months: Iterable[tuple[Month, Burden]]) -> Grid:
    """Months as a file."""
    columns = (Column(_("Month")), Column(_("Requests"), "whole"), Column(_("Boxes"), "whole"),
               Column(_("Hours"), "whole"))  # fmt: skip
    return Grid(_("By month"), columns, (
        (month_name(month), one.requests, one.boxes, one.hours) for month, one in months
    ))  # fmt: skip


def complaint_grid(rows: Iterable[Said]) -> Grid:
    """Complaints as a file: never who said it."""
    columns = (
        Column(_("Day"), "day"), Column(_("Form")), Column(_("What is wrong")),
        Column(pgettext("complaint", "In words")), Column(_("To be answered by"), "day"),
        Column(pgettext("objection", "Answer")), Column(_("Answered on"), "day"),
    )  # fmt: skip
    return Grid(_("What branches say"), columns, (
        (row.one.on, row.name, str(row.one.get_kind_display()), row.one.words, row.one.due, row.one.answer,
         row.one.answered_on)
        for row in rows
    ))  # fmt: skip


def known_from(counted: bool) -> str:
    """Whether a number was counted or is an estimate."""
    return _("counted from records") if counted else _("estimated by the register")


def month_name(month: Month) -> str:
    """A month as in tables."""
    return f"{month[0]}-{month[1]:02}"


def drawing(found: Report) -> dict[str, Any]:
    """The hours of twelve months beside those of the twelve before them."""
    ago, now = found.months[:12], found.months[12:]
    pairs = list(zip(ago, now, strict=True))
    columns = [{"label": _("Month")}, {"label": _("Hours"), "number": True},
               {"label": _("A year earlier"), "number": True}]  # fmt: skip
    return {
        "id": "burden-months", "kind": "lines", "title": _("Hours asked of all branches together"),
        "says": _("%(month)s: %(now)s hours; a year earlier %(before)s.") % {
            "month": month_name(now[-1][0]), "now": f"{now[-1][1].hours:,}", "before": f"{ago[-1][1].hours:,}"},
        "data": {"categories": [month_name(month) for month, _one in now], "unit": "",
                 "series": [{"name": _("these twelve months"), "values": [one.hours for _month, one in now]},
                            {"name": _("a year earlier"), "values": [one.hours for _month, one in ago],
                             "tone": "unconfirmed"}]},
        "table": {"columns": columns, "rows": [
            (month_name(month), f"{one.hours:,}", f"{before.hours:,}") for (_m, before), (month, one) in pairs]},
        "note": _("Branches as they stand today, so that months compared tell what was asked."), "size": "s",
    }  # fmt: skip
