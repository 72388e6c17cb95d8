"""The generated functions write what the plain way writes, to the last byte, and refuse what it refuses."""

import copy
from decimal import Decimal

import attrs
import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st
from support.contract import (
    CONNECT,
    CONNECT_EVERYTHING,
    DEPOT,
    EVERYONE,
    EXTRA,
    FILTERED,
    FRAME,
    FRONT,
    GELATO,
    GELATO_EVERYTHING,
    MINIMAL,
    OWN_FILTERS,
    QUOTE,
    SWEDE,
)

from gelato_async import (
    CreateOrder,
    CreateProductFromTemplate,
    FileType,
    Metadata,
    NewStoreProduct,
    NewStoreProductVariant,
    OrderType,
    PlaceholderImage,
    QuoteOrder,
    SearchOrders,
    SearchShippingPrices,
    ShippingPricesProduct,
    ShippingPricesRequest,
    SubmitOrder,
)
from gelato_async.core.encoder import encoder_of, source_of
from gelato_async.core.rules import Rule, RuleTable, checks
from gelato_async.core.rules.conditions import Check
from gelato_async.core.wire.writers import Dialect

steady = settings(derandomize=True, deadline=None, database=None, max_examples=60)


class Text(str):
    __slots__ = ()


TEXTS = ("", " ", "x", "x" * 36, "x" * 101, " x", "x\t", '"\\', "\x7f", "\u2028", "\ud800", "é")
TEXTS += (
    "a@b",
    "@b",
    "a@",
    "@@b",
    "a@b ",
    "東京",
    "東京 abcdefghijk",
    "SE",
    "US",
    "BR",
    "JP",
    "UK",
    "se",
)
ODD = (
    *TEXTS,
    *(None, 0, 1, -1, 2.5, float("nan"), True, False, 10**20, 10**5000, object()),
    *map(Decimal, ("1.50", "-0", "1e22", "NaN", "sNaN", "1e400")),
    *((), [], ("x",), ["x", "x"], ("x", 1), {}, {"a": "b"}, {"a": 1}, {1: "b"}),
    *(FileType.DEFAULT, OrderType("preorder"), Text("x"), FRONT, SWEDE, DEPOT, FRAME),
    *((FRONT, FRONT), (FRONT, "x"), (FRAME,), (Metadata(key="k", value="v"),)),
)

SOCKS = NewStoreProduct(
    template_id="template",
    title="Socks",
    is_visible_in_the_online_store=True,
    tags=["warm"],
    variants=[
        NewStoreProductVariant(
            template_variant_id="variant",
            position=1,
            image_placeholders=[PlaceholderImage(name="front", file_url="u", fit_method="meet")],
        )
    ],
)
PRICED = ShippingPricesRequest(
    country="SE",
    currency="SEK",
    products=[ShippingPricesProduct(product_uid="mug", quantities=[1])],
)
BRAZILIAN = evolve(SWEDE, country="BR", federal_tax_id="1")
COMPANY = evolve(BRAZILIAN, is_business=True, state_tax_id="2", registration_state="SP")
JAPANESE = evolve(
    SWEDE, country="JP", address_line1="千代田区1-1 Apt 7", address_line2=None, city="東京"
)
SAMPLES = {
    "gelato order": (GELATO, CreateOrder(MINIMAL)),
    "full gelato order": (GELATO, CreateOrder(GELATO_EVERYTHING)),
    "order to Brazil": (GELATO, CreateOrder(evolve(MINIMAL, shipping_address=BRAZILIAN))),
    "order to a company": (GELATO, CreateOrder(evolve(MINIMAL, shipping_address=COMPANY))),
    "order to Japan": (GELATO, CreateOrder(evolve(MINIMAL, shipping_address=JAPANESE))),
    "extra": (GELATO, CreateOrder(EXTRA)),
    "quote": (GELATO, QuoteOrder(QUOTE)),
    "search": (GELATO, SearchOrders(OWN_FILTERS)),
    "search by date": (GELATO, SearchOrders(FILTERED)),
    "search for all": (GELATO, SearchOrders(EVERYONE)),
    "socks": (GELATO, CreateProductFromTemplate("store", SOCKS)),
    "shipping prices": (GELATO, SearchShippingPrices(PRICED)),
    "connect order": (CONNECT, SubmitOrder(MINIMAL)),
    "full connect order": (CONNECT, SubmitOrder(CONNECT_EVERYTHING)),
    "custom items": (CONNECT, SubmitOrder(evolve(MINIMAL, items=[FRAME]))),
    "mixed items": (CONNECT, SubmitOrder(evolve(MINIMAL, items=[*MINIMAL.items, FRAME]))),
    "connect search": (CONNECT, SearchOrders(FILTERED)),
}
# what only the plain way writes: `extra`, a date, an element with rules, a number in a list
UNUSUAL = {"extra", "search by date", "connect search", "socks", "search for all"}
UNUSUAL |= {"shipping prices", "mixed items"}
samples = pytest.mark.parametrize("name", SAMPLES)


