"""Sizes, committees and dates of the demo's branches; with the misfits that a structural audit must find."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa

from baolei.programme.scoring.arithmetic import Bools, Ints
from baolei.programme.standard.edition import Edition
from baolei.warehouse.demo.places import mix
from baolei.warehouse.demo.seats import Seat, codes, name
from baolei.warehouse.truth import Bits

AS_OF = dt.date(2023, 12, 31)
_EPOCH = dt.date(1970, 1, 1)


def sizes(seats: list[Seat], bits: Bits) -> tuple[Ints, Ints]:
    """Members and full members of each branch, int64 [n]: log-normal around the sort's mean; shells and too few."""
    odd, n = mix()["misfits"], len(seats)
    mean = np.array([mix()["sorts"][seat.sort]["members"] for seat in seats], dtype=float)
    members = np.maximum(np.rint(mean * np.exp(bits.normal(-0.06, 0.36, n))), 3).astype(np.int64)
    luck = bits.random(n)
    members = np.where(luck < odd["shell"], 0, members)
    full = members - bits.binomial(members, 0.03)
    few = (luck >= odd["shell"]) & (luck < odd["shell"] + odd["too_few"])
    full = np.where(few, bits.integers(1, 3, n), np.where(members > 0, np.maximum(full, 3), 0))
    return np.where(few, full + bits.integers(0, 2, n), members).astype(np.int64), full.astype(np.int64)


def roster(edition: Edition, seats: list[Seat], members: Ints, full: Ints, hangs: list[str], bits: Bits) -> pa.Table:
    """The branches of a block, as the snapshot's table."""
    n = len(seats)
    served = np.where([seat.unit.level == 5 for seat in seats], 420, 150) * np.exp(bits.normal(0, 0.6, n))
    columns = {
        "code": pa.array(codes(seats), pa.string()),
        "name": pa.array([name(seat) for seat in seats], pa.string()),
        "field": pa.array([edition.fields[seat.field].code for seat in seats], pa.string()),
        "kind": pa.array(["joint_branch" if seat.joint else "branch" for seat in seats], pa.string()),
        "unit": pa.array([seat.unit.code for seat in seats], pa.string()),
        "organisation": pa.array(hangs, pa.string()),
        "members": members,
        "full_members": full,
        **_posts_and_dates(members, full, bits),
        "entitled": full,
        "served": np.maximum(np.rint(served), 20).astype(np.int64),
    }
    return pa.table(columns)


def _posts_and_dates(members: Ints, full: Ints, bits: Bits) -> dict[str, pa.Array]:
    odd, n = mix()["misfits"], len(members)

    def share(code: str) -> Bools:
        return np.asarray(bits.random(n) < odd[code])

    usual = np.where(full >= 7, np.where(full > 30, 5, 3), 0)
    committee = np.where(share("no_committee"), 0, np.where(share("short_committee") & (usual > 0), 2, usual))
    dormant = share("dormant")
    quiet = np.where(dormant, bits.integers(200, 700, n), bits.integers(190, 500, n))
    back = np.where(share("inactive") | dormant | (members == 0), quiet, bits.integers(1, 45, n))
    term = np.where(share("overdue"), -bits.integers(1, 400, n), bits.integers(10, 1700, n))
    approved = (members > 50) & share("approved")
    return {
        "committee": pa.array(committee),
        "secretary_vacant_since": _days(-bits.integers(1, 400, n), share("vacancy")),
        "term_end": _days(term),
        "last_gathering": _days(-back),
        "unit_active": pa.array(~dormant),
        "exception": pa.array(np.where(approved, mix()["document"], "").tolist(), pa.string()),
    }


def _days(after: Ints, known: Bools | None = None) -> pa.Array:
    """Dates `after` days from the day of the round; null where not `known`."""
    number = ((AS_OF - _EPOCH).days + after).astype(np.int32)
    return pa.array(number, mask=None if known is None else ~known).cast(pa.date32())
