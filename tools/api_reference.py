"""Write docs/reference/api.md from the description that the program itself gives. `python tools/api_reference.py`"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "api.md"
HEAD = """# The API

Written by `tools/api_reference.py` from the description that the program gives at `/api/v1/openapi.json`; a test holds
them together. How to begin: [Use the API](../how-to/use-the-api.md). Why it is so: [decision
6](../decisions/0006-the-api.md).

Every request has `Authorization: Bearer blt_…`; answers are JSON in UTF-8, in English or Chinese as `Accept-Language`
says, Chinese without it. Lists come by the page: follow `next` as it stands until it is null.
"""


def page() -> str:
    """The whole page."""
    import baolei.front.urls  # noqa: F401 - hands the passage of a round down to programs
    from baolei.api.door import api

    schema = api.get_openapi_schema()
    parts = [HEAD, *_addresses(schema), "\n## Filters\n", *_filters(schema), "\n## Acts\n", *_acts(),
             "\n## Problems\n", *_problems(), "\n## Answers\n", *_shapes(schema)]  # fmt: skip
    return "\n".join(parts).rstrip() + "\n"


def _addresses(schema: Any) -> Iterator[str]:
    yield "\n## Addresses\n\n| address | what |\n|---|---|"
    for path, operations in schema["paths"].items():
        for method, one in operations.items():
            yield f"| `{method.upper()} {path}` | {one['summary']}. {one['description']} |"


def _filters(schema: Any) -> Iterator[str]:
    yield "What a list can be asked. Any other is refused: a filter that is not known would give more than was meant.\n"
    yield "| list | filter | what |\n|---|---|---|"
    for path, operations in schema["paths"].items():
        for one in operations.get("get", {}).get("parameters", []):
            if one["in"] == "query" and one["name"] not in ("limit", "cursor"):
                yield f"| `{path}` | `{one['name']}` | {_filter(one)} |"
    yield "\nEvery list takes `limit` (1 to 500, 100 without it) and `cursor`, which comes with `next`."


def _filter(one: Any) -> str:
    kinds = one["schema"].get("anyOf", [one["schema"]])
    words = [word for kind in kinds for word in kind.get("enum", [])]
    named = ", ".join(f"`{word}`" for word in words)
    return one["description"] + (f" {named}." if named else "")


def _acts() -> Iterator[str]:
    from baolei.api.round_acts import THINGS
    from baolei.api.rounds import ON_ROUNDS
    from baolei.organisations.forms import OF_ORGANISATION
    from baolei.organisations.forms_of_members import OF_MEMBER, OF_TRANSFER
    from baolei.organisations.forms_of_units import OF_UNIT

    yield "What an act asks; a star marks what may be left away. `GET …/acts` says which are open, and the choices.\n"
    yield "| upon | act | what | asks |\n|---|---|---|---|"
    house = {"organisations": OF_ORGANISATION, "units": OF_UNIT, "members": OF_MEMBER, "transfers": OF_TRANSFER}
    for upon, acts in (*house.items(), ("rounds", ON_ROUNDS), *((one.place, one.acts) for one in THINGS.values())):
        for name, form in acts.items():
            yield f"| {upon} | `{name}` | {form.verb}. {form.note} | {_asks(form)} |"
    yield "\nItems of the standard are asked one by one (`item-…`, `gate-…`): `GET …/acts` names them."


def _asks(form: Any) -> str:
    last = [key for key in ("on", "why") if key in form.base_fields]
    fields = [*(key for key in form.base_fields if key not in last), *last]
    return ", ".join(f"`{key}`{'' if form.base_fields[key].required else ' *'}" for key in fields)


def _problems() -> Iterator[str]:
    from baolei.api.problems import NAMES, STATUS, TITLES

    yield "| type | status | what |\n|---|---|---|"
    for name, title in TITLES.items():
        yield f"| `{NAMES}{name}` | {STATUS[name]} | {title} |"


def _shapes(schema: Any) -> Iterator[str]:
    for name, shape in schema["components"]["schemas"].items():
        if "properties" in shape:
            yield f"\n### {name}\n\n{shape.get('description', '')}\n\n| field | type | what |\n|---|---|---|"
            for field, one in shape["properties"].items():
                yield f"| `{field}` | {_type(one)} | {one.get('description', '')} |"


def _type(one: Any) -> str:
    if "$ref" in one:
        return str(one["$ref"].rpartition("/")[2])
    if "anyOf" in one:
        return " or ".join(_type(kind) for kind in one["anyOf"])
    if one.get("type") == "array":
        return f"list of {_type(one['items'])}"
    return str(one.get("format") or one.get("type", "object"))


def main() -> None:
    """Write the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baolei.front.settings")
    import django
    from django.utils.translation import override

    django.setup()
    with override("en"):
        PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
