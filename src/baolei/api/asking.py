"""What can be asked of each list. A filter that a list does not know is refused: it would give more than was meant."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from ninja import Field, Schema
from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from baolei.api.problems import not_valid

MOST = 500
_SHAPE = re.compile(r"\d{4}-\d\d-\d\d")


def _as_day(text: Any) -> date:
    """A day written as 2026-11-24, and no other way."""
    try:
        if isinstance(text, str) and _SHAPE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise PydanticCustomError("date_shape", "no day")


Number = Annotated[int, Field(ge=0, le=2**63 - 1)]
Day = Annotated[date, BeforeValidator(_as_day), WithJsonSchema({"type": "string", "format": "date"})]


def may(words: str, **more: Any) -> Any:
    """A filter that may be left away."""
    return Field(more.pop("default", None), description=words, **more)


class Paged(Schema):
    """Which page of a list, and how long it is."""

    limit: int = may(noop("So many rows at most."), default=100, ge=1, le=MOST)
    cursor: str = may(noop("Where to go on; comes with “next”."), default="", max_length=500)


class AsOf(Paged):
    """As of a day."""

    day: Day | None = may(noop("As it stood on that day; today without it."))


class OneDay(Schema):
    """One thing as of a day."""

    day: Day | None = may(noop("As it stood on that day; today without it."))


class OfUnits(AsOf):
    """Units."""

    code: str | None = may(noop("The unit of this code."), max_length=30)
    below: str | None = may(noop("At or below the unit of this code."), max_length=30)
    level: int | None = may(noop("1 region to 5 village."), ge=1, le=5)
    changed_since: Day | None = may(noop("Changed on that day or later."))


class OfOrganisations(AsOf):
    """Party organisations."""

    code: str | None = may(noop("The organisation of this code."), max_length=30)
    q: str | None = may(noop("Part of the name, its initials in pinyin, or the beginning of the code."), max_length=100)
    below: str | None = may(noop("Serving a unit at or below the one of this code."), max_length=30)
    kind: str | None = may(noop("Of this kind."), max_length=30)
    field: str | None = may(noop("Branches of this field."), max_length=40)
    changed_since: Day | None = may(noop("Changed on that day or later."))


class OfMembers(AsOf):
    """Members."""

    kind: Literal["full", "probationary"] | None = may(noop("Full or probationary members."))


class OfPosts(AsOf):
    """Posts."""

    organisation: Number | None = may(noop("Of the organisation of this number."))
    below: str | None = may(noop("In organisations serving a unit at or below the one of this code."), max_length=30)
    kind: str | None = may(noop("Of this kind."), max_length=12)


class OfTerms(AsOf):
    """Terms of office."""

    organisation: Number | None = may(noop("Of the organisation of this number."))
    ends_from: Day | None = may(noop("Ending on that day or later."))
    ends_to: Day | None = may(noop("Ending on that day or earlier."))


class OfFindings(AsOf):
    """Findings."""

    state: Literal["open", "closed", "all"] = may(noop("Open on the day, closed by then, or both."), default="open")
    below: str | None = may(noop("In organisations serving a unit at or below the one of this code."), max_length=30)
    organisation: Number | None = may(noop("Of the organisation of this number."))
    flag: str | None = may(noop("Of this kind."), max_length=40)
    late: bool | None = may(noop("Past their day (true) or not (false)."))


class OfTransfers(Paged):
    """Transfers."""

    state: Literal["requested", "sent", "received", "closed", "ended"] | None = may(noop("At this point of the way."))
    member: Number | None = may(noop("Of the member of this number."))


class OfElections(Paged):
    """Elections."""

    organisation: Number | None = may(noop("Of the organisation of this number."))


class OfEntries(Paged):
    """Entries of the ledger."""

    act: str | None = may(noop("Of this act."), max_length=60)
    after: Number | None = may(noop("With a higher number: what came since the last look."))


def known(request: HttpRequest, ask: Schema) -> None:
    """Refuse what a list cannot be asked. Raises Problem naming each."""
    fields = type(ask).model_fields
    strange = [name for name in request.GET if name not in fields]
    if strange:
        right = _("there is no such filter: use %(known)s") % {"known": ", ".join(fields)}
        raise not_valid([(name, right) for name in strange])


def repeated(ask: Schema, **more: Any) -> dict[str, str]:
    """The filters as the address of the next page repeats them."""
    said = {**ask.model_dump(exclude_none=True, exclude={"cursor", "limit"}), **more}
    return {name: _plain(value) for name, value in said.items()}


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
