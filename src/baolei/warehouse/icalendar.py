"""A calendar that a phone or a desk reads (iCalendar, RFC 5545): events of whole days, and nothing that rings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MEDIA = "text/calendar; charset=utf-8"
_OCTETS = 74
"""A line is cut after 75 bytes, the blank at the head of those that go on counted (RFC 5545, 3.1)."""
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Event:
    """Something on a whole day. `key` is its name for ever: taken a second time it takes the place of the first."""

    key: str
    day: dt.date
    words: str
    note: str = ""


def calendar(name: str, events: Iterable[Event], made: dt.datetime) -> bytes:
    """A calendar of this name. `made` is when (UTC).

    The same events are the same bytes.
    """
    stamp = f"{made:%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Baolei//Plan of the year//ZH", "CALSCALE:GREGORIAN",
             "METHOD:PUBLISH", f"X-WR-CALNAME:{_said(name)}"]  # fmt: skip
    for event in events:
        lines += ["BEGIN:VEVENT", f"UID:{_said(event.key)}", f"DTSTAMP:{stamp}",
                  f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}", f"DTEND;VALUE=DATE:{event.day + DAY:%Y%m%d}",
                  f"SUMMARY:{_said(event.words)}", "TRANSP:TRANSPARENT"]  # fmt: skip
        lines += [f"DESCRIPTION:{_said(event.note)}"] if event.note else []
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return b"".join(piece + b"\r\n" for line in lines for piece in _folded(line))


def _said(words: str) -> str:
    """Words as a value: what has a meaning of its own there is marked."""
    for sign in ("\\", ";", ","):
        words = words.replace(sign, "\\" + sign)
    return "\\n".join(words.splitlines())


def _folded(line: str) -> Iterator[bytes]:
    """A line in pieces that are short enough, none of which cuts a sign in two."""
    piece, head = b"", b""
    for sign in line:
        grown = sign.encode()
        if len(head) + len(piece) + len(grown) > _OCTETS:
            yield head + piece
            piece, head = b"", b" "
        piece += grown
    yield head + piece
