"""Bounds on the density of the code: what passes them is rarely read in one pass."""

import ast
import io
import tokenize
from collections import Counter
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "gelato_async"

# the places that may stay outside the bounds, like "cli/app.py: lines": how far out, and why
EXCEPTIONS: dict[str, tuple[float, str]] = {}

MOST_FILE_LINES = 300
MOST_FUNCTION_LINES = 40
# nine functions in ten of the package
MOST_USUAL_FUNCTION_LINES = 20
MOST_FOLDER_FILES = 20
WIDE = 100
# of the whole package: for each 1,000 lines, or in per cent of the lines
MOST = {
    "ternaries": 8,
    "nested ternaries": 0,
    "comprehensions": 10,
    "wide lines %": 2,
    "comments %": 12,
    "docstrings %": 28,
}
LEAST = {"comments %": 2, "docstrings %": 13}
# by this factor a single room may pass the upper bounds of the whole
ROOM = 1.5

WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def span(first, last):
    return last.end_lineno - first.lineno + 1


def has_docstring(node):
    return isinstance(node, WITH_DOCSTRING) and ast.get_docstring(node) is not None


def function_lines(node):
    """The lines of a function's body without its docstring."""
    body = node.body[has_docstring(node) :]
    return span(body[0], body[-1]) if body else 0


def weigh(text):
    """The counts of a file, by the names of the bounds."""
    counts = Counter({"lines": text.count("\n")})
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.IfExp):
            counts["ternaries"] += 1
            counts["nested ternaries"] += any(
                isinstance(child, ast.IfExp) and child is not node for child in ast.walk(node)
            )
        counts["comprehensions"] += isinstance(node, COMPREHENSIONS)
        if has_docstring(node):
            counts["docstrings %"] += span(node.body[0], node.body[0])
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        is_whole_line = token.line.strip().startswith("#")
        counts["comments %"] += token.type == tokenize.COMMENT and is_whole_line
    counts["wide lines %"] = sum(len(line) > WIDE for line in text.splitlines())
    return counts


def share(counts, name):
    """A count for each 1,000 lines, or in per cent of the lines."""
    whole = 100 if name.endswith("%") else 1000
    return counts[name] * whole / counts["lines"]


FILES = {
    path.relative_to(PACKAGE): path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
}


@cache
def functions():
    """Every function with its length; several of a file may have one name."""
    return [
        (f"{path.as_posix()}: {node.name}", function_lines(node))
        for path, text in FILES.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


@cache
def rooms():
    """The counts of each room, and of all of them."""
    found = {"all": Counter()}
    for path, text in FILES.items():
        counts = weigh(text)
        found["all"] += counts
        if len(path.parts) > 1:
            found.setdefault(path.parts[0], Counter()).update(counts)
    return found


def outside():
    """Every place that passes an upper bound, and its value."""
    sizes = [(f"{path.as_posix()}: lines", text.count("\n")) for path, text in FILES.items()]
    folders = Counter(f"{path.parent.as_posix()}: files" for path in FILES)
    for values, most in (
        (sizes, MOST_FILE_LINES),
        (functions(), MOST_FUNCTION_LINES),
        (folders.items(), MOST_FOLDER_FILES),
    ):
        yield from ((place, value) for place, value in values if value > most)
    for room, counts in rooms().items():
        for name, most in MOST.items():
            value = round(share(counts, name), 1)
            if value > (most if room == "all" else most * ROOM):
                yield f"{room}: {name}", value


def test_no_place_passes_the_bounds_without_a_reason():
    beyond = {
        place: value for place, value in outside() if value > EXCEPTIONS.get(place, (0, ""))[0]
    }
    assert beyond == {}


def test_no_reason_is_given_for_a_place_within_the_bounds():
    assert EXCEPTIONS.keys() - dict(outside()).keys() == set()


def test_nine_functions_in_ten_are_short():
    lengths = sorted(length for _, length in functions())
    assert lengths[len(lengths) * 9 // 10] <= MOST_USUAL_FUNCTION_LINES


def test_the_package_has_its_comments_and_docstrings():
    counts = rooms()["all"]
    assert {name for name, least in LEAST.items() if share(counts, name) < least} == set()
