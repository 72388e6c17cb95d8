"""Own data of a sandbox, read from files and written to them."""

import json
from tempfile import TemporaryDirectory

import attrs
import pytest
from hypothesis import given, settings, strategies as st
from support.doc_code import code_of

from gelato_async.sandbox import Sandbox, SandboxData, SandboxDataError, create_app
from gelato_async.sandbox.data import Account, Measure, Product, Store, Template, TemplateVariant

KINDS = [field.name for field in attrs.fields(SandboxData)]
VARIANT = {"product_uid": "posters_a4_ver"}
TEMPLATE = {"id": "sign", "title": "Sign", "variants": [VARIANT]}
TOML = """
[[templates]]
id = "sign"
title = "Sign"
variants = [{ product_uid = "posters_a4_ver", options = { Size = "A4" } }]
image_placeholders = [{ name = "Image", width = 210, height = 297.5 }]

[[stores]]
id = "harbour"
account = "shop"

[[accounts]]
name = "shop"
api_key = "shop-key"
"""


@pytest.fixture
def read(tmp_path):
    """Read data from the texts of some files, whose folder is cut from what is reported."""

    def read(**files):
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
        return SandboxData.from_path(folder)

    return read


@pytest.fixture
def wrong(read, tmp_path):
    """The problems of some files."""

    def wrong(**files):
        with pytest.raises(SandboxDataError) as caught:
            read(**files)
        assert str(caught.value) == "\n".join(caught.value.problems)
        folder = f"{tmp_path / 'data'}/"
        return [line.replace(folder, "") for line in caught.value.problems]

    return wrong


def test_a_file_gives_what_a_python_object_gives(tmp_path):
    (tmp_path / "data.toml").write_text(TOML)
    data = SandboxData.from_path(tmp_path / "data.toml")
    assert data.accounts == (Account(name="shop", api_key="shop-key"),)
    assert data.stores == (Store(id="harbour", account="shop"),)
    (template,) = data.templates
    assert template.variants[0].options == {"Size": "A4"}
    assert (template.image_placeholders[0].width, template.image_placeholders[0].height) == (
        210.0,
        297.5,
    )
    for path in (tmp_path / "data.toml", str(tmp_path / "data.toml")):
        assert create_app(data=path).data == Sandbox(data=path).data == data


def test_what_no_file_gives_is_built_in(read):
    assert read(a_json={}) == SandboxData() == SandboxData.built_in()


def test_a_list_replaces_the_built_in_one(read):
    data = read(a_json={"templates": [TEMPLATE]})
    assert [template.id for template in data.templates] == ["sign"]
    assert data.accounts == SandboxData.built_in().accounts


def test_the_files_of_a_folder_are_read_as_one(read):
    data = read(
        one_json={"templates": [TEMPLATE], "stores": [{"id": "pier"}]},
        two_toml=TOML.replace('"sign"', '"other"'),
        notes_txt="not data",
    )
    assert [template.id for template in data.templates] == ["sign", "other"]
    assert {store.id for store in data.stores} == {"pier", "harbour"}


def test_what_is_written_is_read_back(tmp_path):
    odd = SandboxData(
        accounts=[
            Account(name='a "b" \\ \x7f \n é', api_key="1"),
            Account(name="c", connect_prefix="p", connect_key="k", connect_secret="s"),
        ],
        products=[Product(uid="x", catalog="cards", price=2, dimensions={"A b": Measure(value=1)})],
    )
    nothing = SandboxData(catalogs=[], templates=[], shipment_methods=[], currencies={"EUR": 1.0})
    for number, data in enumerate((SandboxData.built_in(), odd, nothing)):
        folder = tmp_path / str(number)
        files = data.write(folder)
        assert {file.parent for file in files} == {folder}
        assert SandboxData.from_path(folder) == data


@settings(max_examples=50, deadline=None)
@given(texts=st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=4, max_size=4))
def test_any_text_is_read_back(texts):
    name, key, value, title = texts
    variant = TemplateVariant(product_uid="posters_a4_ver", options={key: value}, title=title)
    template = Template(id=name, title=title, variants=(variant,), tags=(value, key))
    data = SandboxData(catalogs=[], shipment_methods=[], templates=[template])
    with TemporaryDirectory() as folder:
        data.write(folder)
        assert SandboxData.from_path(folder) == data


