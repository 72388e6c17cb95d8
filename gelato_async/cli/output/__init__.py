"""How answers are printed: a table on a terminal, tabs in a pipe, JSON with `--json`.

`views` has rows of text, `answers` chooses the writer, `drawn_tables` needs rich; the `*_views`
say which columns a thing has.
"""
