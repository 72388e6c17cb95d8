import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

from gelato_async.backends.connect import connect_backend
from gelato_async.backends.gelato import gelato_backend
from gelato_async.bulk import read_csv, read_jsonl
from gelato_async.cli.samples.columns import COLUMNS
from gelato_async.cli.samples.orders import sample_orders, to_body, to_line
from gelato_async.core.order_reader import LISTED
from gelato_async.files.csv_writer import rows_of, to_csv
from gelato_async.models.new_order import CatalogItem, CustomItem, File, Metadata

BACKENDS = {"gelato": gelato_backend("key"), "connect": connect_backend("prefix", "key", "secret")}

ROW = {
    "orderReferenceId": "r1",
    "currency": "EUR",
    "firstName": "Astrid",
    "lastName": "Ek",
    "addressLine1": "Storgatan 1",
    "city": "Lund",
    "postCode": "222 22",
    "country": "SE",
    "email": "astrid@example.com",
    "itemReferenceId": "1",
    "productUid": "poster",
    "quantity": "2",
}


def row(reference="r1", item="1", **changes):
    return ROW | {"orderReferenceId": reference, "itemReferenceId": item} | changes


def table(*rows, delimiter=",", end="\n", header=None):
    header = header or list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read(text):
    return list(read_csv(io.BytesIO(text if isinstance(text, bytes) else text.encode())))


def reported(lines):
    return {
        line.number: [str(problem) for problem in line.problems] for line in lines if line.problems
    }


def references(lines):
    return [line.order.order_reference_id for line in lines if line.order]


def only(text):
    (line,) = read(text)
    assert line.problems == ()
    return line.order


def test_a_line_is_an_item_and_adjacent_lines_are_an_order():
    lines = read(table(row(), row(item="2", quantity="7"), row("r2")))
    assert [(line.number, line.item_numbers) for line in lines] == [(2, (2, 3)), (4, (4,))]
    assert references(lines) == ["r1", "r2"]
    assert [item.quantity for item in lines[0].order.items] == [2, 7]


def test_every_column_has_its_place():
    order = only(
        table(
            row(
                orderType="draft",
                customerReferenceId="c1",
                shipmentMethodUid="express",
                retailCurrency="SEK",
                retailShippingPriceInclVat="3.90",
                isBusiness="TRUE",
                registrationStateCode="SP",
                pageCount="34",
                adjustProductUidByFileTypes="false",
                retailPriceInclVat="12.50",
                fileUrl="u1",
                fileType="front",
                fileUrl3="u3",
                fileType3="back",
                fileId="f",
                fileThreadColors="#000000, #ffffff",
                fileIsVisible="true",
                **{
                    "metadata.campaign": "spring",
                    "itemMetadata.gift": "yes",
                    "returnAddress.city": "Ystad",
                    "metadata.a.b": "c",
                },
            )
        )
    )
    (item,) = order.items
    assert (order.order_type, order.customer_reference_id, order.shipment_method_uid) == (
        "draft",
        "c1",
        "express",
    )
    assert (order.retail_currency, str(order.retail_shipping_price_excl_vat)) == ("SEK", "3.90")
    assert (order.shipping_address.is_business, order.shipping_address.registration_state) == (
        True,
        "SP",
    )
    assert order.metadata == (Metadata("campaign", "spring"), Metadata("a.b", "c"))
    assert order.return_address.city == "Ystad"
    assert (item.page_count, item.adjust_product_uid_by_file_types) == (34, False)
    assert (item.retail_price_excl_vat, item.metadata) == (
        Decimal("12.50"),
        (Metadata("gift", "yes"),),
    )
    assert item.files == (
        File(type="front", url="u1", id="f", thread_colors=["#000000", "#ffffff"], is_visible=True),
        File(type="back", url="u3"),
    )


def test_a_product_may_be_named_as_a_customer_does():
    named = row(productUid="", productName="Oak Frame") | {"productVariant.Size": "A3"}
    lines = read(table(named, row("r2")))
    assert isinstance(lines[0].order.items[0], CustomItem)
    assert lines[0].order.items[0].product_variant == {"Size": "A3"}
    assert isinstance(lines[1].order.items[0], CatalogItem)


def test_an_empty_cell_says_nothing_but_a_post_code_may_be_empty():
    order = only(table(row(state="", postCode="", shipmentMethodUid="")))
    assert (order.shipping_address.state, order.shipment_method_uid) == (None, None)
    assert order.shipping_address.post_code == ""
    assert reported(read(table(row(city="")))) == {2: ["shippingAddress.city: is required"]}


