"""The options that describe a pairing, shared by the commands that ask about one.

Enters: what was typed. Leaves: a `Question`; a command that is marked with `about_a_deal` takes one in place of the options.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from inspect import signature
from typing import Annotated, Any, TypeAlias

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


@dataclass(slots=True, kw_only=True)
class Question:
    """What was typed of a pairing, as text; `shorthands` are the values of short options."""

    names: tuple[str, ...] = ()
    shorthands: Mapping[str, str] = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    as_of: str | None = None
    foreign: str | None = None


def question_of(  # one for each option
    names: Names = None,
    kind: Form = None,
    sector: Sector = None,
    country: Country = None,
    facts: Facts = None,
    as_of: AsOf = None,
    foreign: Foreign = None,
    party: Parties = None,
) -> Question:
    """The question that the options put; an option that was not given is None."""
    shorthands = {"--type": kind, "--sector": sector, "--in": country}
    return Question(
        names=tuple(names or ()),
        shorthands={option: value for option, value in shorthands.items() if value is not None},
        facts=tuple(facts or ()),
        parties=tuple(party or ()),
        as_of=as_of,
        foreign=foreign,
    )


def about_a_deal(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a deal, before its own; it is called with the question that they put."""
    shared = signature(question_of, eval_str=True).parameters
    own = list(signature(command, eval_str=True).parameters.values())[1:]

    @wraps(command)
    def run(**told: Any) -> None:  # noqa: ANN401  # what typer read
        question = question_of(**{name: told.pop(name) for name in shared})
        command(question, **told)

    # typer reads the parameters of a command from these two
    parameters = [*shared.values(), *own]
    run.__annotations__ = {item.name: item.annotation for item in parameters}
    made: Any = run
    made.__signature__ = signature(command).replace(parameters=parameters, return_annotation=None)
    return run
