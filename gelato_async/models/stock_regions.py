"""The stock regions and their countries (*Stock availability*, *Regions definition*).

The document lists the names of countries; this module has their ISO 3166-1 codes, with XK for
Kosovo and AN for the former Netherlands Antilles.
"""

from collections.abc import Mapping

from gelato_async.models.enums import OpenEnum


class StockRegion(OpenEnum):
    """A region in which stock is kept (*Regions definition*).

    The values are not country codes, although some look like them: `AS` is Asia and not American
    Samoa, `SA` is South America and not Saudi Arabia, and the region `UK` is the country GB.
    """

    US_AND_CANADA = "US-CA"
    SOUTH_AMERICA = "SA"
    OCEANIA = "OC"
    ASIA = "AS"
    UNITED_KINGDOM = "UK"
    EUROPE = "EU"
    REST_OF_THE_WORLD = "ROW"

    @classmethod
    def for_country(cls, country: str) -> "StockRegion | None":
        """Return the region that lists a country (ISO 3166-1 alpha-2, `GB` and not `UK`), or None.

        If no region lists it, `is_not_supported` says whether it is documented that Gelato does
        not deliver there. The document mentions AS, AQ, BL, CW, GU, MF, MP, PR, SX and VI nowhere.
        """
        return _REGIONS.get(country.upper())

    @staticmethod
    def is_not_supported(country: str) -> bool:
        """Return whether the country is one of the nine documented as currently not supported."""
        return country.upper() in NOT_SUPPORTED_COUNTRIES

    @property
    def countries(self) -> frozenset[str]:
        """The ISO 3166-1 codes of the region's countries; empty for a region that is unknown."""
        return _COUNTRIES.get(self, frozenset())


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


NOT_SUPPORTED_COUNTRIES: frozenset[str] = _codes("AX IO TF HM IM NF GS TK UM")
"""The countries that *Regions definition* lists as currently not supported by Gelato."""

_COUNTRIES: Mapping[StockRegion, frozenset[str]] = {
    StockRegion.US_AND_CANADA: frozenset({"US", "CA"}),
    StockRegion.SOUTH_AMERICA: _codes("BR AR BO CL CO EC GY PY PE SR UY VE"),
    StockRegion.OCEANIA: frozenset({"AU", "NZ"}),
    StockRegion.ASIA: _codes("SG VN BN KH CN ID JP LA TH TW KR MM PH MY"),
    StockRegion.UNITED_KINGDOM: frozenset({"GB"}),
    StockRegion.EUROPE: _codes(
        "AL AD AT BY BE BA BG HR CY CZ DK EE FI FR GE DE GR HU IS IE IT XK LV LI LT LU MT MD MC ME"
        " NL MK NO PL PT RO RU SM RS SK SI ES SE CH TR UA VA"
    ),
    StockRegion.REST_OF_THE_WORLD: _codes(
        "AF DZ AO AI AG AM AW AZ BS BH BD BB BZ BJ BM BT BQ BW BV BF BI CM CV KY CF TD CX CC KM CG"
        " CD CK CR CU CI DJ DM DO EG SV GQ ER ET FK FO FM FJ GF PF GA GM GH GI GL GD GP GT GG GN GW"
        " HT HN HK IN IR IQ IL JM JE JO KZ KE KI KW KG LB LS LR LY MO MG MW MV ML MH MQ MR MU YT MX"
        " MN MS MA MZ NA NR NP AN NC NI NE NG NU KP OM PK PW PS PA PG PN QA RW RE SH KN LC PM WS ST"
        " SA SN SC SL SB SO ZA SS LK VC SD SJ SZ SY TJ TZ TL TG TO TT TN TM TC TV UG AE UZ VU VG WF"
        " EH YE ZM ZW"
    ),
}
_REGIONS: Mapping[str, StockRegion] = {
    country: region for region, countries in _COUNTRIES.items() for country in countries
}
