"""Run `baolei …` as users have it: without pandas, which only the peer needs and pyarrow loads where it finds it."""

from __future__ import annotations

import sys


class NoPandas:
    """Says of pandas that it is not installed."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Raises ModuleNotFoundError for pandas; None (ask the next finder) for all else."""
        if name == "pandas":
            raise ModuleNotFoundError("pandas is not one of the program's requirements", name=name)


if __name__ == "__main__":
    sys.meta_path.insert(0, NoPandas)
    from baolei.cli.main import main

    sys.exit(main())
