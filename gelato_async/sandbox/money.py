"""The one rule by which amounts are rounded: to the minor unit of their currency, if it has one."""

# Of the documented currencies, those without a minor unit in use, by ISO 4217.
_WITHOUT_MINOR_UNIT = frozenset({"CLP", "ISK", "JPY", "KRW"})


def rounded(amount: float, currency: str) -> float:
    """Return an amount as it can be paid."""
    return round(amount, _digits(currency))


def written(amount: float, currency: str) -> str:
    """Write an amount with all the digits that it has in its currency."""
    return f"{amount:.{_digits(currency)}f}"


def _digits(currency: str) -> int:
    return 0 if currency in _WITHOUT_MINOR_UNIT else 2
