"""The files beside the answers of a declaration: sent with the form or one by one, taken away, handed out again."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from baolei.declarations import doors, papers
from baolei.declarations.models import Declaration
from baolei.declarations.papers import Sent
from baolei.organisations.asked import as_number
from baolei.organisations.doors import scope_of, writing_scope
from baolei.organisations.people_views import in_words
from baolei.people.models import Account
from baolei.programme import declaration as rules
from baolei.programme.refusals import Refusal

FIELD = "paper-"
"""What stands before the item in the name of a box for files."""


@login_required
@require_safe
def paper(request: HttpRequest, declaration: int, paper: int) -> FileResponse:
    """A file, to be saved and never shown here, for whoever may read its declaration. Raises Http404."""
    scope = scope_of(request.user, timezone.localdate())
    found = doors.papers(scope).filter(declaration=declaration, pk=paper).first()
    if found is None:
        raise Http404(paper)
    try:
        body = papers.file_of(found).open("rb")
    except FileNotFoundError:
        raise Http404(paper) from None
    answer = FileResponse(body, content_type="application/octet-stream")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@login_required
@require_POST
def add_papers(request: HttpRequest, declaration: int) -> HttpResponse:
    """Take in the files of one item, for the page's script: those that stand beside it now, and what was refused."""
    writing = writing_scope(request.user, timezone.localdate())
    mine = doors.declarations(writing).filter(pk=declaration).first()
    if mine is None or not doors.fills_in(writing, mine) or mine.state not in (rules.OPEN, rules.RETURNED):
        raise Http404(declaration)
    item = request.POST.get("item", "")
    faults = filed(request, mine)
    shown = {"declaration": mine, "papers": mine.papers.filter(removed_at=None, item=item), "fills": True,
             "fault": "".join(faults.values())}  # fmt: skip
    return render(request, "declarations/_papers.html", shown, status=422 if faults else 200)


def filed(request: HttpRequest, mine: Declaration) -> dict[str, str]:
    """Take in the files that came with a form, and take away the one that was to go; by item what was refused."""
    actor = request.user if isinstance(request.user, Account) else None
    now, faults = timezone.now(), dict[str, str]()
    for name in getattr(request, "too_large", ()):
        faults[name.removeprefix(FIELD)] = in_words(papers.too_large())
    for name, files in request.FILES.lists():
        for file in files if name.startswith(FIELD) else ():
            item = name.removeprefix(FIELD)
            try:
                papers.add(actor=actor, now=now, declaration=mine, item=item, sent=Sent(file.name or "", file.chunks()))
            except Refusal as refused:
                faults[item] = f"{file.name}: {in_words(refused)}"
    gone = mine.papers.filter(pk=as_number(request.POST.get("remove", "")) or 0).first()
    if gone is not None:
        papers.remove(actor=actor, now=now, paper=gone)
    return faults
