"""What is done with the files beside answers: put there, taken away, erased once they were kept long enough.

The ledger learns of a file by its digest alone: neither its name nor a word of it. The bytes are on the disk before
their row is written, and leave it after; what a killed process left behind is swept by the clock.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.declarations.actions import recorded, standard, still_open
from baolei.declarations.kinds import MEGABYTE, PaperRefused, kind_of
from baolei.declarations.models import Declaration, Paper
from baolei.ledger.actions import record
from baolei.organisations.units import NotPossible
from baolei.people.models import ERASED, Account
from baolei.programme import declaration as rules
from baolei.programme.organisation.periods import months_later
from baolei.programme.phases import PaperRules
from baolei.programme.standard.edition import Text
from baolei.sheets import kept
from baolei.sheets.kept import Kept
from baolei.warehouse.rulebook import round_rules

LONGEST_STEM = 80
EMPTY = Text("文件是空的", "the file is empty")
CHOOSE = Text("请选有内容的文件", "choose the one with something in it")
PIECE = 500
"""So many rows are erased in one transaction."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent: what it is called, its bytes piece by piece."""

    name: str
    pieces: Iterable[bytes]


def home() -> Path:
    """Where the files lie."""
    return Path(settings.BAOLEI_PAPERS)


def file_of(paper: Paper) -> Path:
    """Where the bytes of a file are."""
    return home() / str(paper.kept_as)


def add(*, actor: Account | None, now: datetime, declaration: Declaration, item: str, sent: Sent) -> Paper:
    """Put a file beside the answer to an item, while the declaration may be changed. The same one twice is once; one of
    the same name takes the place of the former.

    Raises PaperRefused, NotPossible, AnswerRefused for a name with somebody's number in it.
    """
    asked = round_rules().papers
    edition, field = standard(declaration)
    if not field.items.get(item):
        raise NotPossible(_("there is no item %(item)s in this field's table") % {"item": item})
    rules.impersonal(edition.items[item], sent.name)
    lies = _written(sent, asked)
    try:
        kind = kind_of(home() / lies.name, asked)
        with transaction.atomic():
            made = _put(still_open(declaration), item, _called(sent.name, kind), kind, lies, actor, now)
    except BaseException:
        (home() / lies.name).unlink(missing_ok=True)
        raise
    if made.kept_as != lies.name:
        (home() / lies.name).unlink(missing_ok=True)
    return made


def _written(sent: Sent, asked: PaperRules) -> Kept:
    try:
        lies = kept.keep(home(), sent.pieces, asked.each_mb * MEGABYTE)
    except kept.TooLarge:
        raise too_large() from None
    if not lies.size:
        (home() / lies.name).unlink()
        raise PaperRefused(EMPTY, CHOOSE)
    return lies


def too_large() -> PaperRefused:
    """The refusal of a file that is larger than the rules take."""
    most = round_rules().papers.each_mb
    return PaperRefused(
        Text(f"文件超过{most}MB", f"the file is larger than {most} MB"),
        Text("请只留要紧的几页，或者用文字说明", "keep the pages that matter, or say it in words"),
    )


def _put(mine: Declaration, item: str, name: str, kind: str, lies: Kept, actor: Account | None, now: datetime) -> Paper:
    """The row of a file, in the transaction of its act; that of the same file where it is there already."""
    here = list(mine.papers.filter(removed_at=None).exclude(kept_as=""))
    same = next((one for one in here if (one.item, one.digest) == (item, lies.digest)), None)
    if same is not None:
        return same
    former = next((one for one in here if (one.item, one.name) == (item, name)), None)
    _room(here, item, former)
    if former is not None:
        _gone(mine, former, now)
    made: Paper = Paper.objects.create(declaration=mine, item=item, name=name, kind=kind, size=lies.size,
                                       digest=lies.digest, kept_as=lies.name, by=actor, at=now)  # fmt: skip
    mine.version += 1
    mine.save(update_fields=["version"])
    recorded("paper", mine, actor, now, before={"sha256": former.digest} if former else None,
             after={"item": item, "sha256": lies.digest, "bytes": lies.size, "kind": kind})  # fmt: skip
    return made


