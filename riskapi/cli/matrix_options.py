"""The options of `riskapi matrix`, each with its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Foreign: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--foreign",
        metavar="WHO",
        help="Whom one-sided facts speak of: a selector (control_country=CN,sector=automotive), `all`, names "
        "(the option may be repeated), or @FILE (.txt, .csv, .xlsx) with a column `name`.",
    ),
]
Hosts: TypeAlias = Annotated[
    list[str] | None, typer.Option("--hosts", metavar="WHO", help="The other side, told in the same way.")
]
AtHost: TypeAlias = Annotated[
    bool, typer.Option("--at-host", help="The venture is in the country that controls each host.")
]
Templates: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option("--template", metavar="FILE", help="Kinds of deal in a YAML file: name, deal, at_host."),
]
Days: TypeAlias = Annotated[
    list[str] | None, typer.Option("--as-of", metavar="DATE", help="A day; may be repeated. Default today.")
]
Out: TypeAlias = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help=".parquet, .csv, .json, .xlsx, .svg or .png")
]
Top: TypeAlias = Annotated[int | None, typer.Option("--top", min=1, help="Only so many of the highest scores.")]
Explain: TypeAlias = Annotated[
    list[str] | None, typer.Option("--explain", metavar="FOREIGN×HOST", help="Show the whole answer of a pairing.")
]
Moved: TypeAlias = Annotated[
    bool, typer.Option("--moved", help="What moved between two days, or since the base that is named, and why.")
]
BaseRules: TypeAlias = Annotated[
    str | None,
    typer.Option("--base-rules", metavar="BASE", help="What moved since other rules: a git revision or a folder."),
]
BaseData: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--base-data",
        metavar="BASE",
        help="What moved since other datasets: a git revision, a folder of tables, or the id of a snapshot of lists.",
    ),
]
Resume: TypeAlias = Annotated[bool, typer.Option("--resume", help="Go on with a run that was stopped.")]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")]
