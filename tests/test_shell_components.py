"""Numbers as they are printed, and the pieces of pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from baolei.front.templatetags import numbers
from baolei.programme.printed import MINUS


def drawn(text: str, address: str = "/", **values: Any) -> str:
    """The piece as the page shows it, in English."""
    with translation.override("en"):
        return Template(text).render(Context({"request": RequestFactory().get(address), **values}))


# ---- numbers ----


def test_counts_have_separators_and_the_unknown_has_a_dash() -> None:
    assert [numbers.count(value) for value in (15938, 0, -1200, None)] == ["15,938", "0", "−1,200", "—"]


def test_halves_are_rounded_up_as_on_paper() -> None:
    assert [numbers.points(value) for value in (86.415, 0.125, 2.675, -0.005, None)] == [
        "86.42", "0.13", "2.68", "−0.01", "—",
    ]  # fmt: skip
    assert numbers.points(Decimal("99.95"), 1) == "100.0"


def test_shares_and_changes() -> None:
    assert [numbers.share(value) for value in (0.411, 1, 0.00049, None)] == ["41.1%", "100.0%", "0.0%", "—"]
    assert [numbers.signed(value) for value in (1, -0.5, 0, None)] == ["+1.00", "−0.50", "+0.00", "—"]


@given(st.decimals(-(10**6), 10**6, places=4))
def test_a_printed_number_is_never_farther_than_half_a_unit(value: Decimal) -> None:
    printed = Decimal(numbers.points(value).replace(",", "").replace(MINUS, "-"))
    assert abs(printed - value) <= Decimal("0.005")


def test_days_in_tables_and_in_prose() -> None:
    first = date(2026, 11, 3)
    assert numbers.day(first) == "2026-11-03"
    with translation.override("zh-hans"):
        assert numbers.long_day(first) == "2026年11月3日"
    with translation.override("en"):
        assert numbers.long_day(first) == "3 November 2026"
    assert (numbers.day(None), numbers.long_day(None)) == ("—", "—")


# ---- pieces ----


def test_a_figure_shows_its_denominator_and_its_interval() -> None:
    shown = drawn('{% figure "Share" "41.1%" of="6 of 15" estimate=41.1 low=40.3 high=41.9 floor=30 ceiling=50 %}')
    assert "41.1%" in shown
    assert "6 of 15" in shown
    assert 'aria-label="41.1, between 40.3 and 41.9"' in shown
    assert 'class="bar-band" x="51.50" y="2" width="8.00"' in shown
    assert "svg" not in drawn('{% figure "Share" "41.1%" %}')


def test_a_bar_stays_inside_its_scale() -> None:
    shown = drawn("{% interval 120 -20 140 %}")
    assert 'x="0.00" y="2" width="100.00"' in shown
    assert 'class="bar-mark" x="99.00"' in shown


def test_a_badge_says_its_word_besides_its_colour() -> None:
    shown = drawn('{% tier_badge "visit" %}')
    assert "tier-visit" in shown
    assert "#half" in shown
    assert "visit first" in shown
    with pytest.raises(TemplateSyntaxError, match="write one of confirmed, visit"):
        drawn('{% tier_badge "green" %}')


CHART = {
    "id": "c", "kind": "bars", "title": "T", "says": "S", "data": {"categories": ["</script><b>"]},
    "table": {"columns": [{"label": "Name"}, {"label": "N", "number": True}], "rows": [["a", "1"]]},
}  # fmt: skip


def test_a_chart_carries_its_data_safely_and_its_table() -> None:
    shown = drawn("{% chart drawing %}", drawing=CHART)
    assert 'data-chart="bars" data-from="c-data"' in shown
    assert '<script id="c-data" type="application/json">' in shown
    assert "</script><b>" not in shown
    assert '<th scope="row">a</th><td class="number">1</td>' in shown


@pytest.mark.parametrize(
    ("change", "words"),
    [({"kind": "pie"}, "chart kind 'pie': write one of areas, bars"), ({"table": None, "says": ""}, "says, table is")],
)
def test_a_chart_that_lacks_something_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=words):
        drawn("{% chart drawing %}", drawing=CHART | change)


def test_a_table_whose_rows_do_not_fit_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        drawn("{% data_table table %}", table=CHART["table"] | {"rows": [["a"]]})  # type: ignore[operator]


@pytest.mark.parametrize(
    ("address", "order", "link"),
    [
        ("/", "descending", "?sort=n"),
        ("/?sort=n&page=3&q=x", "ascending", "?sort=-n&amp;q=x"),
        ("/?sort=-n", "descending", "?sort=n"),
        ("/?sort=other", "none", "?sort=-n"),
    ],
)
def test_a_head_turns_the_order_and_goes_back_to_the_first_page(address: str, order: str, link: str) -> None:
    shown = drawn('{% sort_header "n" "Number" number=True first=True %}', address)
    assert f'aria-sort="{order}"' in shown
    assert f'href="{link}"' in shown


def test_pages_keep_the_filter() -> None:
    pages = Paginator(range(12), 5)
    shown = drawn("{% pagination page %}", "/?q=x&page=2", page=pages.page(2))
    assert 'href="?q=x&amp;page=1"' in shown
    assert 'href="?q=x&amp;page=3"' in shown
    assert "6–10 of 12" in shown
    assert drawn("{% pagination page %}", page=Paginator([], 5).page(1)).strip() == ""


def test_exports_keep_the_filter() -> None:
    assert 'href="?q=x&amp;format=csv"' in drawn("{% export_links %}", "/?q=x")


def test_an_empty_place_says_who_fills_it_and_when() -> None:
    shown = drawn('{% empty_state "Nothing" "Soon" who="the office" when="May" link="/a" verb="Begin" %}')
    assert all(words in shown for words in ("Nothing", "Soon", "Who: the office", "By: May", 'href="/a">Begin'))


def test_what_people_type_is_shown_and_never_run() -> None:
    assert "&lt;script&gt;" in drawn('{% search_row "Find" %}', "/?q=<script>")
