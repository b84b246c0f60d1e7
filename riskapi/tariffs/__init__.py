"""What a good pays at a border: the stack of duties for product, origin, importer, maker and day.

Enters: the rows of tariffs.csv. Leaves: `duty` and `duty_history`, which tell each measure, whether it counts and why,
and the total, or why there is none.
"""

from __future__ import annotations

from riskapi.tariffs.book import DutyBook
from riskapi.tariffs.duty import Alternative, Duty, duty
from riskapi.tariffs.history import DutyPeriod, duty_history
from riskapi.tariffs.measures import Action, Measure
from riskapi.tariffs.stack import Charge, Status

__all__ = [
    "Action",
    "Alternative",
    "Charge",
    "Duty",
    "DutyBook",
    "DutyPeriod",
    "Measure",
    "Status",
    "duty",
    "duty_history",
]