def _room(here: list[Paper], item: str, former: Paper | None) -> None:
    asked, more = round_rules().papers, int(former is None)
    if sum(one.item == item for one in here) + more > asked.per_item:
        raise NotPossible(
            _("at most %(most)d files stand beside an answer: take one away, or say it in words")
            % {"most": asked.per_item}
        )
    if len(here) + more > asked.per_declaration:
        raise NotPossible(
            _("at most %(most)d files belong to a declaration: take one away, or say it in words")
            % {"most": asked.per_declaration}
        )


def _called(name: str, kind: str) -> str:
    """A file's own name, without the way to it, signs that cannot be seen, or an ending that says something else."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot or not ending.isascii() or len(ending) > 5:
        stem = plain
    return f"{stem.strip()[:LONGEST_STEM] or '附件'}.{kind}"


@transaction.atomic
def remove(*, actor: Account | None, now: datetime, paper: Paper) -> None:
    """Take a file away again, while the declaration may be changed. Raises NotPossible."""
    mine = still_open(paper.declaration)
    one: Paper | None = mine.papers.filter(pk=paper.pk, removed_at=None).exclude(kept_as="").first()
    if one is None:
        return
    _gone(mine, one, now)
    mine.version += 1
    mine.save(update_fields=["version"])
    recorded("remove_paper", mine, actor, now, before={"item": one.item, "sha256": one.digest}, after=None)


def _gone(mine: Declaration, one: Paper, now: datetime) -> None:
    """Its bytes go; its row stays only where somebody has looked at the declaration, to say what was there."""
    name = str(one.kept_as)
    if mine.submitted_at is None:
        one.delete()
    else:
        one.kept_as, one.removed_at = "", now
        one.save(update_fields=["kept_as", "removed_at"])
    transaction.on_commit(lambda: kept.discard(home(), [name]))


@transaction.atomic
def erase(*, actor: Account | None, now: datetime, paper: Paper, why: str) -> None:
    """Erase a file for good, whatever the state of its declaration: its bytes and its name. Its digest stays."""
    one: Paper = Paper.objects.select_for_update().select_related("declaration").get(pk=paper.pk)
    names = _erased([one])
    mine = one.declaration
    recorded("erase_paper", mine, actor, now, why=why, before=None, after={"item": one.item, "sha256": one.digest})
    transaction.on_commit(lambda: kept.discard(home(), names))


def _erased(some: Iterable[Paper]) -> list[str]:
    names = []
    for one in some:
        names.append(str(one.kept_as))
        one.kept_as, one.name = "", ERASED
        one.save(update_fields=["kept_as", "name"])
    return [name for name in names if name]


def run_clock(now: datetime) -> dict[str, int]:
    """By the clock: erase the files of rounds that ended long enough ago, and sweep what no row names. How many of
    each; done again it changes nothing.
    """
    before = months_later(localdate(now), -round_rules().papers.kept_months)
    erased = 0
    while some := _forgotten(before, now):
        erased += some
    return {"erased": erased, "swept": kept.sweep(home(), _named)}


@transaction.atomic
def _forgotten(before: date, now: datetime) -> int:
    ended = Declaration.objects.filter(round__ended_at__date__lt=before).values("pk")
    some = list(Paper.objects.select_for_update().filter(declaration__in=ended).exclude(name=ERASED)[:PIECE])
    if some:
        names = _erased(some)
        record(actor=None, act="declarations.forget_papers", now=now, after={"files": len(some)})
        transaction.on_commit(lambda: kept.discard(home(), names))
    return len(some)


def _named() -> set[str]:
    return set(Paper.objects.exclude(kept_as="").values_list("kept_as", flat=True))
