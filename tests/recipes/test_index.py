from pathlib import Path

import pytest
from support.doc_code import ROOT, code_of

PAGES = sorted((ROOT / "docs/recipes").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_names_its_file_and_every_page_has_its_tests(page):
    blocks = code_of(page)
    assert blocks
    for code in blocks:
        assert code.startswith("# ")
        assert code.splitlines()[0].endswith(".py")
    tests = "".join(
        path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")
    )
    assert page.stem == "README" or f'"{page.stem}"' in tests


def test_the_index_links_to_every_page():
    index = (ROOT / "docs/recipes/README.md").read_text(encoding="utf-8")
    assert [
        page.name for page in PAGES if page.name != "README.md" and f"({page.name})" not in index
    ] == []