def spots(value):
    """Each field of a model and of those inside it, with the model that has it."""
    if isinstance(value, tuple):
        for element in value:
            yield from spots(element)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            if field.name != "extra":
                yield value, field.name
            yield from spots(getattr(value, field.name))


def damaged(operation, changes):
    """A copy with other values in some of its fields, past converters and validators."""
    changed = copy.deepcopy(operation)
    places = list(spots(changed))
    for number, value in changes:
        model, name = places[number % len(places)]
        object.__setattr__(model, name, value)
    return changed


def outcome(act, *arguments, **options):
    try:
        return act(*arguments, **options)
    except Exception as error:  # noqa: BLE001
        # of any kind: such values do not get past the converters and validators
        return type(error), str(error)


def prepared_plainly(backend, operation, *, validate):
    plan = backend._plan(operation)
    content = plan.content(operation)
    backend._check(plan, operation, content, validate=validate)
    return plan.build(operation, content)


def assert_both_ways_agree(backend, operation):
    for validate in (True, False):
        plainly = outcome(prepared_plainly, backend, operation, validate=validate)
        assert outcome(backend.prepare, operation, validate=validate) == plainly


@samples
def test_both_ways_agree_on_orders_with_a_few_odd_values(name):
    api, operation = SAMPLES[name]
    backend = api.backend

    @steady
    @given(st.lists(st.tuples(st.integers(0, 500), st.sampled_from(ODD)), min_size=1, max_size=3))
    def check(changes):
        assert_both_ways_agree(backend, damaged(operation, changes))

    assert_both_ways_agree(backend, operation)
    check()


@pytest.mark.system
@samples
def test_both_ways_agree_on_any_odd_value_in_any_place(name):
    api, operation = SAMPLES[name]
    backend = api.backend
    for number in range(len(list(spots(operation)))):
        for value in ODD:
            assert_both_ways_agree(backend, damaged(operation, [(number, value)]))


@samples
def test_usual_requests_are_written_in_one_pass(name):
    api, operation = SAMPLES[name]
    plan = api.backend._plan(operation)
    assert (plan.encode(operation, validate=True) is None) is (name in UNUSUAL)


# checks


CHECKS = [found for found in vars(checks).values() if isinstance(found, Check)]
CHECKS += [
    checks.longest(3),
    checks.one_of("a", "b"),
    checks.between(1),
    checks.between(0, 9),
    checks.at_most(1),
]
HOLDERS = [{"country": code, "isBusiness": None} for code in (None, "SE", "US", "BR", "JP")]
HOLDERS += [{"country": "BR", "isBusiness": business} for business in (True, False, ["x"])]


@pytest.mark.parametrize("check", CHECKS)
def test_what_certainly_passes_a_check_has_no_message(check):
    others = [(check.missing, [None]), (check.number, [-1, 0, 1, 9, 10])]
    others.append((check.many, [(), ("x",), ("x", "y")]))

    @steady
    @given(st.sampled_from(HOLDERS), st.one_of(st.text(max_size=5), st.sampled_from(TEXTS)))
    def is_sound(holder, text):
        variables = {key: repr(value) for key, value in holder.items()}
        for condition, values in [(check.text, [text]), *others]:
            for value in values:
                if eval(condition.format_map(variables), {**checks.CONDITION_NAMES, "v": value}):
                    assert check(value, holder) is None

    is_sound()


def test_a_function_can_be_printed():
    rules = RuleTable([Rule("key", checks.required), Rule("key", checks.longest(100))])
    assert source_of(Metadata, Dialect({}), rules) == (
        "def encode(body):\n"
        "    text = ''\n"
        "    if body.__class__ is not Metadata:\n"
        "        return None\n"
        "    body_key = body.key\n"
        "    if not (body_key.strip() and len(body_key) <= 100):\n"
        "        return None\n"
        "    body_value = body.value\n"
        '    text += f\'{{"key":{quote(body_key)},"value":{quote(body_value)}}}\'\n'
        "    return text\n"
    )
    assert (
        encoder_of(Metadata, Dialect({}), rules)(Metadata("a", 'b"'))
        == '{"key":"a","value":"b\\""}'
    )
