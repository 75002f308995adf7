"""The pieces pages are made of. Built in: no page needs to load them. Looks and sounds: see /styleguide/.

A piece takes plain values, mappings or objects with these attributes, so that every room can use it without importing
anything from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import QueryDict
from django.template.context import Context, RequestContext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from baolei.front.templatetags.numbers import Number, points

register = template.Library()

CHART_KINDS = frozenset(
    {"bars", "histogram", "lines", "slope", "intervals", "funnel", "boxes", "heat", "tiles", "river", "areas"}
)

# kind of a form's input: the class that draws it; text for all others
_LOOKS = {"select": "form-select", "checkbox": "form-check-input", "radio": "form-check-input"}

# key of the standing: (label, symbol in icons.svg)
_STANDINGS = {
    "confirmed": (_("confirmed"), "full"),
    "visit": (_("visit first"), "half"),
    "unconfirmed": (_("not confirmed"), "hollow"),
    "few": (_("too few"), "dots"),
    "act": (_("act today"), "alarm"),
}


@register.simple_tag
def colon() -> str:
    """What stands between a label and what it says: full-width in Chinese."""
    return pgettext("after a label", ": ")


@register.inclusion_tag("components/icon.html")
def icon(name: str) -> dict[str, Any]:
    """A drawing from icons.svg beside words that say the same; screen readers pass over it."""
    return {"name": name}


@register.inclusion_tag("components/figure.html")
def figure(
    label: str,
    value: str,
    *,
    of: str = "",
    note: str = "",
    link: str = "",
    estimate: Number | None = None,
    low: Number | None = None,
    high: Number | None = None,
    floor: Number = 0,
    ceiling: Number = 100,
) -> dict[str, Any]:
    """The number that matters, its denominator beneath (`of`), and its uncertainty as a thin bar when it is known.

    `value` is printed as given; `estimate`, `low`, `high` are placed on a scale from `floor` to `ceiling`.
    """
    bar = None if estimate is None or low is None or high is None else _bar((estimate, low, high), (floor, ceiling))
    return {"label": label, "value": value, "of": of, "note": note, "link": link, "bar": bar}


@register.inclusion_tag("components/interval.html")
def interval(
    estimate: Number, low: Number, high: Number, *, floor: Number = 0, ceiling: Number = 100, places: int = 1
) -> dict[str, Any]:
    """An estimate and its interval as a thin bar on a scale from `floor` to `ceiling`, with the numbers in words."""
    return {"bar": _bar((estimate, low, high), (floor, ceiling), places)}


@register.inclusion_tag("components/tier_badge.html")
def tier_badge(standing: str, label: str = "") -> dict[str, Any]:
    """How sure a result is: confirmed, visit, unconfirmed, few, or act. Colour, drawing and word say the same."""
    if standing not in _STANDINGS:
        raise template.TemplateSyntaxError(f"tier_badge {standing!r}: write one of {', '.join(_STANDINGS)}")
    words, symbol = _STANDINGS[standing]
    return {"standing": standing, "label": label or words, "symbol": symbol}


@register.inclusion_tag("components/chart.html")
def chart(drawing: Any) -> dict[str, Any]:
    """A chart, the sentence it says, and beside it always the table of its numbers.

    `drawing` has: `id` (unique on the page), `kind` (one of CHART_KINDS), `title`, `says` (what one sees, in a
    sentence), `data` (what charts.js draws for this kind), `table` (see `data_table`), and if wanted `note` (source,
    date, scope) and `size` (s, m or l).
    """
    wanted = ("id", "kind", "title", "says", "data", "table")
    held = {key: _part(drawing, key) for key in (*wanted, "note", "size")}
    if missing := [key for key in wanted if not held[key]]:
        raise template.TemplateSyntaxError(f"chart {held['id'] or '?'}: {', '.join(missing)} is missing or empty")
    if held["kind"] not in CHART_KINDS:
        raise template.TemplateSyntaxError(
            f"chart kind {held['kind']!r}: write one of {', '.join(sorted(CHART_KINDS))}"
        )
    return {**held, "size": held["size"] or "m", "data_id": f"{held['id']}-data"}


@register.inclusion_tag("components/data_table.html")
def data_table(table: Any) -> dict[str, Any]:
    """A plain table of printed values.

    `table` has `columns` (each with `label` and, for numbers, `number`: true) and `rows` (sequences of values as they
    are to be printed), and if wanted `caption`.
    """
    columns: Sequence[Any] = _part(table, "columns") or ()
    numeric = [bool(_part(column, "number")) for column in columns]
    rows = [list(zip(row, numeric, strict=True)) for row in _part(table, "rows") or ()]
    return {"columns": columns, "rows": rows, "caption": _part(table, "caption")}


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(trail: Sequence[Any]) -> dict[str, Any]:
    """The way down the tree to here: steps with `label` and `url`; the last one is where we are."""
    return {"above": trail[:-1], "here": trail[-1] if trail else None}


@register.inclusion_tag("components/help_in_place.html")
def help_in_place(*lines: str) -> dict[str, Any]:
    """How to read a page, folded away under its title: one line for each thing one must know."""
    return {"lines": lines}


@register.inclusion_tag("components/empty_state.html")
def empty_state(
    title: str, text: str, *, who: str = "", when: str = "", link: str = "", verb: str = ""
) -> dict[str, Any]:
    """What will stand here, who fills it and by when; with `link` and `verb`, the button that begins."""
    return {"title": title, "text": text, "who": who, "when": when, "link": link, "verb": verb}


@register.inclusion_tag("components/export_links.html", takes_context=True)
def export_links(
    context: RequestContext, *formats: str, table: str | None = None, whole: bool = False
) -> dict[str, Any]:
    """Links to this page as a file, keeping filter and order: `?format=csv`. Without `formats`: csv and xlsx.

    `table` names the one meant where a page has several: `?format=csv&table=units`; `whole` says that all are meant.
    """
    links = [(name.upper(), _here(context, format=name, table=table)) for name in formats or ("xlsx", "csv")]
    return {"links": links, "whole": whole}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: RequestContext, page: Page[Any]) -> dict[str, Any]:
    """Steps through the pages of a list, keeping filter and order; nothing when there is one page only."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    steps = [
        (number, _here(context, page=number) if isinstance(number, int) else "", number == page.number)
        for number in numbers
    ]
    return {
        "page": page,
        "steps": steps,
        "previous": _here(context, page=page.number - 1) if page.has_previous() else "",
        "next": _here(context, page=page.number + 1) if page.has_next() else "",
    }


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(
    context: RequestContext, key: str, label: str, *, number: bool = False, first: bool = False
) -> dict[str, Any]:
    """A column head that orders the list by `key`: `?sort=key`, pressed again `?sort=-key`.

    Numbers begin with the largest. `first` says that the list is in this order when nothing is asked.
    """
    asked = context["request"].GET.get("sort", "")
    opening = f"-{key}" if number else key
    standing = asked or (opening if first else "")
    order = {key: "ascending", f"-{key}": "descending"}.get(standing, "none")
    turned = {"ascending": f"-{key}", "descending": key}.get(order, opening)
    return {"label": label, "number": number, "order": order, "url": _here(context, sort=turned, page=None)}


