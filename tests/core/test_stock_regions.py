import pytest

from gelato_async.models.stock_regions import NOT_SUPPORTED_COUNTRIES, StockRegion

SIZES = {"US-CA": 2, "SA": 12, "OC": 2, "AS": 14, "UK": 1, "EU": 47, "ROW": 154}
IN_NO_LIST = ["AS", "AQ", "BL", "CW", "GU", "MF", "MP", "PR", "SX", "VI"]


@pytest.mark.parametrize(
    ("country", "region"),
    [
        ("US", "US-CA"),
        ("CA", "US-CA"),
        ("BR", "SA"),
        ("NZ", "OC"),
        ("TW", "AS"),
        ("GB", "UK"),
        ("SE", "EU"),
        ("XK", "EU"),
        ("RU", "EU"),
        ("VA", "EU"),
        ("HK", "ROW"),
        ("MX", "ROW"),
        ("FO", "ROW"),
        ("AN", "ROW"),
        ("BQ", "ROW"),
        ("se", "EU"),
    ],
)
def test_a_country_has_the_region_that_lists_it(country, region):
    assert StockRegion.for_country(country) == region
    assert country.upper() in StockRegion(region).countries


@pytest.mark.parametrize(
    ("code", "country", "region"), [("SA", "Saudi Arabia", "ROW"), ("AS", "American Samoa", None)]
)
def test_a_country_is_not_the_region_of_the_same_letters(code, country, region):
    assert StockRegion.for_country(code) == region
    assert code not in StockRegion(code).countries


def test_the_region_uk_is_the_country_gb():
    assert StockRegion.UNITED_KINGDOM.countries == {"GB"}
    assert StockRegion.for_country("UK") is None
    assert not StockRegion.is_not_supported("UK")


@pytest.mark.parametrize("country", ["AX", "IO", "TF", "HM", "IM", "NF", "GS", "TK", "UM"])
def test_nine_countries_are_documented_as_not_supported(country):
    assert StockRegion.for_country(country) is None
    assert StockRegion.is_not_supported(country)
    assert StockRegion.is_not_supported(country.lower())
    assert country in NOT_SUPPORTED_COUNTRIES
    assert len(NOT_SUPPORTED_COUNTRIES) == 9


@pytest.mark.parametrize("country", [*IN_NO_LIST, "QQ", ""])
def test_of_other_countries_nothing_is_said(country):
    assert StockRegion.for_country(country) is None
    assert not StockRegion.is_not_supported(country)


def test_the_lists_are_as_documented_and_share_no_country():
    assert {str(region): len(region.countries) for region in StockRegion} == SIZES
    every = [country for region in StockRegion for country in region.countries]
    assert len({*every} - NOT_SUPPORTED_COUNTRIES) == len(every) == sum(SIZES.values())
    assert all(len(country) == 2 and country.isupper() for country in every)


def test_a_region_that_came_later_is_kept_and_has_no_countries():
    region = StockRegion("MOON")
    assert (region, region.is_known, region.countries) == ("MOON", False, frozenset())