def test_written_files_explain_their_keys(tmp_path):
    files = {file.name: file.read_text() for file in SandboxData.built_in().write(tmp_path)}
    assert files.keys() >= {"accounts.toml", "stores.toml", "templates.toml"}
    assert files["stores.toml"].startswith("# Each entry begins with [[stores]].")
    assert "#   account: The name of the account" in files["stores.toml"]
    assert "#   product_uid: " in files["templates.toml"]
    assert files["currencies.toml"].startswith("# Units of each currency for one EUR.")


def test_writing_overwrites_no_file(tmp_path):
    (tmp_path / "stores.toml").write_text("# mine\n")
    with pytest.raises(SandboxDataError) as caught:
        SandboxData.built_in().write(tmp_path)
    assert caught.value.problems == (
        f"{tmp_path / 'stores.toml'}: exists already; choose another folder, or remove the file",
    )
    assert [file.name for file in tmp_path.iterdir()] == ["stores.toml"]
    assert (tmp_path / "stores.toml").read_text() == "# mine\n"


def test_a_folder_that_cannot_be_made_is_one_problem(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SandboxDataError, match="cannot be written"):
        SandboxData.built_in().write(tmp_path / "file" / "folder")
    unpaired = SandboxData(stores=[Store(id="\ud800")])
    with pytest.raises(SandboxDataError, match="cannot be written"):
        unpaired.write(tmp_path / "folder")


def test_all_problems_of_all_files_are_reported_at_once(wrong):
    assert wrong(
        a_json={"templates": [{"id": 1, "tilte": "Sign"}, 7], "stores": {"id": "x"}},
        b_toml="[[stores]]\nid = 2020-01-01\n",
        c_toml="stores = ",
        d_json=[],
    ) == [
        "a.json: templates[0].id: must be a text, not a whole number",
        "a.json: templates[0].tilte: no such key; did you mean 'title'?",
        "a.json: templates[0].title: is required",
        "a.json: templates[0].variants: is required",
        "a.json: templates[1]: must be a table, not a whole number; its keys are "
        + ", ".join(attrs.fields_dict(Template)),
        "a.json: stores: must be a list, not a table; in TOML each entry begins with [[stores]]",
        "b.toml: stores[0].id: must be a text, not a date",
        "c.toml: cannot be read: Invalid value (at end of document)",
        "d.json: must be a table, not a list",
    ]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"tags": "sea"}, ".tags: must be a list, not a text"),
        ({"tags": ["sea", 3]}, ".tags[1]: must be a text, not a whole number"),
        (
            {"variants": {"product_uid": "x"}},
            ".variants: must be a list, not a table; in TOML each entry begins with [[templates.v",
        ),
        ({"vendor": 1.5}, ".vendor: must be a text, not a number"),
        ({"variants": [VARIANT | {"options": []}]}, ".variants[0].options: must be a table"),
        (
            {"variants": [VARIANT | {"options": {"Size": True}}]},
            ".variants[0].options.Size: must be a text, not true or false",
        ),
        *(
            (
                {"image_placeholders": [{"name": "a", "width": width, "height": 1}]},
                f".image_placeholders[0].width: must be {fault}",
            )
            for width, fault in [
                (-1, "from 0 to 1e+12"),
                (float("nan"), "from 0 to 1e+12"),
                (10**400, "from 0 to 1e+12"),
                ("1", "a number, not a text"),
                (True, "a number, not true or false"),
                (None, "a number, not null"),
            ]
        ),
    ],
    ids=str,
)
def test_a_value_must_be_of_its_fields_type(wrong, changes, problem):
    (line,) = wrong(a_json={"templates": [TEMPLATE | changes]})
    assert line.startswith(f"a.json: templates[0]{problem}")


def test_null_stands_for_a_value_that_may_be_absent(read):
    (template,) = read(a_json={"templates": [TEMPLATE | {"vendor": None}]}).templates
    assert template.vendor is None


def test_no_problem_shows_a_key(wrong):
    accounts = [{"name": "a", "api_key": 123456}, {"name": "b", "api_key": ["654321"]}]
    assert not any(
        digits in line
        for line in wrong(a_json={"accounts": accounts})
        for digits in ("123456", "654321")
    )


def test_the_tables_of_all_files_are_joined_and_no_currency_given_twice(read, wrong, tmp_path):
    assert wrong(a_json={"currencies": {"EUR": 1}}, b_toml="[currencies]\nEUR = 1\nUSD = 2") == [
        "b.toml: currencies.EUR: is taken, by a.json: currencies.EUR"
    ]
    (tmp_path / "data" / "a.json").write_text('{"currencies": {"SEK": 11}}')
    data = SandboxData.from_path(tmp_path / "data")
    assert data.currencies == {"SEK": 11.0, "EUR": 1.0, "USD": 2.0}


