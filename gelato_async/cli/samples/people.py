"""Invented people, by the script that their names are written in, and their addresses."""

import unicodedata
from collections.abc import Mapping
from random import Random
from typing import Any

from gelato_async.cli.samples.places import CITIES, COUNTRIES, City
from gelato_async.models.addresses import ReturnAddress, ShippingAddress

_NAMES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "latin": (
        (
            "Zoë",
            "Åsa",
            "José",
            "Chloé",
            "Łukasz",
            "Maya",
            "Noah",
            "Priya",
            "Oskar",
            "Ines",
            "Seán",
            "Ada",
        ),
        (
            "Sample",
            "Lindqvist",
            "Müller",
            "García",
            "O'Brien",
            "Nowak",
            "Rossi",
            "Dubois",
            "Silva",
            "van Dijk",
            "Patel",
        ),
    ),
    "japanese": (("花子", "太郎", "陽子", "健"), ("見本", "佐藤", "高橋", "中村")),
    "korean": (("민수", "지우", "서연", "하준"), ("김", "이", "박", "최")),
    "chinese": (("小明", "丽", "建国", "芳"), ("王", "李", "张", "陈")),
    "russian": (
        ("Анна", "Иван", "Ольга", "Пётр"),
        ("Смирнова", "Петренко", "Коваленко", "Павленко"),
    ),
}
_COMPANIES = ("Sample Studio", "Northlight Prints", "Paper & Pine", "Example Gifts")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "ß": "ss"})


def address(rng: Random) -> ShippingAddress:
    """Somebody, somewhere: as the documents want it in that country."""
    city = rng.choice(CITIES)
    country = COUNTRIES[city.country]
    first, last = (rng.choice(names) for names in _NAMES[country.script])
    return ShippingAddress(
        country=city.country,
        first_name=first,
        last_name=last,
        address_line1=_street(rng, city),
        address_line2=_second_line(rng, country.script),
        city=city.name,
        post_code=city.post_code,
        state=city.state,
        email=f"{_mail_name(first, last)}.{rng.randrange(1, 1000)}@example.com",
        phone=f"+{country.dial} 555 01{rng.randrange(100):02d}",
        **(_brazilian(rng, city) if city.country == "BR" else _company(rng)),
    )


def sender(rng: Random) -> ReturnAddress:
    """A shop of ours."""
    return ReturnAddress(
        company_name=rng.choice(_COMPANIES),
        address_line1=f"Sample Yard {rng.randrange(1, 40)}",
        city="Bergen",
        post_code="5003",
        country="NO",
        email="returns@example.com",
        phone="+47 555 0100",
    )


def _street(rng: Random, city: City) -> str:
    street, number = rng.choice(COUNTRIES[city.country].streets), rng.randrange(1, 200)
    return (
        f"{number} {street}"
        if city.country in {"US", "CA", "AU", "GB", "IE", "FR", "NZ"}
        else f"{street} {number}"
    )


def _second_line(rng: Random, script: str) -> str | None:
    if rng.random() < 0.8:
        return None
    return f"Apt {rng.randrange(1, 60)}" if script == "latin" else f"{rng.randrange(1, 60)}"


def _mail_name(first: str, last: str) -> str:
    plain = unicodedata.normalize("NFKD", f"{first}.{last}".lower().translate(_LETTERS))
    ascii_only = "".join(
        letter for letter in plain if letter.isascii() and (letter.isalpha() or letter == ".")
    )
    return ascii_only.strip(".") or "customer"


def _company(rng: Random) -> dict[str, Any]:
    return (
        {"company_name": rng.choice(_COMPANIES), "is_business": True} if rng.random() < 0.15 else {}
    )


def _brazilian(rng: Random, city: City) -> dict[str, Any]:
    if rng.random() < 0.6:
        return {"federal_tax_id": "529.982.247-25"}
    return {
        "company_name": "Exemplo Impressos Ltda",
        "is_business": True,
        "federal_tax_id": "11.222.333/0001-81",
        "state_tax_id": "110.042.490.114",
        "registration_state": city.state,
    }
