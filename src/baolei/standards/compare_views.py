"""Two editions side by side: shipped, published or, for those who set the standard, a draft."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.organisations.asked import as_number
from baolei.organisations.downloads import asked_format, download
from baolei.programme.standard.edition import Edition
from baolei.standards import differences, doors
from baolei.standards.at_hand import all_at_hand, at_hand, codes_at_hand
from baolei.standards.book import book

PAGE = 100
DRAFT = "draft:"
"""Before the number of a draft, which is no code of an edition."""


@require_safe
def compared(request: HttpRequest) -> HttpResponseBase:
    """What differs from `before` to `after`, line by line; of one `field` where one is asked for."""
    choices = _choices(request)
    asked = [request.GET.get("before", ""), request.GET.get("after", "")]
    if not any(asked):
        asked = [name for name, _label in choices[:2]]
    before, after = (_edition(request, name) for name in asked)
    field = request.GET.get("field", "")
    whole = differences.lines(before, after) if before and after else []
    listed = [one for one in whole if not field or one.field == field]
    if asked_format(request):
        title = _("%(before)s compared with %(after)s") % {"before": asked[0], "after": asked[1]}
        return download(request, title.replace(":", " "), {"differences": differences.grid(listed)}, [title])
    shown = {
        "choices": choices, "before": asked[0], "after": asked[1], "field": field, "number": len(whole),
        "counts": differences.counts(whole), "page": Paginator(listed, PAGE).get_page(request.GET.get("page")),
        "faulty": [name for name, one in zip(asked, (before, after), strict=True) if one is None],
        "names": [one.name.say(get_language() or "") if one else "" for one in (before, after)],
    }  # fmt: skip
    return render(request, "standards/compare.html", shown)


def _choices(request: HttpRequest) -> list[tuple[str, str]]:
    """What can be compared: code or number of a draft, and the words for it; the oldest first."""
    language = get_language() or ""
    at = sorted(all_at_hand(), key=lambda one: one.valid_from)
    own = doors.drafts(request.user, timezone.localdate())
    return [
        *((one.code, f"{one.name.say(language)} ({one.code})") for one in at),
        *((f"{DRAFT}{one.pk}", _("Draft %(code)s") % {"code": one.code}) for one in own),
    ]


def _edition(request: HttpRequest, name: str) -> Edition | None:
    """The edition meant; None for a draft that has faults. Raises Http404 for what is not there for this visitor."""
    if not name.startswith(DRAFT):
        if name not in codes_at_hand():
            raise Http404(name)
        return at_hand(name)
    drafts = doors.drafts(request.user, timezone.localdate())
    found = drafts.filter(pk=as_number(name.removeprefix(DRAFT))).first()
    if found is None:
        raise Http404(name)
    return book(found.files).edition
