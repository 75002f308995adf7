"""The one door for programs: a token, and nothing else, opens it. And the description of what lies behind."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as in_words
from django.utils.translation import gettext_noop as noop
from ninja import NinjaAPI
from ninja.security import HttpBearer

from baolei.api import (
    ballots,
    declarations,
    naming,
    notices,
    objections,
    polls,
    problems,
    reads,
    reviews,
    round_acts,
    rounds,
    runs,
    triage,
    visits,
    writes,
)
from baolei.api.tokens import Caller, shown

TITLE = noop("Baolei for programs")
ABOUT = noop("The doors of the pages for programs: a token opens what its one mandate opens, and nothing else. Long "
             "lists come page by page: follow “next”. Every write has an Idempotency-Key and stands in the ledger with "
             "its reason. What goes wrong is said as problem details (RFC 9457).")  # fmt: skip
SAID = ("title", "summary", "description")


class Bearer(HttpBearer):
    """`Authorization: Bearer blt_…`."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Who shows this token; None, which is a 401, for one that opens nothing today."""
        return shown(token, timezone.localdate())


class Api(NinjaAPI):
    """The addresses, and their description in the language of the reader."""

    def get_openapi_schema(self, **options: Any) -> Any:
        """The description: words in the reader's language, failures under the name of their own format."""
        schema = super().get_openapi_schema(**options)
        operations = [operation for path in schema["paths"].values() for operation in path.values()]
        for status, one in (pair for operation in operations for pair in operation["responses"].items()):
            one["description"] = str(problems.TITLES[problems.OF_STATUS[int(status)]]) if int(status) >= 400 else "OK"
            if int(status) >= 400:
                one["content"] = {problems.KIND: one["content"]["application/json"]}
        return _translated(schema)


def _translated(part: Any) -> Any:
    """A description in the language of the page; what has no translation stays as it is."""
    if isinstance(part, dict):
        return {key: in_words(value) if key in SAID and isinstance(value, str) and value else _translated(value)
                for key, value in part.items()}  # fmt: skip
    return [_translated(one) for one in part] if isinstance(part, list) else part


api = Api(title=TITLE, version="1", description=ABOUT, urls_namespace="baolei-1", auth=Bearer(), openapi_url=None,
          docs_url=None)  # fmt: skip
for room in (reads, writes, rounds, declarations, ballots, polls, runs, visits, reviews, naming, notices, objections,
             triage, round_acts):  # fmt: skip
    api.add_router("", room.router)
problems.speak(api)
