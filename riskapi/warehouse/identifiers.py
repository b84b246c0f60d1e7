"""Check digits of public identifiers: a mistyped or invented one is caught.

Enters: an identifier of the right shape. Leaves: whether its check digits are right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping


def is_lei(text: str) -> bool:
    """Whether the check digits of a legal entity identifier are right (ISO 17442: the number modulo 97 is 1)."""
    return int(_digits(text)) % 97 == 1


def is_isin(text: str) -> bool:
    """Whether the check digit of a securities identifier is right (ISO 6166: every second digit counts twice)."""
    total = 0
    for place, digit in enumerate(reversed(_digits(text))):
        number = int(digit) * (1 + place % 2)
        total += number // 10 + number % 10
    return total % 10 == 0


def _digits(text: str) -> str:
    """Letters as two digits from A = 10."""
    return "".join(str(int(letter, 36)) for letter in text)


#: By the name that a column gives in `check`.
CHECKS: Mapping[str, Callable[[str], bool]] = {"lei": is_lei, "isin": is_isin}
