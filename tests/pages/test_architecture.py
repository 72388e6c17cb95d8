import pytest
from pages.blocks import PAGE, renewed


def test_the_page_prints_the_tables_as_the_code_has_them():
    page = PAGE.read_text(encoding="utf-8")
    assert page == renewed(page), "run: python tests/pages/generate.py"


def test_a_page_without_its_blocks_is_refused():
    with pytest.raises(ValueError, match="0 blocks named 'rooms'"):
        renewed("# Architecture\n")
