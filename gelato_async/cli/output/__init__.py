"""How answers are printed: a table on a terminal, tabs in a pipe, JSON with `--json`.

A view says which columns a thing has (`views`, and the `*_views` for orders, products and events);
a writer prints rows of any view (`answers`, and `drawn_tables`, which alone needs rich). Nothing
here asks an API or knows a command.

Start with `views`, then `answers`.
"""
