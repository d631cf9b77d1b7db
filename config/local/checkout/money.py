"""Amounts as people read them."""

SIGNS = {"eur": "€", "usd": "$", "gbp": "£"}
WITHOUT_MINOR_UNITS = {
    *("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf")
}


def shown(amount: int, currency: str) -> str:
    """`amount` in minor units: 4900 eur is €49.00, and 4900 jpy is 4,900 JPY."""
    if currency in WITHOUT_MINOR_UNITS:
        return f"{amount:,} {currency.upper()}"
    number = f"{amount // 100:,}.{amount % 100:02}"
    return SIGNS[currency] + number if currency in SIGNS else f"{number} {currency.upper()}"


def rhythm(interval: str, count: int) -> str:
    """`every month`, `every 3 months`, or nothing for what is paid once."""
    if not interval:
        return ""
    return f"every {interval}" if count == 1 else f"every {count} {interval}s"
