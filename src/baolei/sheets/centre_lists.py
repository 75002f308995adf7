"""Lists of service centres, and of where villages lie, as spreadsheets: read as every sheet is, by a process of its
own, then handed to the room of centres.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from baolei.centres.lists import ListRefused, Said, take_centres, take_spots
from baolei.centres.models import Centre
from baolei.organisations.asked import asked_unit
from baolei.organisations.doors import writing_scope
from baolei.organisations.models import UnitState
from baolei.organisations.trails import down_to_unit
from baolei.people.models import Account
from baolei.programme import cells
from baolei.programme.cells import CellRefused, Raw, narrow
from baolei.programme.refusals import Refusal
from baolei.programme.standard.edition import Text
from baolei.sheets import child, heads, kept
from baolei.sheets.blank import blank
from baolei.sheets.kinds import Column, Kind
from baolei.sheets.lines import Line, is_sample, read
from baolei.sheets.rosters import FAULTS, LARGEST, SendRoster, Wrong
from baolei.sheets.scan import FileRefused
from baolei.warehouse.rulebook import centres as centre_rules
from baolei.warehouse.spreadsheets import XLSX

KINDS = {
    Centre.CENTRE: ("服务中心", "党群服务中心", "service centre"),
    Centre.POINT: ("服务点", "便民服务点", "service point"),
}
DAYS = re.compile(r"[1-7]{1,7}")


def degrees(raw: Raw, epoch1904: bool = False, *, most: int) -> float | None:
    """Degrees with their decimals, as 111.6512; degrees, minutes and seconds are refused."""
    said = narrow(raw)
    if not said:
        return None
    try:
        found = float(said)
    except ValueError:
        found = float("inf")
    if isinstance(raw, bool) or not abs(found) <= most:
        sample = "111.6512" if most == 180 else "40.8183"
        raise CellRefused(
            Text(f"“{said[:40]}”不是经纬度", f"{said[:40]!r} are no degrees"),
            Text(f"用十进制度填写，不超过{most}，例如{sample}", f"decimal degrees up to {most}, such as {sample}"),
        )
    return found


def clock(raw: Raw, epoch1904: bool = False) -> dt.time | None:
    """An hour of the day, as 8:30 or 08:30:00."""
    said = narrow(raw)
    if not said:
        return None
    found = re.fullmatch(r"([01]?\d|2[0-3])[:：]([0-5]\d)(?::00)?", said)
    if not found:
        raise CellRefused(
            Text(f"“{said[:40]}”不是时间", f"{said[:40]!r} is no hour"), Text("写成 08:30 这样", "write it as 08:30")
        )
    return dt.time(int(found[1]), int(found[2]))


def open_days(raw: Raw, epoch1904: bool = False) -> str | None:
    """Days of the week as 12345, 1 for Monday."""
    said = narrow(raw)
    if not said:
        return None
    if not DAYS.fullmatch(said) or len(set(said)) != len(said):
        raise CellRefused(
            Text(f"“{said[:40]}”不是开放日", f"{said[:40]!r} are no days"),
            Text("用1至7表示周一至周日，例如12345", "1 to 7 for Monday to Sunday, such as 12345"),
        )
    return "".join(sorted(said))


def _unit() -> Column:
    return Column(
        "unit", Text("单位代码", "Code of the unit"), Text("统计用区划代码", "The statistical code"), cells.code,
        "示例150422103216", needed=True, also=("区划代码", "代码"),
    )  # fmt: skip


def _degrees(needed: bool) -> tuple[Column, Column]:
    note = Text("十进制度", "Decimal degrees")
    return (
        Column("lon", Text("经度", "Longitude"), note, partial(degrees, most=180), "111.6512", needed=needed),
        Column("lat", Text("纬度", "Latitude"), note, partial(degrees, most=90), "40.8183", needed=needed),
    )


@cache
def kinds() -> dict[str, Kind]:
    """The two lists, by the name of their address."""
    offers = "、".join(one.name.zh for one in centre_rules().services.values())
    centres = Kind(
        "centres", Text("服务中心和服务点", "Service centres and points"),
        Text("每行一个；只登记公共场所，不登记住户地址", "One a row; public buildings, never homes"),
        (
            _unit(),
            Column("name", Text("名称", "Name"), Text("全称", "In full"), partial(cells.text, most=100),
                   "示例村党群服务中心", needed=True, also=("中心名称", "服务点名称")),
            Column("kind", Text("类别", "Kind"), Text("从下拉框中选", "Choose from the list"),
                   partial(cells.choice, among=KINDS), "服务中心", needed=True, choices=KINDS),
            Column("services", Text("服务内容", "What it offers"),
                   Text(f"用顿号隔开：{offers}", f"Several of: {offers}"), cells.text, "党务服务、政务代办",
                   needed=True, also=("服务类别", "服务事项")),
            Column("address", Text("地址", "Address"), Text("公共场所的地址，可不填", "May stay empty"), cells.text,
                   ""),
            Column("days", Text("开放日", "Open on"), Text("如12345，表示周一至周五", "As 12345, Monday to Friday"),
                   open_days, "12345"),
            Column("opens", Text("开门时间", "Opens at"), Text("如08:30", "As 08:30"), clock, "08:30"),
            Column("closes", Text("关门时间", "Closes at"), Text("如17:30", "As 17:30"), clock, "17:30"),
            Column("since", Text("启用日期", "Open since"), Text("不填为今天", "Today when left out"), cells.day,
                   "2024-05-01"),
            *_degrees(False),
        ),
    )  # fmt: skip
    spots = Kind(
        "spots", Text("嘎查村、社区坐标", "Where villages lie"),
        Text("每行一个嘎查、村或社区的中心位置；不收集住户位置", "The middle of a village a row; no homes"),
        (
            _unit(), *_degrees(True),
            Column("households", Text("户数", "Households"), Text("可不填；补点时按户数计算", "May stay empty"),
                   partial(cells.whole, most=100_000), "320"),
        ),
    )  # fmt: skip
    return {"centres": centres, "spots": spots}


class SendList(SendRoster):
    """The file of such a list."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = lazy("xlsx, xls or csv, up to 5 MB, with the columns of the template.")


