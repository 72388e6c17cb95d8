import pytest

from gelato_async import Problem
from gelato_async.core.rules import Rule, RuleTable, checks, problems_of

INFINITY = float("inf")


def said(check, value, **holder):
    return check(value, holder)


@pytest.mark.parametrize(
    ("check", "good"),
    [
        (checks.required, ["x", 0, False, [], {}]),
        (checks.present, ["", "x", 0]),
        (checks.not_empty, [[1], {"a": 1}, (1,)]),
        (checks.longest(3), ["", "abc", "äöü", None, 12345, ["long", "list", "of", "words"]]),
        (checks.at_most(2), [[], [1, 2], (1,), None, "text"]),
        (checks.between(1), [1, 7, 10**9, None]),
        (checks.between(1, 100), [1, 100, None]),
        (checks.one_of("order", "draft"), ["order", "draft", None]),
        (checks.country_code, ["SE", "GB", "XK", None]),
        (checks.email, ["a@b", "paul.smith@email.com", '"a@b"@c', "ü@ö", None, "", " "]),
        (
            checks.unique("id"),
            [
                [],
                None,
                [{"id": "a"}, {"id": "b"}],
                [{}, {}],
                [{"id": None}, {"id": None}],
                ["x", "x"],
            ],
        ),
        (
            checks.moment,
            [
                None,
                "2014-04-25T16:15:47-04:00",
                "2014-04-25T16:15:47Z",
                "2014-04-25T16:15:47.5+0200",
            ],
        ),
        (checks.finite, [None, 0, 19.99, -1]),
    ],
)
def test_what_is_documented_passes(check, good):
    assert [said(check, value) for value in good] == [None] * len(good)


@pytest.mark.parametrize(
    ("check", "bad", "words"),
    [
        (checks.required, [None, "", "  "], "is required"),
        (checks.present, [None], "is required"),
        (checks.not_empty, [None, [], (), {}], "at least one element"),
        (checks.longest(3), ["abcd"], "at most 3 characters long; it has 4"),
        (checks.at_most(2), [[1, 2, 3]], "at most 2 elements; it has 3"),
        (checks.between(1), [0, -1, 1.0, True, "1", [1]], "a whole number of 1 or more"),
        (checks.between(1, 100), [0, 101], "at most 100"),
        (checks.one_of("order", "draft"), ["Order", "", 1, ["order"]], "must be order or draft"),
        (
            checks.country_code,
            ["se", "SWE", "S", "", "ÅÄ", 46, ["SE"], "SE\n"],
            "two-letter ISO 3166-1 code",
        ),
        (checks.country_code, ["UK"], "GB for the United Kingdom"),
        (checks.email, ["a", "@", "a@", "@b", " @b", "a@ ", 7], "both sides of an @"),
        (checks.unique("id"), [[{"id": "a"}, {"id": "b"}, {"id": "a"}]], "used twice: a"),
        (
            checks.moment,
            ["2014-04-25", "2014-04-25T16:15:47", "today", 1398456947, ["2014-04-25T16:15:47Z"]],
            "a moment with an offset",
        ),
        (checks.finite, [INFINITY, -INFINITY, float("nan"), "19.99", [1]], "an amount of money"),
    ],
)
def test_what_breaks_a_limit_has_a_message(check, bad, words):
    assert all(words in (said(check, value) or "") for value in bad)


@pytest.mark.parametrize("country", ["US", "CA", "AU"])
def test_three_countries_need_a_state(country):
    assert said(checks.state_where_needed, None, country=country) == f"is required in {country}"
    assert said(checks.state_where_needed, " ", country=country) is not None
    assert said(checks.state_where_needed, "X", country=country) is None


def test_others_need_no_state():
    assert said(checks.state_where_needed, None, country="SE") is None
    assert said(checks.state_where_needed, None) is None


@pytest.mark.parametrize("country", ["CN", "JP", "KR", "RU"])
def test_some_countries_want_local_script(country):
    few, many = "東京 abcdefghij 1-2-3", "東京 abcdefghijk"
    assert said(checks.few_latin_letters, few, country=country) is None
    assert "at most 10 Latin letters" in said(checks.few_latin_letters, many, country=country)
    assert said(checks.no_latin_letters, "東京 12", country=country) is None
    assert "local language" in said(checks.no_latin_letters, "東京 a", country=country)
    assert "local language" in said(checks.no_latin_letters, "É", country=country)


@pytest.mark.parametrize("check", [checks.few_latin_letters, checks.no_latin_letters])
def test_other_countries_write_as_they_like(check):
    assert said(check, "Some Latin Street Name", country="SE") is None
    assert said(check, None, country="JP") is None
    assert said(check, 12, country="JP") is None


def test_signs_are_no_letters():
    assert said(checks.no_latin_letters, "東京\u00d7\u00f7", country="JP") is None


def test_brazil_needs_tax_ids():
    assert said(checks.brazilian, None, country="BR") == "is required in BR"
    assert said(checks.brazilian, "111.222.333-44", country="BR") is None
    assert said(checks.brazilian, None, country="SE") is None
    assert (
        said(checks.brazilian_company, "", country="BR", isBusiness=True)
        == "is required for a company in BR"
    )
    assert said(checks.brazilian_company, "1", country="BR", isBusiness=True) is None
    assert said(checks.brazilian_company, None, country="BR", isBusiness=False) is None
    assert said(checks.brazilian_company, None, country="BR") is None
    assert said(checks.brazilian_company, None, country="SE", isBusiness=True) is None
    assert said(checks.for_brazilian_company, "1", country="BR") == "needs isBusiness to be true"
    assert said(checks.for_brazilian_company, "1", country="BR", isBusiness=True) is None
    assert said(checks.for_brazilian_company, "1", country="US") is None
    assert said(checks.for_brazilian_company, "", country="BR") is None


@pytest.mark.parametrize(
    "check", [checks.state_where_needed, checks.few_latin_letters, checks.no_latin_letters]
)
def test_a_country_of_the_wrong_kind_breaks_no_check(check):
    assert said(check, "Åby", country=["SE"]) is None


def test_items_of_the_wrong_kind_break_no_check():
    assert said(checks.unique("id"), 5) is None


BODY = {
    "name": "",
    "items": [{"id": "a", "files": [{"url": ""}, {"url": "u"}]}, {"id": ""}, "no object"],
    "tuple": ({"id": ""},),
    "tags": ["ok", ""],
}


@pytest.mark.parametrize(
    ("path", "broken"),
    [
        ("name", ["name"]),
        ("other", ["other"]),
        ("items[].id", ["items[1].id"]),
        ("items[].files[].url", ["items[0].files[0].url"]),
        ("tuple[].id", ["tuple[0].id"]),
        ("tags[]", ["tags[1]"]),
        ("absent.name", []),
        ("absent[].name", []),
        ("name.inner", []),
        ("name[].inner", []),
    ],
)
def test_a_rule_is_applied_wherever_its_path_leads(path, broken):
    assert problems_of([Rule(path, checks.required)], BODY) == [
        Problem(found, "is required") for found in broken
    ]


def test_every_broken_rule_is_a_problem():
    table = [
        Rule("items[].id", checks.required),
        Rule("name", checks.required),
        Rule("name", checks.one_of("a")),
    ]
    assert sorted(problem.path for problem in problems_of(table, BODY)) == [
        "items[1].id",
        "name",
        "name",
    ]


def test_a_table_keeps_its_rules_as_they_were_written():
    table = [Rule("name", checks.required), Rule("items[].id", checks.required)]
    assert list(RuleTable(table)) == table
