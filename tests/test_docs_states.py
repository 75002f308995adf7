"""The page of states is printed from the tables."""

from __future__ import annotations

import importlib
import pkgutil

import states

from baolei import programme
from baolei.programme.states import Table


def test_the_page_of_states_is_what_the_tables_say():
    assert states.PAGE.read_text(encoding="utf-8") == states.page(), "run python tools/states.py"


def test_every_table_of_the_programme_is_on_the_page():
    modules = [
        importlib.import_module(f"baolei.programme.{one.name}") for one in pkgutil.iter_modules(programme.__path__)
    ]
    tables = [value for module in modules for value in vars(module).values() if isinstance(value, Table)]
    assert {id(table) for table in tables} <= {id(table) for _, _, table in states.TABLES}
