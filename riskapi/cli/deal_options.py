"""The options that describe a pairing, shared by the commands that ask about one.

Enters: nothing. Leaves: annotated types for the parameters of commands, so that an option reads the same everywhere.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

Names: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(metavar="A B", help="The two parties: names or ids, in any order.", show_default=False),
]
Form: TypeAlias = Annotated[str | None, typer.Option("--type", help="Form of the deal (deal.type).")]
Sector: TypeAlias = Annotated[
    str | None, typer.Option("--sector", help="Sector of the venture or target (deal.sector).")
]
Country: TypeAlias = Annotated[
    str | None, typer.Option("--in", help="Country of the venture or target (deal.activity_country).")
]
Facts: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="FACT=VALUE", help="Tell a fact, e.g. deal.foreign_stake=15% or deal.market_countries=US,CA."
    ),
]
AsOf: TypeAlias = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Rules and facts of this day; default today.")
]
Foreign: TypeAlias = Annotated[
    str | None,
    typer.Option("--foreign", metavar="NAME", help="The party that one-sided facts speak of, where that is open."),
]
Parties: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--party",
        metavar="NAME:FACT=VALUE,...",
        help="Describe a party of your own, e.g. 'NewCo:seat_country=CN,sectors=automotive|drones'.",
    ),
]
NoColor: TypeAlias = Annotated[bool, typer.Option("--no-color", help="No colour or bold print.")]
Width: TypeAlias = Annotated[int | None, typer.Option("--width", min=60, max=240, help="Columns of the output.")]
