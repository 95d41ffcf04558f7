"""Options of a sensor node."""

from node.checks import whole

MOST_ALLOWED = 22  # what fits into an answer of `options`
MOST_SLEEP_S = 86_400
DIGITS = "0123456789ABCDEF"


def _addresses(value: object) -> bool:
    """Accept a list of addresses like "C03D5A89A301"."""
    return (
        isinstance(value, list)
        and len(value) <= MOST_ALLOWED
        and all(isinstance(one, str) and len(one) == 12 for one in value)
        and all(digit in DIGITS for one in value for digit in one)
    )


# name -> (default, check, is it a secret)
TABLE = {
    "allow": ([], _addresses, False),  # Victron addresses to relay; none: all
    "scan_duty": (100, whole(5, 100), False),  # per cent of the time
    "sleep_s": (0, whole(0, MOST_SLEEP_S), False),  # from one wake to the next; 0: never sleep
}
