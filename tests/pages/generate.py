"""Writes the printed parts of docs/architecture.md anew: `python tests/pages/generate.py`."""

import sys
from pathlib import Path


def main() -> None:
    root = Path(__file__).parents[2]
    sys.path[:0] = [str(root), str(root / "tests")]
    from pages.blocks import PAGE, renewed

    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