def test_an_order_whose_address_cells_are_all_empty_has_no_address():
    address = dict.fromkeys(list(ROW)[2:9], "")
    assert reported(read(table(row(**address)))) == {2: ["shippingAddress: is required"]}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_boms_crlf_quotes_and_other_delimiters_are_read(delimiter, end, bom):
    city = f'Lund "the{delimiter} old",{end} by ; the sea'
    text = table(row(city=city), row("r2"), delimiter=delimiter, end=end)
    lines = read(bom + text.encode())
    assert [(line.number, line.problems) for line in lines] == [(2, ()), (4, ())]
    assert lines[0].order.shipping_address.city == city


def test_empty_lines_are_passed_over_and_counted():
    text = table(row(), row("r2")).splitlines()
    lines = read("\n".join(["", text[0], "", text[1], "," * (len(ROW) - 1), "", text[2]]))
    assert [(line.number, line.problems) for line in lines] == [(4, ()), (7, ())]


def test_a_header_without_rows_is_no_order():
    assert read(table(header=list(ROW))) == []


def test_unknown_columns_are_reported_once_with_the_header():
    names = {"adressLine2": "x", "zzz": "y", "Metadata.gift": "z", "filetype": "w"}
    lines = read(table(row(**names), row("r2", **names)))
    assert reported(lines) == {
        1: [
            "adressLine2: unknown column, which is not read; did you mean addressLine2?",
            "zzz: unknown column, which is not read",
            "Metadata.gift: unknown column, which is not read; did you mean metadata.gift?",
            "filetype: unknown column, which is not read; did you mean fileType?",
        ]
    }
    assert references(lines) == ["r1", "r2"]
    assert [(line.is_header, line.is_warning) for line in lines] == [
        (True, True),
        (False, False),
        (False, False),
    ]


@pytest.mark.parametrize(
    "name", ["fileUrl0", "fileUrl1", "fileUrl01", "fileName", "metadata.", "returnAddress.lastName"]
)
def test_what_only_looks_like_a_column_is_unknown(name):
    assert name in str(reported(read(table(row(**{name: "x"}))))[1])


def test_missing_columns_are_reported_once_nothing_is_read():
    rows = [
        {key: value for key, value in row(ref).items() if key not in {"city", "quantity"}}
        for ref in "abc"
    ]
    missing = "this column is missing: no order can be read without it"
    assert reported(read(table(*rows))) == {1: [f"city: {missing}", f"quantity: {missing}"]}
    lines = read(table({key: value for key, value in ROW.items() if key != "productUid"}))
    assert reported(lines)[1][0].startswith(
        "productUid: this column is missing, and productName is too"
    )
    assert [(line.is_header, line.is_warning) for line in lines] == [(True, False)]


def test_duplicate_columns_are_reported_once_nothing_is_read():
    text = table(row(), row("r2")).replace("currency", "city", 1)
    lines = read(text)
    assert any("city: 2 columns have this name" in problem for problem in reported(lines)[1])
    assert references(lines) == []


def test_of_many_duplicate_columns_a_few_are_reported():
    names = [f"metadata.k{number}" for number in range(2 * LISTED)]
    (line,) = read(",".join([*ROW, *names, *names]) + "\n")
    assert len(line.problems) == LISTED


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (table(row()).encode("utf-16"), "not UTF-8"),
        (b'"orderReferenceId\n', "not CSV"),
    ],
)
def test_an_unreadable_header_is_a_problem(text, said):
    (line,) = read(text)
    assert said in str(line.problems[0])


def broken(line, text):
    lines = table(row("r1"), row("r2"), row("r3", city="Lund\nor Malmö"), row("r4")).splitlines(
        keepends=True
    )
    lines[line - 1] = text
    return "".join(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("r2,EUR\n", "has 2 fields, and the header 12"),
        ("r2" + "," * 12 + "\n", "has 13 fields, and the header 12"),
        ('r2,"EUR,Astrid,Ek,Storgatan 1,Lund,222 22,SE,a@example.com,1,poster,2\n', "not CSV: "),
        ('r2,"EUR"x,Astrid,Ek,Storgatan 1,Lund,222 22,SE,a@example.com,1,poster,2\n', "not CSV: "),
        ("nonsense\n", "has 1 fields"),
        ('"\n', "not CSV: "),
        ('r2,"' + "x" * 200_000 + "\n", "not CSV: "),
    ],
)
def test_a_broken_line_has_its_number_and_costs_no_other_order(text, said):
    lines = read(broken(3, text))
    assert list(reported(lines)) == [3]
    assert said in reported(lines)[3][0]
    assert references(lines) == ["r1", "r3", "r4"]
    assert [line.number for line in lines] == [2, 3, 4, 6]


