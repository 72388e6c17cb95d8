import json
import urllib.request

import pytest
from support.order_commands import columns, rows


@pytest.fixture
def shop(serve):
    """A sandbox whose store `store-1` has some products."""

    def open_shop(number=3):
        sandbox = serve(rate_limit=None)
        url = f"{sandbox.url}/v1/stores/store-1/products:create-from-template"
        headers = {"X-API-KEY": sandbox.api_key, "Content-Type": "application/json"}
        for count in range(number):
            body = json.dumps(
                {"templateId": "template-t-shirt", "title": f"Shirt {count}"}
            ).encode()
            with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
                assert answer.status == 200
        return sandbox

    return open_shop


@pytest.mark.parametrize(
    "names", [("shipping", "methods"), ("stores", "products"), ("templates", "get")]
)
def test_help_names_every_command(command, names):
    assert "Exit code: 0" in command(names[0], "--help").out
    result = command(*names, "--help")
    assert result.code == 0
    assert f"Usage: gelato-async {' '.join(names)}" in result.out


def test_shipment_methods_are_listed(shop, command, terminal):
    shop(0)
    every = command("shipping", "methods")
    assert (every.code, every.err) == (0, "")
    assert "sandbox_express" in [row[0] for row in columns(every.out)]
    some = columns(command("shipping", "methods", "--country", "SE").out)
    assert 0 < len(some) < len(columns(every.out))
    assert rows(command("shipping", "methods", "--json").out)[0]["supportedCountries"]
    plain = terminal()
    assert "tracking" in plain(command("shipping", "methods").out).split()


def test_no_shipment_method_says_so(shop, command):
    shop(0)
    result = command("shipping", "methods", "--country", "AQ")
    assert (result.code, result.out, result.err) == (0, "", "There is no shipment method.\n")


def test_a_malformed_country_is_2(shop, command):
    shop(0)
    result = command("shipping", "methods", "--country", "Sweden")
    assert (result.code, result.err.count("\n")) == (2, 1)


def test_the_products_of_a_store_are_listed_newest_first(shop, command):
    shop()
    result = command("stores", "products", "store-1")
    assert (result.code, result.err) == (0, "")
    assert [row[1] for row in columns(result.out)] == ["Shirt 2", "Shirt 1", "Shirt 0"]
    assert [
        row["title"]
        for row in rows(command("stores", "products", "store-1", "--json", "--limit", 2).out)
    ] == [
        "Shirt 2",
        "Shirt 1",
    ]
    oldest_first = command(
        "stores", "products", "store-1", "--order", "asc", "--order-by", "createdAt"
    )
    assert [row[1] for row in columns(oldest_first.out)] == ["Shirt 0", "Shirt 1", "Shirt 2"]


def test_a_store_without_products_says_so(shop, command):
    shop(0)
    result = command("stores", "products", "store-1")
    assert (result.code, result.out, result.err) == (0, "", "The store has no product.\n")


def test_a_template_is_shown_with_its_variants(shop, command, terminal):
    shop(0)
    result = command("templates", "get", "template-t-shirt")
    assert (result.code, result.err) == (0, "")
    lines = columns(result.out)
    assert ["template", "template-t-shirt"] in lines
    assert any(line[0] == "variant" and line[4] for line in lines)
    assert (
        rows(command("templates", "get", "template-t-shirt", "--json").out)[0]["id"]
        == "template-t-shirt"
    )
    plain = terminal()
    assert "image placeholders" in plain(command("templates", "get", "template-t-shirt").out)


def test_no_such_template_is_1(shop, command):
    shop(0)
    result = command("templates", "get", "unknown")
    assert (result.code, result.out) == (1, "")
    assert result.err.endswith("(check the id in Gelato's dashboard)\n")
    assert result.err.count("\n") == 1
