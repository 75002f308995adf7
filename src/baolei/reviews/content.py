"""What a review judges: the answers and conditions of a declaration as it stands, and their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from baolei.declarations.models import Declaration
from baolei.programme.proof import canonical
from baolei.programme.review import Change, changes


def content_of(declaration: Declaration) -> dict[str, Any]:
    """A declaration as it stands: what is answered by item, what was entered upon it, whom the branch serves; the
    digests of the files beside its answers, where there are any.
    """
    papers: dict[str, list[str]] = {}
    for item, digest in declaration.papers.filter(removed_at=None).order_by("digest").values_list("item", "digest"):
        papers.setdefault(item, []).append(digest)
    return {
        "answers": {one.item: [one.num, one.den, one.words] for one in declaration.answers.all()},
        "marks": {
            f"{one.code} {one.matter}".strip(): [one.value, one.level, one.document] for one in declaration.marks.all()
        },
        "served": declaration.served,
        **({"papers": papers} if papers else {}),
    }


def digest_of(declaration: Declaration) -> str:
    """The digest of a declaration as it stands (SHA-256, hex): an opinion names the one it judged."""
    return hashlib.sha256(canonical(content_of(declaration))).hexdigest()


def changed_since(judged: Mapping[str, Any], declaration: Declaration) -> tuple[Change, ...]:
    """What differs between a declaration as it was judged and as it stands: items, conditions, whom it serves, files
    (called `files <item>`, by their names).
    """
    now = content_of(declaration)
    found = [*changes(judged["answers"], now["answers"]), *changes(judged["marks"], now["marks"])]
    if judged["served"] != now["served"]:
        found.append(Change("served", judged["served"], now["served"]))
    return (*found, *_files(judged.get("papers", {}), now.get("papers", {}), declaration))


def _files(before: Mapping[str, list[str]], after: Mapping[str, list[str]], declaration: Declaration) -> list[Change]:
    differ = changes(before, after)
    called = dict(declaration.papers.order_by("pk").values_list("digest", "name")) if differ else {}

    def named(digests: list[str] | None) -> str | None:
        return "、".join(f"{called.get(one, '')} ({one[:8]})".strip() for one in digests) if digests else None

    return [Change(f"files {one.item}", named(one.before), named(one.after)) for one in differ]
