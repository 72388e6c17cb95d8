"""The countries of delivery, and the documented stock regions that they belong to.

The codes are those of ISO 3166-1, and XK. Ten of them are in no list of the documents.
"""

from collections.abc import Mapping


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# From the document's page on stock. Its region AS is Asia and SA South America, not the countries
# of these codes.
REGIONS: Mapping[str, tuple[str, ...]] = {
    "US-CA": ("CA", "US"),
    "EU": _codes(
        "AD AL AT BA BE BG BY CH CY CZ DE DK EE ES FI FR GE GR HR HU IE IS IT LI LT LU LV MC MD ME"
        " MK MT NL NO PL PT RO RS RU SE SI SK SM TR UA VA XK"
    ),
    "OC": ("AU", "NZ"),
    "AS": _codes("BN CN ID JP KH KR LA MM MY PH SG TH TW VN"),
    "SA": _codes("AR BO BR CL CO EC GY PE PY SR UY VE"),
    "UK": ("GB",),
    "ROW": _codes(
        "AE AF AG AI AM AO AW AZ BB BD BF BH BI BJ BM BQ BS BT BV BW BZ CC CD CF CG CI CK CM CR CU"
        " CV CX DJ DM DO DZ EG EH ER ET FJ FK FM FO GA GD GF GG GH GI GL GM GN GP GQ GT GW HK HN HT"
        " IL IN IQ IR JE JM JO KE KG KI KM KN KP KW KY KZ LB LC LK LR LS LY MA MG MH ML MN MO MQ MR"
        " MS MU MV MW MX MZ NA NC NE NG NI NP NR NU OM PA PF PG PK PM PN PS PW QA RE RW SA SB SC SD"
        " SH SJ SL SN SO SS ST SV SY SZ TC TD TG TJ TL TM TN TO TT TV TZ UG UZ VC VG VU WF WS YE YT"
        " ZA ZM ZW"
    ),
}
SUPPORTED: tuple[str, ...] = tuple(sorted(sum(REGIONS.values(), ())))
# Documented as currently not supported.
NOT_SUPPORTED: tuple[str, ...] = _codes("AX GS HM IM IO NF TF TK UM")

# After the lists that shops keep under the name COUNTRIES_WITHOUT_POSTCODES, without the countries
# that have introduced post codes since (IE, KE, PA, SA, TZ, ZA and others).
WITHOUT_POST_CODES: tuple[str, ...] = _codes(
    "AE AG AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GM GN GQ GY HK JM KI"
    " KM KN KP ML MO MR MW NR NU QA RW SB SC SL SR SS ST SX SY TD TF TG TK TL TO TT TV UG VU YE ZW"
)


def region_of(country: str) -> str | None:
    """Return the stock region of a country, or None for a country of no region."""
    for region, countries in REGIONS.items():
        if country in countries:
            return region
    return None
