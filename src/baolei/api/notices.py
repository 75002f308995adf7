"""Lists laid open, to everybody, without a token: the names, how to object, what became of it. Nobody is put on record.

An objection has no key against being sent twice: the answer that would be kept holds the receipt, and nobody keeps that
but whoever raised it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as noop
from ninja import Query, Router, Schema

from baolei.api import shapes
from baolei.api.asking import Paged, known, may, repeated
from baolei.api.doing import body_of, faults, plain
from baolei.api.paging import Piece, piece
from baolei.api.problems import not_valid
from baolei.api.reading import FAILURES, getting
from baolei.api.shapes import Pages, means
from baolei.notices import actions, listing, models
from baolei.notices.forms import Follow, Raise
from baolei.notices.public_views import about, called, followed, posting_of, taken
from baolei.organisations.people_views import in_words
from baolei.programme.refusals import Refusal
from baolei.standards.at_hand import at_hand

router = Router()
get = getting(router, auth=None)


class OfNames(Paged):
    """Names on a list."""

    q: str | None = may(noop("Part of the name."), max_length=100)


class PublicNotice(Schema):
    """A list that is or was laid open."""

    round: int
    name: str
    year: int
    first: date
    last: date
    open: bool = means(noop("Whether its days are running."))


class PublicNotices(Pages):
    """Lists laid open."""

    items: list[PublicNotice]


class Came(Schema):
    """How many objections came to what; few are only said to be few."""

    what: str
    number: str


class Changed(Schema):
    """What an objection has changed."""

    name: str
    what: str
    on: date | None


class PublicNoticeWhole(PublicNotice):
    """A list laid open, what objections came to, and what they changed."""

    objections: list[Came]
    changed: list[Changed]


class PublicName(Schema):
    """A name on a list as everybody sees it; no score."""

    name: str
    unit: str
    field: str
    tier: str
    strengths: dict[str, int | None] = means(noop("What was earned of what could be, in whole percent."))


class PublicNames(Pages):
    """Names on a list."""

    items: list[PublicName]


class Receipt(Schema):
    """What only the objector gets: by this code one follows the objection. It is shown once."""

    receipt: str
    acknowledged_by: date
    answered_by: date


class Followed(Schema):
    """What became of an objection, to whoever holds its receipt."""

    round: int
    name: str
    kind: str
    state: str
    state_name: str
    lodged: date
    due: date | None
    outcome: str
    reason: str
    appeal_outcome: str
    appeal_reason: str
    withdraws: bool = means(noop("Whether it may be taken back now."))
    appeals: bool = means(noop("Whether it may be appealed now."))


@get("/public/notices", "public_notices", PublicNotices, "public", noop("Lists laid open"), noop("To everybody; no "
     "token is needed."))  # fmt: skip
def public_notices(request: HttpRequest, ask: Query[Paged]) -> PublicNotices:
    """Lists laid open."""
    got = _page(request, ask, models.Posting.objects.select_related("list__round"))
    return PublicNotices(items=[PublicNotice(**_posting(one)) for one in got.rows], next=got.next)


@get("/public/notices/{int:round}", "public_notice", PublicNoticeWhole, "public", noop("One list laid open"),
     noop("Its days, and what objections came to."))  # fmt: skip
def public_notice(request: HttpRequest, round: int) -> PublicNoticeWhole:
    """A list laid open."""
    posting = posting_of(round)
    return PublicNoticeWhole(
        **_posting(posting), objections=[Came(what=what, number=number) for what, number in listing.counts(posting)],
        changed=[Changed(name=name, what=what, on=on) for name, what, on in listing.changed(posting)],
    )  # fmt: skip


@get("/public/notices/{int:round}/names", "public_names", PublicNames, "public", noop("Names on a list"),
     noop("With unit, field, tier and the five strengths."))  # fmt: skip
def public_names(request: HttpRequest, round: int, ask: Query[OfNames]) -> PublicNames:
    """Names."""
    posting = posting_of(round)
    got = _page(request, ask, called(posting, (ask.q or "").strip()))
    codes = [one.code for one in at_hand(posting.list.round.edition).strengths]
    return PublicNames(items=[
        PublicName(name=one.name, unit=one.unit, field=one.field, tier=one.tier,
                   strengths=dict(zip(codes, one.strengths, strict=True)))
        for one in listing.names(got.rows, timezone.localdate())
    ], next=got.next)  # fmt: skip


def _body(form: type[forms.Form], example: Mapping[str, str]) -> dict[str, Any]:
    asked = {name: {"type": "string"} for name in form.base_fields}
    needed = [name for name, field in form.base_fields.items() if field.required]
    schema = {"type": "object", "properties": asked, "required": needed}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}}


ANSWERS = {FAILURES | {415}: shapes.Problem}


@router.post(
    "/public/notices/{int:round}/objections", url_name="api_object_to", auth=None, response={200: Receipt, **ANSWERS},
    tags=["public"], summary=noop("Object to a name, or to its absence"),
    description=noop("With or without a name. The receipt is answered once and kept by nobody else."),
    openapi_extra=_body(Raise, {"kind": "facts", "branch": "东方红村党支部", "words": "三次会没有开"}),
)  # fmt: skip
def object_to(request: HttpRequest, round: int) -> Receipt:
    """Object."""
    posting = posting_of(round)
    said = _said(request, Raise)
    try:
        made, receipt = taken(posting, said)
    except Refusal as refusal:
        raise not_valid([("", in_words(refusal))]) from refusal
    return Receipt(receipt=receipt, acknowledged_by=made.acknowledge_by, answered_by=made.answer_by)


@router.post(
    "/public/objections", url_name="api_follow_objection", auth=None, response={200: Followed, **ANSWERS},
    tags=["public"], summary=noop("Follow an objection, take it back, or appeal"),
    description=noop("“code” is that of the receipt; “act” is empty, withdraw, or appeal with “words”."),
    openapi_extra=_body(Follow, {"code": "abcde-fghjk-mnpqr-stuvw", "act": "appeal", "words": "没有看原始记录"}),
)  # fmt: skip
def follow_objection(request: HttpRequest) -> Followed:
    """Follow."""
    said = _said(request, Follow)
    try:
        told = about(followed(actions.of_receipt(said["code"]), said))
    except Refusal as refusal:
        raise not_valid([("", in_words(refusal))]) from refusal
    row, mine = told["row"], told["objection"]
    return Followed(
        round=told["round"].pk, name=row.name, kind=row.kind, state=mine.state, state_name=row.standing,
        lodged=mine.lodged, due=row.due, outcome=told["outcome"], reason=mine.reason,
        appeal_outcome=told["appeal_outcome"], appeal_reason=mine.appeal_reason, withdraws=told["withdraws"],
        appeals=told["appeals"],
    )  # fmt: skip


def _said(request: HttpRequest, of: type[forms.Form]) -> Mapping[str, Any]:
    """What a form of the public pages was told. Raises Problem."""
    form = of(plain(of(), body_of(request)))
    if not form.is_valid():
        raise not_valid(faults(form))
    return form.cleaned_data


def _page(request: HttpRequest, ask: Paged, found: Any) -> Piece:
    known(request, ask)
    return piece(request, found, "pk", ask.limit, repeated(ask))


def _posting(posting: models.Posting) -> dict[str, Any]:
    this, today = posting.list.round, timezone.localdate()
    return {"round": this.pk, "name": this.name, "year": this.year, "first": posting.first, "last": posting.last,
            "open": posting.first <= today <= posting.last}  # fmt: skip
