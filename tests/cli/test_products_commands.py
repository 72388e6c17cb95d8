import pytest
from support.order_commands import columns, rows

A_CARD = "cards_pf_a5_pt_300-gsm-coated-silk_cl_4-0_hor"


@pytest.fixture
def sandbox(serve):
    return serve(rate_limit=None)


@pytest.mark.parametrize("name", ["catalogs", "search", "get", "prices", "stock"])
def test_help_names_every_command(command, name):
    reported = command("products", "--help").out
    assert name in reported
    assert "Exit code: 0" in reported
    result = command("products", name, "--help")
    assert result.code == 0
    assert f"Usage: gelato-async products {name}" in result.out


def test_catalogs_are_listed(sandbox, command):
    result = command("products", "catalogs")
    assert (result.code, result.err) == (0, "")
    assert ["cards", "Cards"] in columns(result.out)
    assert {"catalogUid": "cards", "title": "Cards"} in rows(
        command("products", "catalogs", "--json").out
    )


def test_a_catalog_is_shown_with_what_a_search_filters_by(sandbox, command, terminal):
    lines = columns(command("products", "catalogs", "cards").out)
    assert ["catalog", "cards"] in lines
    assert ["attribute", "PaperFormat", "A5"] in [line[:3] for line in lines]
    plain = terminal()
    assert "catalog  cards" in plain(command("products", "catalogs", "cards").out)


def test_a_search_lists_every_product_once(sandbox, command):
    result = command("products", "search", "cards")
    assert (result.code, result.err) == (0, "")
    found = [row[0] for row in columns(result.out)]
    assert A_CARD in found
    assert len(found) == len(set(found))
    assert [
        row["productUid"] for row in rows(command("products", "search", "cards", "--json").out)
    ] == found
    assert [
        row[0] for row in columns(command("products", "search", "cards", "--limit", 2).out)
    ] == found[:2]


def test_filters_narrow_a_search_down(sandbox, command):
    filters = ["--filter", "Orientation=hor", "--filter", "PaperFormat=A5, A6"]
    found = columns(command("products", "search", "cards", *filters).out)
    assert 0 < len(found) < len(columns(command("products", "search", "cards").out))
    assert all("Orientation=hor" in row[3] for row in found)


def test_a_filter_that_finds_nothing_says_so(sandbox, command):
    result = command("products", "search", "cards", "--filter", "Colour=red")
    assert (result.code, result.out) == (0, "")
    assert result.err.startswith("No product matches.")


@pytest.mark.parametrize("given", ["Orientation", "=hor", "Orientation="])
def test_a_filter_of_another_form_is_2(sandbox, command, given):
    result = command("products", "search", "cards", "--filter", given)
    assert (result.code, result.out) == (2, "")
    assert "must be like Orientation=hor,ver" in result.err
    assert sandbox.audit().requests == 0


def test_a_search_on_a_terminal_is_a_table(sandbox, command, terminal):
    plain = terminal()
    written = plain(command("products", "search", "cards").out)
    assert written.split()[:4] == ["product", "weight", "countries", "attributes"]
    assert A_CARD in written


def test_a_product_is_shown(sandbox, command, terminal):
    lines = columns(command("products", "get", A_CARD).out)
    assert ["product", A_CARD] in lines
    assert ["attribute", "Orientation", "hor"] in lines
    assert rows(command("products", "get", A_CARD, "--json").out)[0]["productUid"] == A_CARD
    plain = terminal()
    assert "page counts" not in plain(command("products", "get", A_CARD).out)


def test_prices_are_listed_by_quantity(sandbox, command):
    result = command("products", "prices", A_CARD, "--country", "SE", "--currency", "EUR")
    assert (result.code, result.err) == (0, "")
    found = columns(result.out)
    assert {(row[0], row[1], row[5]) for row in found} == {(A_CARD, "SE", "EUR")}
    assert [int(row[2]) for row in found] == sorted({int(row[2]) for row in found})
    assert all(float(row[4]) > 0 for row in found)
    assert rows(command("products", "prices", A_CARD, "--json").out)[0]["productUid"] == A_CARD


def test_no_price_says_what_may_be_missing(sandbox, command):
    result = command("products", "prices", A_CARD, "--country", "AQ")
    assert (result.code, result.out) == (0, "")
    assert result.err == "No price is known. A product of several pages needs --page-count.\n"


def test_stock_is_shown_for_every_region_or_that_of_a_country(sandbox, command):
    result = command("products", "stock", A_CARD, "unknown")
    assert (result.code, result.err) == (0, "")
    found = columns(result.out)
    assert {row[0] for row in found} == {A_CARD, "unknown"}
    assert len({row[1] for row in found}) > 3
    of_country = command("products", "stock", A_CARD, "unknown", "--country", "se").out
    assert [row[:3] for row in columns(of_country)] == [
        [A_CARD, "EU", "non-stockable"],
        ["unknown", "EU", "not-supported"],
    ]
    assert "no stock region" in command("products", "stock", A_CARD, "--country", "AQ").out
    assert [
        row["productUid"] for row in rows(command("products", "stock", A_CARD, "x", "--json").out)
    ] == [A_CARD, "x"]


@pytest.mark.parametrize(
    ("arguments", "code", "reported"),
    [
        (["catalogs", "unknown"], 1, "(gelato-async products catalogs lists them)"),
        (["search", "unknown"], 1, "(gelato-async products catalogs lists them)"),
        (["get", "unknown"], 1, "(gelato-async products search CATALOG lists those of a catalog)"),
        (
            ["prices", "unknown"],
            1,
            "(gelato-async products search CATALOG lists those of a catalog)",
        ),
        (["prices", A_CARD, "--country", "Sweden"], 2, "country"),
        (["prices", A_CARD, "--page-count", "0"], 2, "--page-count"),
        (["prices", A_CARD, "--currency", ""], 2, "--currency is given without a value"),
        (
            ["search", "cards", "--filter", "Orientation=,"],
            2,
            "--filter Orientation is given without a value",
        ),
        (
            ["stock", A_CARD, "--country", "Sweden"],
            2,
            "--country must be a two-letter ISO 3166-1 code",
        ),
        (["stock", A_CARD, "--country", "UK"], 2, "--country must be GB"),
        (["stock", A_CARD, "--country", ""], 2, "--country must be"),
        (["stock"], 2, "must have at least one element"),
    ],
)
def test_what_is_not_answered_is_one_line(sandbox, command, arguments, code, reported):
    result = command("products", *arguments)
    assert (result.code, result.out) == (code, "")
    assert reported in result.err
    assert result.err.count("\n") == 1


def test_a_missing_key_is_2(command):
    result = command("products", "catalogs")
    assert (result.code, result.err) == (
        2,
        "gelato-async: no Gelato API key: set the environment variable GELATO_API_KEY\n",
    )


def test_a_malformed_base_url_is_2(sandbox, command):
    result = command("products", "catalogs", "--base-url", "http://example.com")
    assert result.code == 2
    assert result.err.count("\n") == 1
