"""Places that sample orders go to, with the post code, state and script that each country wants.

No street is meant.
"""

from collections.abc import Mapping

from attrs import frozen


@frozen
class Country:
    """What addresses of a country have in common.

    Currency, dialling code, script of its names, and its streets.
    """

    currency: str
    dial: str
    script: str
    streets: tuple[str, ...]


@frozen
class City:
    """A city with a post code of its own ("" where the country has none), and the state where one is needed."""

    country: str
    name: str
    post_code: str
    state: str | None = None


COUNTRIES: Mapping[str, Country] = {
    "US": Country("USD", "1", "latin", ("Maple Avenue", "Sample Street", "Elm Court")),
    "CA": Country("CAD", "1", "latin", ("Birch Road", "rue de l'Exemple", "Lakeview Drive")),
    "AU": Country("AUD", "61", "latin", ("Wattle Street", "Example Parade")),
    "GB": Country("GBP", "44", "latin", ("Sample Lane", "Rowan Close", "Mill Road")),
    "IE": Country("EUR", "353", "latin", ("Sample Quay", "Harbour Row")),
    "DE": Country("EUR", "49", "latin", ("Musterstraße", "Lindenweg")),
    "AT": Country("EUR", "43", "latin", ("Mustergasse", "Bergweg")),
    "CH": Country("CHF", "41", "latin", ("Musterweg", "Seestrasse")),
    "FR": Country("EUR", "33", "latin", ("rue de l'Exemple", "allée des Tilleuls")),
    "BE": Country("EUR", "32", "latin", ("rue du Modèle", "Voorbeeldstraat")),
    "NL": Country("EUR", "31", "latin", ("Voorbeeldlaan", "Molenpad")),
    "SE": Country("SEK", "46", "latin", ("Exempelgatan", "Björkvägen")),
    "NO": Country("NOK", "47", "latin", ("Eksempelveien", "Fjordgata")),
    "DK": Country("DKK", "45", "latin", ("Eksempelvej", "Havnegade")),
    "FI": Country("EUR", "358", "latin", ("Esimerkkikatu", "Koivutie")),
    "ES": Country("EUR", "34", "latin", ("Calle del Ejemplo", "Calle Olmo")),
    "PT": Country("EUR", "351", "latin", ("Rua do Exemplo", "Rua das Flores")),
    "IT": Country("EUR", "39", "latin", ("Via dell'Esempio", "Via dei Tigli")),
    "PL": Country("PLN", "48", "latin", ("ul. Przykładowa", "ul. Lipowa")),
    "CZ": Country("CZK", "420", "latin", ("Příkladná", "Lipová")),
    "MX": Country("MXN", "52", "latin", ("Calle Ejemplo", "Calle Jacaranda")),
    "BR": Country("BRL", "55", "latin", ("Rua do Exemplo", "Avenida das Palmeiras")),
    "NZ": Country("NZD", "64", "latin", ("Kauri Street", "Example Terrace")),
    "SG": Country("SGD", "65", "latin", ("Sample Road", "Orchid Walk")),
    "ZA": Country("ZAR", "27", "latin", ("Protea Street", "Sample Road")),
    "IN": Country("USD", "91", "latin", ("Sample Marg", "Banyan Road")),
    "HK": Country("HKD", "852", "latin", ("Sample Street", "Harbour Road")),
    "AE": Country("AED", "971", "latin", ("Palm Street", "Sample Road")),
    "BS": Country("USD", "1", "latin", ("Coral Lane", "Sample Bay Street")),
    "JP": Country("JPY", "81", "japanese", ("見本町", "桜通り")),
    "KR": Country("KRW", "82", "korean", ("예시로", "은행나무길")),
    "CN": Country("CNY", "86", "chinese", ("示例路", "梧桐街")),
    "RU": Country("RUB", "7", "russian", ("улица Примерная", "улица Липовая")),
}

CITIES = (
    City("US", "Portland", "97205", "OR"),
    City("US", "Austin", "78701", "TX"),
    City("US", "Denver", "80202", "CO"),
    City("US", "Boston", "02108", "MA"),
    City("US", "Seattle", "98101", "WA"),
    City("US", "New York", "10001", "NY"),
    City("CA", "Toronto", "M5V 2T6", "ON"),
    City("CA", "Montréal", "H2Y 1C6", "QC"),
    City("CA", "Vancouver", "V6B 1A1", "BC"),
    City("AU", "Sydney", "2000", "NSW"),
    City("AU", "Melbourne", "3000", "VIC"),
    City("AU", "Perth", "6000", "WA"),
    City("GB", "London", "EC1A 1BB"),
    City("GB", "Manchester", "M1 1AE"),
    City("GB", "Edinburgh", "EH1 1YZ"),
    City("IE", "Dublin", "D02 X285"),
    City("DE", "Berlin", "10115"),
    City("DE", "München", "80331"),
    City("AT", "Wien", "1010"),
    City("CH", "Zürich", "8001"),
    City("FR", "Paris", "75001"),
    City("FR", "Lyon", "69001"),
    City("BE", "Bruxelles", "1000"),
    City("NL", "Amsterdam", "1012 AB"),
    City("SE", "Stockholm", "111 22"),
    City("NO", "Oslo", "0150"),
    City("DK", "København", "1050"),
    City("FI", "Helsinki", "00100"),
    City("ES", "Madrid", "28013"),
    City("PT", "Lisboa", "1100-148"),
    City("IT", "Roma", "00184"),
    City("PL", "Warszawa", "00-001"),
    City("CZ", "Praha", "110 00"),
    City("MX", "Ciudad de México", "06000"),
    City("BR", "São Paulo", "01310-100", "SP"),
    City("BR", "Rio de Janeiro", "20040-002", "RJ"),
    City("NZ", "Wellington", "6011"),
    City("SG", "Singapore", "018956"),
    City("ZA", "Cape Town", "8001"),
    City("IN", "Mumbai", "400001"),
    City("HK", "Kowloon", ""),
    City("AE", "Dubai", ""),
    City("BS", "Nassau", ""),
    City("JP", "東京都千代田区", "100-0005"),
    City("JP", "大阪市北区", "530-0001"),
    City("KR", "서울특별시", "04524"),
    City("KR", "부산광역시", "48058"),
    City("CN", "上海市", "200001"),
    City("CN", "北京市", "100006"),
    City("RU", "Москва", "101000"),
    City("RU", "Санкт-Петербург", "190000"),
)
