"""Places that sample orders go to, with the post code and state that each country wants.

There is one of each kind: addresses with and without post code or state, the house number before or
behind the street, and each script of names. No street exists.
"""

from attrs import frozen


@frozen
class Place:
    """A city with what an address there needs.

    `post_code` is empty and `state` None where the country has none. `dial` is the country's
    dialling code.
    """

    country: str
    city: str
    post_code: str
    street: str
    currency: str
    dial: str
    state: str | None = None
    script: str = "latin"
    is_number_first: bool = False


PLACES = (
    Place("US", "Portland", "97205", "Maple Avenue", "USD", "1", "OR", is_number_first=True),
    Place("US", "Boston", "02108", "Sample Street", "USD", "1", "MA", is_number_first=True),
    Place("CA", "Montréal", "H2Y 1C6", "rue de l'Exemple", "CAD", "1", "QC", is_number_first=True),
    Place("AU", "Perth", "6000", "Wattle Street", "AUD", "61", "WA", is_number_first=True),
    Place("SE", "Stockholm", "111 22", "Exempelgatan", "SEK", "46"),
    Place("DE", "München", "80331", "Musterstraße", "EUR", "49"),
    Place("GB", "Edinburgh", "EH1 1YZ", "Sample Lane", "GBP", "44", is_number_first=True),
    Place("DK", "København", "1050", "Eksempelvej", "DKK", "45"),
    Place("BR", "São Paulo", "01310-100", "Rua do Exemplo", "BRL", "55", "SP"),
    Place("BR", "Rio de Janeiro", "20040-002", "Avenida das Palmeiras", "BRL", "55", "RJ"),
    Place("HK", "Kowloon", "", "Harbour Road", "HKD", "852"),
    Place("AE", "Dubai", "", "Palm Street", "AED", "971"),
    Place("JP", "東京都千代田区", "100-0005", "見本町", "JPY", "81", script="japanese"),
    Place("KR", "서울특별시", "04524", "예시로", "KRW", "82", script="korean"),
    Place("CN", "上海市", "200001", "示例路", "CNY", "86", script="chinese"),
    Place("RU", "Москва", "101000", "улица Примерная", "RUB", "7", script="russian"),
)
