"""How much of a file is read. Whatever is larger is no list of people or units, but an accident or an attack."""

from __future__ import annotations

UPLOAD = 50 * 2**20
"""Bytes of a file as it is sent."""
INFLATED = 200 * 2**20
"""Bytes of a workbook unpacked, really counted, whatever its directory says."""
RATIO = 100
"""Times its packed size that a part may grow; below RATIO_FROM bytes nobody asks."""
RATIO_FROM = 10 * 2**20
ENTRIES = 200
DIRECTORY = 256 * 1024
"""Bytes of an archive's list of parts that is read at all, where it is read by the pages themselves."""
ROWS = 200_000
COLUMNS = 200
CELLS = 1_500_000
MERGED = 10_000
CELL = 32_767
"""Characters in one cell."""
NAMED = 1_000
"""So many hidden rows or broken cells are named one by one."""

MEMORY = 2**30
"""Bytes of memory for the process that reads."""
SECONDS = 60
"""Seconds of processor for it, and of patience with it."""

CHUNK = 5_000
"""Rows that are looked at, or written, in one transaction."""
KEEP = 7
"""Days that the rows of a sheet are kept after its end."""
