"""Invented people, by the script that their names are written in, and their addresses."""

import unicodedata
from collections.abc import Mapping
from random import Random
from typing import Any

from gelato_async.cli.samples.places import Place
from gelato_async.models.addresses import ReturnAddress, ShippingAddress

# first names and last names by script; the Latin ones have letters that ASCII lacks, an apostrophe
# and a space
_NAMES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "latin": (("Zoë", "Åsa", "Łukasz", "Maya"), ("Sample", "Müller", "O'Brien", "van Dijk")),
    "japanese": (("花子", "太郎"), ("見本", "佐藤")),
    "korean": (("민수", "지우"), ("김", "이")),
    "chinese": (("小明", "丽"), ("王", "李")),
    "russian": (("Анна", "Пётр"), ("Павленко", "Коваленко")),
}
_COMPANIES = ("Sample Studio", "Paper & Pine")
# letters that do not decompose into an ASCII letter and an accent
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "ß": "ss"})


def address(rng: Random, place: Place) -> ShippingAddress:
    """Make the address of a person there, as Gelato documents it for that country."""
    first_names, last_names = _NAMES[place.script]
    first, last = rng.choice(first_names), rng.choice(last_names)
    return ShippingAddress(
        country=place.country,
        first_name=first,
        last_name=last,
        address_line1=_street(rng, place),
        address_line2=_second_line(rng, place),
        city=place.city,
        post_code=place.post_code,
        state=place.state,
        # both are reserved for examples
        email=f"{_mail_name(first, last)}.{rng.randrange(1, 1000)}@example.com",
        phone=f"+{place.dial} 555 01{rng.randrange(100):02d}",
        **_business(rng, place),
    )


def sender(rng: Random) -> ReturnAddress:
    """Make the address of a shop that takes parcels back."""
    return ReturnAddress(
        company_name=rng.choice(_COMPANIES),
        address_line1=f"Sample Yard {rng.randrange(1, 40)}",
        city="Bergen",
        post_code="5003",
        country="NO",
        email="returns@example.com",
        phone="+47 555 0100",
    )


def _street(rng: Random, place: Place) -> str:
    number = rng.randrange(1, 200)
    if place.is_number_first:
        return f"{number} {place.street}"
    return f"{place.street} {number}"


def _second_line(rng: Random, place: Place) -> str | None:
    if rng.random() < 0.8:
        return None
    number = str(rng.randrange(1, 60))
    if place.script == "latin":
        return f"Apt {number}"
    return number


def _mail_name(first: str, last: str) -> str:
    name = f"{first}.{last}".lower().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    kept = "".join(filter(lambda letter: letter.isalpha() or letter == ".", plain))
    return kept.strip(".") or "customer"


def _business(rng: Random, place: Place) -> dict[str, Any]:
    if place.country == "BR":
        return _brazilian(rng, place)
    if rng.random() < 0.15:
        return {"company_name": rng.choice(_COMPANIES), "is_business": True}
    return {}


def _brazilian(rng: Random, place: Place) -> dict[str, Any]:
    # Brazil wants a tax id of everybody, and of a business its registration too
    if rng.random() < 0.6:
        return {"federal_tax_id": "529.982.247-25"}
    return {
        "company_name": "Exemplo Impressos Ltda",
        "is_business": True,
        "federal_tax_id": "11.222.333/0001-81",
        "state_tax_id": "110.042.490.114",
        "registration_state": place.state,
    }
