"""The process that sets a paper: asked in JSON on its input, it answers with a PDF; ends with 3 where it cannot."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def main() -> int:
    """Set what is asked for; what is wrong with it, in the setter's own words, where it cannot be."""
    import typst

    asked: dict[str, Any] = json.load(sys.stdin.buffer)
    try:
        sys.stdout.buffer.write(_set(asked))
    except typst.TypstError as error:
        sys.stdout.buffer.write(error.diagnostic.encode())
        return 3
    return 0


def _set(asked: dict[str, Any]) -> bytes:
    import typst

    from baolei.warehouse.papers.pdf import layout

    made = typst.compile(
        layout(asked["layout"]), format="pdf", font_paths=_fonts(asked["fonts"], asked["codes"]),
        ignore_system_fonts=True, sys_inputs={"paper": asked["paper"]}, pdf_standards=asked["standards"],
        pdf_tags="ua-1" in asked["standards"], timestamp=asked["made"],
    )  # fmt: skip
    assert isinstance(made, bytes)
    return made


def _fonts(own: str, codes: bool) -> Any:
    """The unit's own fonts, then those that came along; the setter's own where `codes` are printed."""
    import pylopdf_fonts_zh_cn
    import typst

    came = Path(pylopdf_fonts_zh_cn.serif_path()).parent
    paths: list[Any] = [*([own] if own and Path(own).is_dir() else []), str(came)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=codes, font_paths=paths)


if __name__ == "__main__":
    raise SystemExit(main())
