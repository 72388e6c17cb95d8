"""The contract: origins, paths and credentials."""

import pytest
from support.contract import CONNECT, GELATO, MINIMAL, both, make_connect, make_gelato

from gelato_async import (
    CancelOrder,
    CreateOrder,
    GetOrder,
    QuoteOrder,
    SearchOrders,
    UpdateShipment,
)


@both
@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("https://proxy.example.org", "https://proxy.example.org"),
        ("https://proxy.example.org/", "https://proxy.example.org"),
        ("https://proxy.example.org:8443", "https://proxy.example.org:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("http://127.8.8.8", "http://127.8.8.8"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://sandbox.localhost", "http://sandbox.localhost"),
    ],
)
def test_a_base_url_replaces_the_origin_and_keeps_the_paths(api, base_url, origin):
    documented, moved = (
        api.backend.build(GetOrder("id-1")).url,
        api.make(base_url=base_url).build(GetOrder("id-1")).url,
    )
    path = documented.split("/", 3)[3]
    assert moved == f"{origin}/{path}"


@both
def test_without_a_base_url_the_documented_hosts_are_used(api):
    assert api.make(base_url=None).origins == api.backend.origins


@both
@pytest.mark.parametrize(
    ("base_url", "words"),
    [
        ("", "base_url is empty"),
        ("http://api.example.org", "plain HTTP"),
        ("http://10.0.0.1", "plain HTTP"),
        ("http://localhost.example.org", "plain HTTP"),
        ("http://notlocalhost", "plain HTTP"),
        ("https://api.example.org/v4", "without a path"),
        ("https://api.example.org?x=1", "without a path"),
        ("https://api.example.org#top", "without a path"),
        ("https://user:s3cr3t@api.example.org", "an origin"),
        ("https://user@api.example.org", "an origin"),
        ("ftp://api.example.org", "an origin"),
        ("api.example.org", "an origin"),
        ("https://", "an origin"),
        ("https://api.example.org:port", "base_url"),
        ("https://api.example.org:99999", "base_url"),
        ("https://[::1", "Invalid IPv6|base_url"),
    ],
)
def test_a_base_url_that_is_not_a_safe_origin_is_refused(api, base_url, words):
    with pytest.raises(ValueError, match=words) as caught:
        api.make(base_url=base_url)
    assert "s3cr3t" not in str(caught.value)


@both
@pytest.mark.parametrize(
    "template", ["/own/{order_id}/stop", "/{order_id}", "/own/{order_id}/{order_id}"]
)
def test_a_path_can_be_replaced(api, template):
    backend = api.make(paths={CancelOrder: template})
    assert backend.build(CancelOrder("a/b")).url.endswith(template.format(order_id="a%2Fb"))
    assert backend.build(GetOrder("id-1")) == api.backend.build(GetOrder("id-1"))


@both
@pytest.mark.parametrize(
    ("operation", "template"),
    [
        (CancelOrder, "own/{order_id}"),
        (CancelOrder, "/own"),
        (CancelOrder, ""),
        (CancelOrder, "/own/{order_id}/{other}"),
        (CancelOrder, "/own/{order_id}/{}"),
        (CancelOrder, "/own/{order_id}/{0}"),
        (CancelOrder, "/own/{order_id"),
        (CancelOrder, "/own/{order_id.real}"),
        (SearchOrders, "/own/{order_id}"),
    ],
)
def test_a_path_that_cannot_be_filled_in_is_refused(api, operation, template):
    with pytest.raises(ValueError, match=r"paths: the template for|expected"):
        api.make(paths={operation: template})


@pytest.mark.parametrize(
    ("api", "operation"), [(GELATO, UpdateShipment), (CONNECT, QuoteOrder), (CONNECT, CreateOrder)]
)
def test_a_path_for_a_call_that_an_api_does_not_have_is_refused(api, operation):
    with pytest.raises(ValueError, match=f"this API has no {operation.__name__}"):
        api.make(paths={operation: "/own/{order_id}"})


# credentials


@both
def test_no_repr_shows_a_secret(api):
    backend = api.backend
    request = backend.build(api.create(MINIMAL))
    texts = [
        repr(backend),
        repr(backend.credentials),
        repr(request),
        repr(api.create(MINIMAL)),
        str(request),
    ]
    assert [secret for secret in api.secrets for text in texts if secret in text] == []
    assert [
        word for word in ("Ida", "Nordmann", "Lönngatan") for text in texts if word in text
    ] == []


@both
def test_the_digest_names_no_secret(api):
    assert not [secret for secret in api.secrets if secret in api.backend.credentials.digest]
    assert GELATO.backend.credentials.digest != CONNECT.backend.credentials.digest


KEYS = [
    (GELATO, "key", "GELATO_API_KEY"),
    (CONNECT, "prefix", "GELATO_CONNECT_PREFIX"),
    (CONNECT, "key", "GELATO_CONNECT_API_KEY"),
    (CONNECT, "secret", "GELATO_CONNECT_API_SECRET"),
]


@pytest.mark.parametrize(("api", "argument", "variable"), KEYS)
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_credential_names_its_variable(api, argument, variable, value):
    with pytest.raises(ValueError, match=variable):
        api.make(**{argument: value})


@pytest.mark.parametrize(("api", "argument", "variable"), KEYS)
@pytest.mark.parametrize(
    "value", ["s3cr3t\n", "s3cr3t\r\nhost: evil", "s3 cr3t", "s3cr3t\x00", "s3cr3té"]
)
def test_a_credential_with_odd_characters_is_refused_unquoted(api, argument, variable, value):
    with pytest.raises(ValueError, match="character that no key has") as caught:
        api.make(**{argument: value})
    assert "s3" not in str(caught.value)


@pytest.mark.parametrize("prefix", ["a/b", "a?b", "a#b"])
def test_a_prefix_is_one_segment_of_a_path(prefix):
    with pytest.raises(ValueError, match="prefix"):
        make_connect(prefix=prefix)


@pytest.mark.parametrize("prefix", [".", ".."])
def test_a_prefix_that_addresses_something_else_is_refused(prefix):
    with pytest.raises(ValueError, match="prefix"):
        make_connect(prefix=prefix)


def test_a_colon_is_refused_in_the_key_but_not_in_the_secret():
    with pytest.raises(ValueError, match="API key"):
        make_connect(key="a:b")
    assert make_connect(secret="b:c").credentials.header == "sample-key:b:c"


def test_a_prefix_is_percent_encoded():
    assert (
        make_connect(prefix="a%b").build(GetOrder("1")).url
        == "https://api.partner-connect.io/api/a%25b/1"
    )


def test_a_replaced_path_may_use_the_prefix_or_not():
    paths = {GetOrder: "/api/{prefix}/order/{order_id}", CancelOrder: "/x/{order_id}"}
    backend = make_connect(paths=paths)
    assert (
        backend.build(GetOrder("1")).url == "https://api.partner-connect.io/api/acme-print/order/1"
    )
    assert backend.build(CancelOrder("1")).url == "https://api.partner-connect.io/x/1"
    with pytest.raises(ValueError, match=r"may use \{order_id\}$"):
        make_gelato(paths={GetOrder: "/{prefix}/{order_id}"})
    with pytest.raises(ValueError, match="may use no names"):
        make_gelato(paths={CreateOrder: "/{prefix}"})
