"""How Open311 says something: the same words as XML and as JSON, failures included (GeoReport v2).

JSON is the XML without its root, lists as lists (the specification's “Spark convention”); what is not there is empty in
XML and null in JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from django.http import HttpResponse
from django.utils.translation import gettext as _

FORMS = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
ONE_OF = {
    "services": "service", "service_requests": "request", "attributes": "attribute", "values": "value",
    "endpoints": "endpoint", "formats": "format", "errors": "error",
}  # fmt: skip
"""What one of a list is called in XML."""
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Failed(Exception):
    """What was asked cannot be done: a status, and what would be right, a line for each fault."""

    def __init__(self, status: int, *descriptions: str) -> None:
        self.status, self.descriptions = status, descriptions
        super().__init__(status, *descriptions)


def said(root: str, what: Any, form: str, status: int = 200) -> HttpResponse:
    """An answer in one of `FORMS`; `root` is the name of its outermost element."""
    body = json.dumps(what, ensure_ascii=False).encode() if form == "json" else _document(root, what)
    return HttpResponse(body, status=status, content_type=FORMS[form])


def failure(status: int, descriptions: Sequence[str], form: str) -> HttpResponse:
    """A failure in the form of the specification."""
    return said("errors", [{"code": status, "description": one} for one in descriptions], form, status)


def failure_of_the_house(status: int, path: str) -> HttpResponse:
    """A failure that Django itself answered, in the form that the address asks for; XML where it asks for none."""
    words = {
        404: _("There is nothing at this address: “discovery” names the endpoint."),
        405: _("This address does not take that method."),
    }
    broken = _("Something broke on our side. It has been written to the log; nothing was done.")
    unclear = _("The address or the data sent with it is not in a form we can read.")
    told = words.get(status, broken if status >= 500 else unclear)
    return failure(status, [told], "json" if path.endswith(".json") else "xml")


def _document(root: str, what: Any) -> bytes:
    written: bytes = ET.tostring(_element(root, what), encoding="utf-8", xml_declaration=True)
    return written


def _element(name: str, what: Any) -> ET.Element:
    made = ET.Element(name)
    if isinstance(what, dict):
        made.extend(_element(key, value) for key, value in what.items())
    elif isinstance(what, list):
        made.extend(_element(ONE_OF[name], value) for value in what)
    else:
        made.text = _NO_XML.sub("", _plain(what))
    return made


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