def test_a_value_may_be_of_two_types(read):
    dimensions = {"Color": {"value": "#000000"}, "Width": {"value": 3, "unit": "mm"}}
    (product,) = read(a_json={"products": [{"uid": "x", "dimensions": dimensions}]}).products
    assert product.dimensions == {
        "Color": Measure(value="#000000"),
        "Width": Measure(value=3.0, unit="mm"),
    }


def test_a_word_must_be_one_of_those_that_there_are(wrong):
    stock = {"EU": {"status": "in-of-stock"}}
    (line,) = wrong(a_json={"products": [{"uid": "x", "stock": stock}]})
    assert line.startswith("a.json: products[0].stock.EU.status: must be one of in-stock, ")


def test_what_the_class_of_an_entry_refuses_is_a_problem_of_the_entry(wrong):
    prices = [{"price": 1}, {"price": 1, "quantity": 0}]
    catalog = {"uid": "a", "title": "A", "price": {"base": 1}, "product_uids": "a_{Size}"}
    assert wrong(a_json={"products": [{"uid": "x", "prices": prices}], "catalogs": [catalog]}) == [
        "a.json: products[0].prices[1]: 'quantity' must be >= 1: 0",
        "a.json: catalogs[0]: product_uids of a: no attribute is named Size",
    ]


def test_an_unknown_kind_of_data_is_named_with_the_known_ones(wrong):
    assert wrong(a_json={"template": []}) == [
        "a.json: template: no such key; did you mean 'templates'?"
    ]


def test_only_public_fields_are_keys_of_a_file(wrong):
    assert wrong(a_toml="_any_products = true\nx = 1") == [
        "a.toml: _any_products: no such key; did you mean 'products'?",
        "a.toml: x: no such key; known: " + ", ".join(KINDS),
    ]


def test_a_missing_rate_of_the_base_is_a_problem_of_the_file(wrong):
    assert wrong(a_toml="stores = []", b_toml="[currencies]") == [
        "b.toml: currencies: add EUR = 1.0, in which prices are given"
    ]


def test_a_name_that_is_taken_is_reported_with_both_files(wrong):
    assert wrong(
        a_json={"templates": [TEMPLATE]}, b_json={"templates": [TEMPLATE | {"id": "x"}, TEMPLATE]}
    ) == ["b.json: templates[1].id: is taken, by a.json: templates[0]"]


@pytest.mark.parametrize(
    ("name", "reported"),
    [
        ("nothing.toml", "there is no such file or folder"),
        ("nosuchfolder", "there is no such file or folder"),
        ("data.yaml", "cannot be read: the name must end in .json or .toml"),
        ("", "the folder has no .json or .toml file"),
    ],
)
def test_a_path_that_has_no_data_is_one_problem(tmp_path, name, reported):
    (tmp_path / "data.yaml").touch()
    with pytest.raises(SandboxDataError) as caught:
        SandboxData.from_path(tmp_path / name)
    (line,) = caught.value.problems
    assert line.startswith(f"{tmp_path / name}: {reported}")


def test_a_key_that_is_given_twice_is_a_problem_in_json_too(wrong):
    assert wrong(a_json='{"stores": [], "stores": []}') == [
        "a.json: cannot be read: the key 'stores' is given twice"
    ]


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": ' + "1" * 5000 + "}", "{"])
def test_a_text_that_is_no_json_is_one_problem(wrong, text):
    (line,) = wrong(a_json=text)
    assert line.startswith("a.json: cannot be read: ")


def test_the_shop_of_the_documentation_is_read(read):
    (shop,) = code_of("docs/sandbox-data.md", "toml")
    data = read(shop_toml=shop)
    assert [product.uid for product in data.products] == ["enamel-sign-small", "enamel-sign-large"]
    assert data.stores == (Store(id="harbour-store", account="harbour"),)


def test_the_problems_of_the_documentation_are_reported(wrong):
    (shop,) = code_of("docs/sandbox-data.md", "toml")
    (lines,) = code_of("docs/sandbox-data.md", "text")
    misspelt = shop.replace("price = 24.5", "pirce = 24.5")
    unknown = shop.replace('uid = "enamel-sign-large", op', 'uid = "enamel-sgin-large", op')
    key, product = lines.splitlines()
    assert wrong(shop_toml=misspelt) == [key]
    assert wrong(shop_toml=unknown) == [product]
