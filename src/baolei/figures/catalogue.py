"""The catalogue of published figures, each with numerator, denominator, date and definition; nothing invented."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from baolei.scores.results import Results


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it is printed; `numerator` and `denominator` are kept with it."""

    name: str
    value: str
    numerator: int
    denominator: int | str
    date: str
    definition: str


def catalogue(results: Results) -> tuple[list[Figure], list[tuple[str, str]]]:
    """The figures these records can give, and those they cannot yet with where they will come from."""
    rows = results.branches
    row = results.sums[results.root, ""]
    date = str(results.manifest.get("round", {}).get("as_of", ""))
    n = row["branches"]

    def part(name: str, count: int, of: int, definition: str) -> Figure:
        return Figure(name, f"{100 * count / of:.1f}%" if of else "—", count, of, date, definition)

    def number(name: str, count: int, definition: str) -> Figure:
        return Figure(name, f"{count:,}", count, "—", date, definition)

    committees = [each for each in rows if each["full_members"] >= 7]
    known = [
        number(_("Branches"), n, _("Branches in the round's frozen list.")),
        number(_("Members"), sum(each["members"] for each in rows), _("Members of these branches, each counted once.")),
        part(
            _("Titled share"),
            row["named"],
            n,
            _("Branches in a tier that carries the title / all branches of the round; the article says 41.1 %."),
        ),
        part(
            _("Confirmed among the named"),
            row["confirmed"],
            row["named"],
            _("Named with a chance of at least 0.8 of truly standing over the line / named."),
        ),
        part(_("Branches visited"), row["visited"], n, _("Branches re-inspected at random or near the line / all.")),
        part(_("Evidence short"), row["short"], n, _("Branches with a source under its least evidence / all.")),
        part(
            _("Oversized branches"),
            sum(each["members"] > 50 and not each["exception"] for each in rows),
            n,
            _("More than 50 members and no approval on file / all."),
        ),
        part(
            _("Too few full members"),
            sum(0 < each["full_members"] < 3 for each in rows),
            n,
            _("One or two full members / all."),
        ),
        part(_("Empty shells"), sum(each["members"] == 0 for each in rows), n, _("No member at all / all.")),
        part(
            _("Committee missing"),
            sum(each["committee"] == 0 for each in committees),
            len(committees),
            _("No committee / branches with at least seven full members."),
        ),
        part(
            _("Secretary's post vacant"),
            sum(each["secretary_vacant_since"] is not None for each in rows),
            n,
            _("Branches without a secretary on the date / all."),
        ),
        part(
            _("Term overdue"),
            sum(str(each["term_end"]) < date for each in rows if each["term_end"]),
            n,
            _("Term ended before the date and no election / all."),
        ),
    ]
    missing = [
        (_("One person in both posts, age and education of committees"), _("comes with posts and terms")),
        (_("Secretaries and members trained"), _("comes with training classes")),
        (_("Weak organisations turned round"), _("comes with rectification cases")),
        (_("Grids, grid workers, matters solved"), _("comes with matters")),
        (_("In-service members registered, small wishes"), _("comes with double registration")),
        (_("Service centres and the 15-minute circle"), _("comes with centres")),
    ]
    return known, missing
