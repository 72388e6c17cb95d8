"""Every relative link of the Markdown pages leads to a file, and to a heading where it names one."""

import re
from functools import cache

import pytest
from support.doc_code import ROOT

PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / ".github").rglob("*.md")),
]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
INDEX = ROOT / "docs/README.md"


def links_of(page):
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    return [link for link in LINK.findall(text) if ":" not in link.split("#")[0]]


@cache
def anchors_of(page):
    """The anchors of the headings, as GitHub makes them."""
    text = re.sub(
        r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    anchors = set()
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        words = re.sub(r"[^\w\- ]", "", heading.strip().lower())
        anchors.add(words.replace(" ", "-"))
    return anchors


def broken(page, link):
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(ROOT):
        return True
    return bool(anchor) and anchor not in anchors_of(target)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page):
    assert [link for link in links_of(page) if broken(page, link)] == []


def test_a_link_to_nothing_is_noticed():
    assert broken(INDEX, "no-such-page.md")
    assert broken(INDEX, "architecture.md#no-such-heading")
    assert not broken(INDEX, "architecture.md#glossary")


def test_the_index_links_to_every_page_of_the_docs():
    linked = {(INDEX.parent / link.partition("#")[0]).resolve() for link in links_of(INDEX)}
    pages = {page for page in (ROOT / "docs").glob("*.md") if page != INDEX}
    assert {page.name for page in pages - linked} == set()
