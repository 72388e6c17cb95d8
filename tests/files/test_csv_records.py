"""Rows without quotes are split without the csv module, which would read them alike."""

import csv
from unittest.mock import patch

import pytest
from hypothesis import given, settings, strategies as st

from gelato_async.files.csv_records import Records

HEADER = b"one,two,three\n"
# what a delimiter, a quote or the end of a line may be, and what none of them is
SIGNS = st.sampled_from(
    [",", ";", "\t", '"', '""', "\r", "\n", "\r\n", "\0", " ", "a", "é", "\u2028"]
)
LINES = st.lists(st.lists(SIGNS, max_size=9).map("".join).map(str.encode), max_size=6)


def rows(lines):
    found = Records(lines)
    return [found.header, *found]


def rows_by_csv(lines):
    # a line of more than so many characters is left to the csv module
    with patch.object(csv, "field_size_limit", lambda: -1):
        return rows(lines)


@settings(deadline=None, max_examples=500)
@given(LINES)
def test_rows_are_split_as_the_csv_module_splits_them(lines):
    assert rows([HEADER, *lines]) == rows_by_csv([HEADER, *lines])
    assert rows(lines) == rows_by_csv(lines)


@settings(deadline=None, max_examples=500)
@given(LINES.map(b"".join))
def test_lines_of_a_file_are_split_alike_too(text):
    lines = text.splitlines(keepends=True)
    assert rows([HEADER, *lines]) == rows_by_csv([HEADER, *lines])


@pytest.mark.parametrize("longer", [0, 1])
def test_a_cell_has_the_length_that_the_csv_module_allows(longer):
    cell = b"x" * (csv.field_size_limit() + longer)
    _, row = rows([HEADER, cell + b",y,z\n"])
    assert bool(row.problem) == bool(longer)
    assert row == rows_by_csv([HEADER, cell + b",y,z\n"])[1]
