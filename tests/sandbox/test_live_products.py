"""Products of the sandbox, as the live API was seen to answer them."""

import pytest

pytestmark = pytest.mark.anyio

KEY = {"X-API-KEY": "sandbox-key"}
SEARCH = "/v3/catalogs/frames/products:search"


@pytest.mark.parametrize("query", [{}, {"limit": "2"}, {"offset": "1"}], ids=str)
async def test_catalogs_come_with_their_pagination_always(anyone, query):
    answer = (await anyone.nobody.get("/v3/catalogs", params=query, headers=KEY)).json()
    assert answer.keys() == {"data", "pagination"}
    assert answer["pagination"]["offset"] == int(query.get("offset", 0))
    assert answer["pagination"]["total"] >= len(answer["data"]) > 0


async def test_a_product_search_takes_a_body_of_no_bytes(anyone):
    empty = await anyone.nobody.post(SEARCH, headers=KEY)
    assert empty.status_code == 200
    whole = await anyone.nobody.post(SEARCH, headers=KEY, json={})
    assert empty.json() == whole.json()
    assert (await anyone.gelato.post("orders")).status_code == 400


async def test_a_product_has_its_dimensions_and_one_of_them_is_a_text(anyone):
    (row, *_) = (await anyone.nobody.post(SEARCH, headers=KEY)).json()["products"]
    product = (await anyone.nobody.get(f"/v3/products/{row['productUid']}", headers=KEY)).json()
    assert product["dimensions"] == row["dimensions"]
    assert product["dimensions"]["Width"]["measureUnit"] == "mm"
    assert product["dimensions"]["Color HEX Code"]["value"].startswith("#")
