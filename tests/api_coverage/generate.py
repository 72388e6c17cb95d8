"""Writes docs/api-coverage.md anew: `python tests/api_coverage/generate.py`."""

import sys
from pathlib import Path


def main() -> None:
    root = Path(__file__).parents[2]
    sys.path[:0] = [str(root), str(root / "tests")]
    from api_coverage.page import PAGE, page

    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
