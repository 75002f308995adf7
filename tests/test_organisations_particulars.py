"""What stands in the ledger is said in the words of the page, not in those of the code."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import sheets_stage
import stage
from baolei.organisations import particulars

PACKAGE = Path(particulars.__file__).resolve().parent.parent


def put_on_record() -> set[str]:
    """The keys that are written out where something is put on record."""
    found = set[str]()
    for path in PACKAGE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            said = [one.value for one in getattr(call, "keywords", []) if one.arg in {"before", "after"}]
            written = [key for one in said if isinstance(one, ast.Dict) for key in one.keys]
            found |= {str(key.value) for key in written if isinstance(key, ast.Constant)}
    return found


def test_every_key_that_is_put_on_record_has_its_words() -> None:
    written = put_on_record()
    assert {"name", "document", "path"} <= written
    assert written - set(particulars.keys()) == set(), "say in particulars.keys what these are called"


@pytest.mark.django_db
def test_the_ledger_says_what_changed_in_chinese(client: Any) -> None:
    sheets_stage.town()
    client.force_login(stage.mandated("15", "region_clerk"))
    page = client.get("/ledger/").text
    for said in ("类别", "党支部", "地方党委", "批准文件", "自哪日起"):
        assert said in page
    for code in ("local_committee", "document", ">on<"):
        assert code not in page
