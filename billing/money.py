"""Money: whole minor units with a currency, and how people write them."""

from decimal import Decimal

# Digits after the point, where these are not two. Source: ISO 4217, list one (currencies in use), column "minor unit".
OTHER_DIGITS = (
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
)
DIGITS = {currency: digits for digits, currencies in OTHER_DIGITS for currency in currencies.split()}


class TooFine(ValueError):
    """The amount has more digits after the point than the currency; the text is for the user's eyes."""

    def __init__(self, currency: str) -> None:
        digits = digits_of(currency)
        allowed = f"at most {digits} digits after the point" if digits else "no digits after the point"
        super().__init__(f"{currency} has {allowed}.")


def digits_of(currency: str) -> int:
    return DIGITS.get(currency, 2)


def minor(amount: Decimal, currency: str) -> int:
    """19.00 EUR is 1900, 1900 JPY is 1900, 19.000 KWD is 19000. Raises TooFine: nothing is rounded."""
    units = amount.scaleb(digits_of(currency))
    if units != units.to_integral_value():
        raise TooFine(currency)
    return int(units)


def major(units: int, currency: str) -> Decimal:
    """The amount as people write it, with all its digits after the point."""
    return Decimal(units).scaleb(-digits_of(currency))


def shown(units: int, currency: str) -> str:
    """For example `1,900.00 EUR`."""
    return f"{major(units, currency):,f} {currency}"
