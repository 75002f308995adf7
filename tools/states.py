"""Write docs/reference/states.md from the tables of states: `python tools/states.py`. A test compares the two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from baolei.programme import declaration, matters, notice, phases, rectification, review, titles, wishes
from baolei.programme.states import Table
from baolei.warehouse.rulebook import round_rules

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "states.md"

TABLES: tuple[tuple[str, str, Table], ...] = (
    ("A round", "rulebook/rounds.yaml", phases.table(round_rules())),
    ("A declaration", "rulebook/rounds.yaml", declaration.STATES),
    ("A step of a review", "rulebook/review.yaml", review.STATES),
    ("A name that is laid open", "rulebook/notice.yaml", notice.NOTICE),
    ("An objection", "rulebook/notice.yaml", notice.OBJECTION),
    ("A title", "rulebook/titles.yaml", titles.STATES),
    ("A case of rectification", "rulebook/rectification.yaml", rectification.STATES),
    ("A small wish", "rulebook/wishes.yaml", wishes.STATES),
    ("A branch paired with a community", "rulebook/wishes.yaml", wishes.PAIRING),
    ("A practical deed", "rulebook/wishes.yaml and the plan of the deed", wishes.DEEDS),
    ("A matter", "rulebook/matters.yaml", matters.STATES),
)
"""What is walked by a table, where its deadlines stand, and the table; in the order of the programme."""


def page() -> str:
    """The page as Markdown."""
    head = [
        "# Who may do what, and when",
        "",
        "Printed from the tables that the program walks by; a test holds this page to them. *Within* names the number",
        "of the rules, or the day of the calendar, by which a state is left; *of itself* is what the clock then does.",
    ]
    return "\n".join([*head, *(line for title, file, table in TABLES for line in _section(title, file, table))]) + "\n"


def _section(title: str, file: str, table: Table) -> Iterator[str]:
    yield from ("", f"## {title}", "", f"Deadlines: `{file}`.", "")
    yield from ("| state | Chinese | whose turn | within | of itself |", "|---|---|---|---|---|")
    for state in table.states:
        owner, late = (table.words[code].en if code else "" for code in (state.owner, state.late))
        within = f"`{state.within}`" if state.within else ""
        yield f"| {state.name.en} | {state.name.zh} | {owner or 'an end'} | {within} | {late} |"
    yield from ("", "```mermaid", table.diagram("en").rstrip("\n"), "```")
    if table.start == phases.PLANNED:
        yield from _needs(table)


def _needs(table: Table) -> Iterator[str]:
    yield from ("", "What must be before a phase begins; where a stated reason is enough, the ledger keeps it:", "")
    yield from ("| phase that begins | needs | Chinese | without it |", "|---|---|---|---|")
    for phase, needs in phases.NEEDS.items():
        for one in needs:
            without = "for a stated reason" if one.waived else "never"
            yield f"| {table.state(phase).name.en} | {one.words.en} | {one.words.zh} | {without} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