def test_a_quote_that_is_never_closed_costs_its_own_line_only():
    text = table(*(row(f"r{number}") for number in range(2_000))).splitlines(keepends=True)
    text[10] = text[10].replace("EUR", '"EUR')
    lines = read("".join(text))
    assert list(reported(lines)) == [11]
    assert len(references(lines)) == 1_999


def test_a_line_that_is_not_utf_8_is_a_problem():
    lines = read(
        broken(3, "").encode() + table(row("r5", city="Åby")).splitlines()[1].encode("latin-1")
    )
    assert reported(lines) == {6: ["not UTF-8 text"]}
    assert references(lines) == ["r1", "r3", "r4"]


def test_an_order_with_a_broken_line_is_not_read_without_it():
    text = table(row(), row(item="2"), row(item="3"), row("r2")).splitlines(keepends=True)
    text[2] = text[2].rstrip() + ",x\n"
    lines = read("".join(text))
    assert reported(lines) == {2: ["has 13 fields, and the header 12 (line 3)"]}
    assert references(lines) == ["r2"]


@pytest.mark.parametrize(
    "text", [["broken,line\n"], ['"\n'], ["x\n", "y,\n", '"z\n'], ["r9,EUR\n"]]
)
def test_broken_lines_inside_an_order_keep_it_from_being_read(text):
    """Between different orders they are rejected alone."""
    sound = table(row(), row(item="2"), row("r2"), row("r3")).splitlines(keepends=True)
    lines = read("".join([*sound[:2], *text, *sound[2:4], *text, sound[4]]))
    assert references(lines) == ["r2", "r3"]
    own, *others = reported(lines).values()
    assert [problem.rpartition(" (line ")[2] for problem in own] == [
        f"{number})" for number in range(3, 3 + len(text))
    ]
    assert len(others) == len(text)
    assert list(reported(lines)) == [2, *range(5 + len(text), 5 + 2 * len(text))]


def test_a_broken_first_line_keeps_its_order_from_being_read():
    """Also if lines of no order stand between it and the rest of its order."""
    text = table(row(), row("r2"), row("r2", item="2"), row("r3")).splitlines(keepends=True)
    text[2] = text[2].rstrip() + ",x\n"
    lines = read("".join([*text[:3], "nonsense\n", *text[3:]]))
    assert references(lines) == ["r1", "r3"]
    assert list(reported(lines)) == [3]


def test_many_broken_lines_are_yielded_without_reading_far_ahead():
    """The order before them is not read, since it may go on behind them."""
    text = table(row(), row(item="2"), row("r2")).splitlines(keepends=True)
    taken = 0

    def stream():
        nonlocal taken
        for line in [*text[:2], *(f"x{number}\n" for number in range(5_000)), *text[2:]]:
            taken += 1
            yield line.encode()

    ahead, lines = [], []
    for line in read_csv(stream()):
        lines.append(line)
        ahead.append(taken - line.number)
    assert max(ahead) < 110
    assert references(lines) == ["r2"]
    assert reported(lines)[2] == ["has 1 fields, and the header 12 (line 3)"]
    assert "must stand together" in reported(lines)[5_003][0]
    assert len(reported(lines)) == 5_001


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("r2,EUR\n", "r2"),
        ("nonsense\n", ""),
        ('"r2,EUR,Astrid,Ek,Storgatan 1\n', ""),
        ('"r2,EUR","Astrid\n', ""),
    ],
)
def test_a_broken_line_has_its_reference_where_that_is_plain(text, reference):
    assert [line.reference for line in read(broken(3, text))] == ["r1", reference, "r3", "r4"]
    header = ["city", *(name for name in ROW if name != "city")]
    moved = table(row(), header=header) + "Lund,r2\n"
    assert [line.reference for line in read(moved)] == ["r1", ""]


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_broken_line_is_its_orders_wherever_the_reference_is(at):
    header = ["city", *(name for name in ROW if name != "city")]
    text = table(
        row("r0"), row(), row(item="2"), row(item="3"), row("r2"), header=header
    ).splitlines(keepends=True)
    text[1 + at] = "Lund, or else," + text[1 + at].partition(",")[2]
    lines = read("".join(text))
    assert references(lines) == ["r0", "r2"]
    assert list(reported(lines)) == [3]