@dataclass(frozen=True, slots=True)
class Errand:
    """What is sent: the columns, who takes the rows, what it is called, where the way leads back."""

    kind: Kind
    take: Callable[..., int]
    verb: str
    back: str


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def centre_list(request: HttpRequest, unit: int) -> HttpResponse:
    """Send the centres of a unit and those below it as a list."""
    back = reverse("unit_centres", args=[unit])
    return _page(request, unit, Errand(kinds()["centres"], take_centres, _("Send a list of centres"), back))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def spot_list(request: HttpRequest, unit: int) -> HttpResponse:
    """Send where the villages of a unit lie."""
    back = reverse("circle", args=[unit])
    return _page(request, unit, Errand(kinds()["spots"], take_spots, _("Send coordinates of villages"), back))


@login_required
@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The template of a list. It holds nothing of the house."""
    if kind not in kinds():
        raise Http404(kind)
    answer = HttpResponse(blank(kinds()[kind]), content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{kinds()[kind].name.zh}_模板.xlsx')}"
    return answer


def _page(request: HttpRequest, unit: int, errand: Errand) -> HttpResponse:
    scope = writing_scope(request.user, timezone.localdate())
    state = asked_unit(scope, unit)
    form = SendList(*((request.POST, request.FILES) if request.method == "POST" else ()))
    wrong: list[Wrong] = []
    if request.method == "POST" and form.is_valid():
        wrong = _send(request, state, form, errand)
        if form.is_valid() and not wrong:
            return redirect(errand.back)
    shown = {"state": state, "form": form, "wrong": wrong[:FAULTS], "many": len(wrong), "kind": errand.kind,
             "verb": errand.verb, "back": errand.back,
             "trail": [*down_to_unit(state, scope), {"label": errand.verb, "url": ""}]}  # fmt: skip
    return render(request, "sheets/centre_list.html", shown, status=422 if form.is_bound else 200)


def _send(request: HttpRequest, state: UnitState, form: SendList, errand: Errand) -> list[Wrong]:
    """Hand the rows of a file on, if all are right; else what is wrong with them."""
    assert isinstance(request.user, Account)
    file = form.cleaned_data["file"]
    home = Path(settings.BAOLEI_UPLOADS)
    sent = kept.keep(home, file.chunks(), LARGEST)
    out = (home / sent.name).with_suffix(".rows")
    try:
        lines = list(_lines(errand.kind, child.read(home / sent.name, out), out))
        if wrong := [one for line in lines for one in _wrong(errand.kind, line)]:
            return wrong
        number = errand.take(actor=request.user, now=timezone.now(), unit=state, name=file.name, digest=sent.digest,
                             rows=[Said(line.number, line.values) for line in lines])  # fmt: skip
        messages.success(request, ngettext("%(number)d row was taken", "%(number)d rows were taken", number)
                         % {"number": number})  # fmt: skip
    except ListRefused as refused:
        return [_of_row(errand.kind, one) for one in refused.faults]
    except FileRefused as refused:
        form.add_error("file", refused.zh if (get_language() or "").startswith("zh") else refused.en)
    except Refusal as refused:
        form.add_error(None, str(refused))
    finally:
        out.unlink(missing_ok=True)
        (home / sent.name).unlink(missing_ok=True)
    return []


def _lines(kind: Kind, about: dict[str, Any], out: Path) -> Iterator[Line]:
    """The rows below the head, without the example of the template. Raises FileRefused."""
    head = heads.find(kind, list(islice(child.rows(out), heads.SEARCHED)))
    if merged := heads.merged_below(head, about["merged"]):
        raise heads.merged_refused(merged)
    for number, row in child.rows(out):
        if number > head.row and not is_sample(kind, head.places, row):
            yield read(kind, head.places, number, row, bool(about["epoch1904"]))


def _wrong(kind: Kind, line: Line) -> list[Wrong]:
    language = get_language() or ""
    return [Wrong(line.number, kind.column(one.column).name.say(language), one.wrong.say(language),
                  one.right.say(language)) for one in line.faults]  # fmt: skip


def _of_row(kind: Kind, one: Any) -> Wrong:
    language = get_language() or ""
    column = kind.column(one.column).name.say(language) if one.column else ""
    return Wrong(one.number, column, one.wrong.say(language), one.right.say(language))