@register.inclusion_tag("components/search_row.html", takes_context=True)
def search_row(context: RequestContext, label: str, *, action: str = "", name: str = "q") -> dict[str, Any]:
    """One search field and its button; `/` on the keyboard jumps into it."""
    return {"label": label, "action": action, "name": name, "asked": context["request"].GET.get(name, "")}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, autocomplete: str = "") -> dict[str, Any]:
    """A form field with its label, hint and errors, tied together for screen readers."""
    look = _LOOKS.get(getattr(bound.field.widget, "input_type", ""), "form-control")
    attributes: dict[str, Any] = {"class": f"{look} is-invalid" if bound.errors else look}
    if autocomplete:
        attributes["autocomplete"] = autocomplete
    tick = look == "form-check-input" and not bound.use_fieldset
    return {"bound": bound, "widget": bound.as_widget(attrs=attributes), "tick": tick}


@register.inclusion_tag("components/form_faults.html", takes_context=True)
def form_faults(context: RequestContext, form: BaseForm) -> dict[str, Any]:
    """All that is wrong with a form, listed above it, each line leading to its field; takes the focus once sent."""
    just_sent = context["request"].method == "POST"
    return {"form": form, "bound_faults": [bound for bound in form if bound.errors], "just_sent": just_sent}


@register.filter
def headed(cells: Iterable[Any], heads: Iterable[Any]) -> list[tuple[Any, Any]]:
    """The cells of a row, each after the head of its column: on a phone, where a row is a card, it stands beside it."""
    return list(zip(heads, cells, strict=True))


def _part(thing: Any, key: str) -> Any:
    return thing.get(key) if isinstance(thing, Mapping) else getattr(thing, key, None)


def _here(context: Context, **changes: Any) -> str:
    """This address with some parameters changed; None takes one away."""
    query: QueryDict = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = value
    return "?" + query.urlencode()


def _bar(values: tuple[Number, Number, Number], scale: tuple[Number, Number], places: int = 1) -> dict[str, Any]:
    """Where estimate, low and high stand on a scale, in hundredths of its width.

    As SVG attributes: the policy of our pages allows no styles in the page.
    """
    start, end = map(float, scale)
    mark, left, right = (min(100.0, max(0.0, 100.0 * (float(value) - start) / (end - start))) for value in values)
    return {
        "left": f"{left:.2f}",
        "width": f"{max(0.6, right - left):.2f}",
        "mark": f"{min(99.0, max(0.0, mark - 0.5)):.2f}",
        "estimate": points(values[0], places),
        "low": points(values[1], places),
        "high": points(values[2], places),
    }