def test_a_short_line_without_a_reference_rejects_the_order_before():
    header = [*(name for name in ROW if name != "orderReferenceId"), "orderReferenceId"]
    lines = read(table(row(), row("r2"), header=header) + "EUR,Astrid\n")
    assert reported(lines) == {3: ["has 2 fields, and the header 12 (line 4)"]}
    assert references(lines) == ["r1"]


def test_a_line_without_reference_rejects_the_order_before_it():
    lines = read(table(row(), row("", item="2"), row("r2")))
    assert reported(lines) == {
        2: ["orderReferenceId: is required (line 3): the order of this item is not known"]
    }
    assert references(lines) == ["r2"]
    assert reported(read(table(row(""), row("r2")))) == {2: ["orderReferenceId: is required"]}


def test_lines_of_an_order_agree_on_it_or_leave_it_empty():
    empty = dict.fromkeys(["firstName", "lastName", "city", "currency"], "")
    lines = read(
        table(
            row(),
            row(item="2", **empty),
            row("r2"),
            row("r2", item="2", city="Malmö", currency="SEK"),
        )
    )
    assert references(lines) == ["r1"]
    assert reported(lines) == {
        4: [
            "currency: must be the same on all lines of an order (line 5)",
            "shippingAddress.city: must be the same on all lines of an order (line 5)",
        ]
    }
    assert "Malmö" not in str(reported(lines))


def test_separated_lines_of_an_order_name_the_earlier_line():
    lines = read(table(row(), row("r2"), row(item="2"), row("r3"), row("r1")))
    apart = (
        "orderReferenceId: the lines of an order must stand together; this one has others at line 2"
    )
    assert reported(lines) == {4: [apart], 6: [apart]}
    assert references(lines) == ["r1", "r2", "r3"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"quantity": "two"},
            "items[1].quantity: must be a whole number; it is of kind string (line 3)",
        ),
        (
            {"quantity": "2.0"},
            "items[1].quantity: must be a whole number; it is of kind string (line 3)",
        ),
        (
            {"quantity": " 2"},
            "items[1].quantity: must be a whole number; it is of kind string (line 3)",
        ),
        ({"quantity": ""}, "items[1].quantity: is required (line 3)"),
        (
            {"pageCount": "1e2"},
            "items[1].pageCount: must be a whole number; it is of kind string (line 3)",
        ),
        (
            {"retailPriceInclVat": "12,50"},
            "items[1].retailPriceInclVat: must be an amount; it is of kind string (line 3)",
        ),
        (
            {"fileUrl": "u", "fileIsVisible": "yes"},
            "items[1].files[0].isVisible: must be true or false; it is of kind string (line 3)",
        ),
        ({"productUid": ""}, "items[1].productUid: is required (line 3)"),
    ],
)
def test_problems_of_an_item_name_its_line(changes, said):
    lines = read(table(row(), row(item="2", **changes), row("r2")))
    assert reported(lines) == {2: [said]}
    assert references(lines) == ["r2"]


def test_a_column_without_a_name_may_be_empty_only():
    text = table(row(), row("r2")).replace("\n", ",\n").replace(",2,\nr2", ",2,stray\nr2")
    lines = read(text)
    assert reported(lines) == {2: ["has something in column 13, which has no name"]}
    assert references(lines) == ["r2"]


@pytest.mark.parametrize("backend", BACKENDS)
@given(seed=st.integers(0, 2**40))
@settings(max_examples=40, deadline=None)
def test_samples_read_from_csv_are_those_read_from_json_lines(backend, seed):
    made = list(sample_orders(backend, 8, seed))
    bodies = [to_body(order, backend) for order in made]
    from_csv = list(read_csv(b"".join(to_csv(bodies, COLUMNS[backend])).splitlines(keepends=True)))
    from_json = list(read_jsonl(to_line(order, backend) for order in made))
    assert reported(from_csv) == {}
    assert [line.order for line in from_csv] == [line.order for line in from_json]
    assert sum(len(list(rows_of(body))) for body in bodies) == sum(
        len(line.item_numbers) for line in from_csv
    )
    for line in from_csv:
        BACKENDS[backend].check(BACKENDS[backend].create_operation(line.order))


@given(text=st.text(alphabet=st.sampled_from('r1,;"\n\r ä2x'), max_size=200))
@settings(max_examples=300, deadline=None)
def test_nothing_that_stands_in_a_file_stops_the_reading(text):
    sound = table(row("last")).splitlines()
    lines = read(f"{sound[0]}\n{text}\n{sound[1]}\n")
    assert all(bool(line.order) != bool(line.problems) for line in lines)
    assert any(
        "last" in (line.order.order_reference_id if line.order else "") or line.problems
        for line in lines
    )
