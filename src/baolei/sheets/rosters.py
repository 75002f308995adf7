"""The roster of a class as a spreadsheet: read as every sheet is, by a process of its own, then handed to the room of
training, which finds out who is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from baolei.organisations.doors import scope_of
from baolei.people.models import Account
from baolei.programme import cells
from baolei.programme.refusals import Refusal
from baolei.programme.standard.edition import Text
from baolei.sheets import child, heads, kept
from baolei.sheets.blank import blank
from baolei.sheets.kinds import Column, Kind
from baolei.sheets.lines import Line, is_sample, read
from baolei.sheets.scan import FileRefused
from baolei.training import actions, rosters
from baolei.training.models import TrainingClass
from baolei.training.rosters import Said
from baolei.training.trails import way_to
from baolei.warehouse.spreadsheets import XLSX

LARGEST = 5 * 2**20
"""Bytes of a roster: it is read while somebody waits."""
FAULTS = 50


@cache
def kind() -> Kind:
    """The columns of a roster. No numbers by which a person is known: a name and a branch, as the county has them."""
    return Kind(
        "roster", Text("培训班名单", "Roster of a class"),
        Text("每行一名参训党员；不收集身份证号、电话", "One person a row; no identity numbers or telephones"),
        (
            Column("name", Text("姓名", "Name"), Text("参训党员的姓名", "Of whoever attended"), cells.name, "示例姓名",
                   needed=True, also=("党员姓名", "学员姓名", "参训人员")),
            Column("branch", Text("所在党支部", "Branch"), Text("填支部全称或代码", "Its whole name, or its code"),
                   cells.name, "示例党支部", needed=True,
                   also=("党支部", "支部", "支部名称", "党组织名称", "党组织代码", "支部代码", "所在支部")),
            Column("joined", Text("入党日期", "Joined the Party"),
                   Text("可不填；同一支部有同名的，靠它区分", "May stay empty; tells people of one name apart"),
                   cells.day, "2001-07-01", also=("入党时间",)),
        ),
    )  # fmt: skip


class SendRoster(forms.Form):
    """The file of a roster."""

    file = forms.FileField(
        label=lazy("File"), help_text=lazy("xlsx, xls or csv, up to 5 MB: name and branch, one person a row."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": lazy("Choose a file."),
                        "empty": lazy("This file is empty: choose the one you filled in.")},
    )  # fmt: skip

    def clean_file(self) -> Any:
        """The file, unless it is larger than any roster."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB: send it in several parts.") % {"most": LARGEST >> 20}
            )
        return file


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong in a sheet: row, column, what, and what would be right."""

    number: int
    column: str
    wrong: str
    right: str


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, training_class: int) -> HttpResponse:
    """Send the roster of a class; where any cell is wrong, what is, and nothing is kept."""
    today = timezone.localdate()
    mine = actions.to_record(request.user, training_class, today)
    if mine is None or mine[0].whole:
        raise Http404(training_class)
    held, host = mine
    form = SendRoster(*((request.POST, request.FILES) if request.method == "POST" else ()))
    wrong: list[Wrong] = []
    if request.method == "POST" and form.is_valid():
        wrong = _send(request, held, form)
        if form.is_valid() and not wrong:
            return redirect("roster", held.pk)
    shown = {"held": held, "form": form, "wrong": wrong[:FAULTS], "many": len(wrong), "columns": kind().columns,
             "trail": way_to(held, host, scope_of(request.user, today), _("Send a roster"))}  # fmt: skip
    return render(request, "sheets/roster.html", shown, status=422 if form.is_bound else 200)


@login_required
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The template of a roster. It holds nothing of the house."""
    answer = HttpResponse(blank(kind()), content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{kind().name.zh}_模板.xlsx')}"
    return answer


def _send(request: HttpRequest, held: TrainingClass, form: SendRoster) -> list[Wrong]:
    """Hand the rows of a file on, if all are right; else what is wrong with them. What is wrong with the file or the
    class stands on the form.
    """
    assert isinstance(request.user, Account)
    file = form.cleaned_data["file"]
    home = Path(settings.BAOLEI_UPLOADS)
    sent = kept.keep(home, file.chunks(), LARGEST)
    out = (home / sent.name).with_suffix(".rows")
    try:
        lines = list(_lines(child.read(home / sent.name, out), out))
        if wrong := [one for line in lines for one in _wrong(line)]:
            return wrong
        rosters.send(actor=request.user, now=timezone.now(), held=held, name=file.name, digest=sent.digest,
                     rows=[_said(line) for line in lines])  # fmt: skip
    except FileRefused as refused:
        form.add_error("file", refused.zh if (get_language() or "").startswith("zh") else refused.en)
    except Refusal as refused:
        form.add_error(None, str(refused))
    finally:
        out.unlink(missing_ok=True)
        (home / sent.name).unlink(missing_ok=True)
    return []


def _lines(about: dict[str, Any], out: Path) -> Iterator[Line]:
    """The rows below the head, without the example of the template. Raises FileRefused."""
    head = heads.find(kind(), list(islice(child.rows(out), heads.SEARCHED)))
    if merged := heads.merged_below(head, about["merged"]):
        raise heads.merged_refused(merged)
    for number, row in child.rows(out):
        if number > head.row and not is_sample(kind(), head.places, row):
            yield read(kind(), head.places, number, row, bool(about["epoch1904"]))


def _said(line: Line) -> Said:
    return Said(line.number, line.values["name"], line.values["branch"], line.values["joined"])


def _wrong(line: Line) -> list[Wrong]:
    language = get_language() or ""
    return [Wrong(line.number, kind().column(one.column).name.say(language), one.wrong.say(language),
                  one.right.say(language)) for one in line.faults]  # fmt: skip
