import re

from support.doc_code import ROOT

import gelato_async
from gelato_async import CallOptions, ClientOptions, GelatoError


def first_column(page):
    """The names in the first cells of a page's tables."""
    rows = re.findall(r"^\|(.+?)\|", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    return {name for cell in rows for name in re.findall(r"`(\w+)`", cell)}


def test_the_page_of_options_has_them_all():
    options = {*CallOptions.__annotations__, *ClientOptions.__annotations__, "base_url", "paths"}
    assert first_column("docs/options.md") == options


def test_the_page_of_errors_has_them_all():
    public = {name: getattr(gelato_async, name) for name in gelato_async.__all__}
    errors = {
        name
        for name, value in public.items()
        if isinstance(value, type) and issubclass(value, GelatoError)
    }
    assert first_column("docs/errors.md") == errors - {"GelatoError"}
