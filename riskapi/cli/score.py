"""`riskapi score`: options in, a request body and then the printed answer out; with --file, a file of pairings.

The options are gathered into the body that the HTTP service takes too, so that both are checked by the same code;
problems are told in terms of the options that the reader typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from riskapi.cli.deal_options import NoColor, Question, Width, about_a_deal
from riskapi.errors import Problem, RequestError, UnsettledNameError, pointer_part

if TYPE_CHECKING:
    from riskapi.assessment.answer import Answer
    from riskapi.assessment.request import ScoreRequest
    from riskapi.facts.vocabulary import Vocabulary
    from riskapi.workspace import Workspace

T = TypeVar("T")

#: Short options and the facts that they stand for.
SHORTHANDS = {"--type": "deal.type", "--sector": "deal.sector", "--in": "deal.activity_country"}
PARTIES = 2


@dataclass(slots=True)
class Body:
    """A request body under construction; `options` tells which option each pointer into it came from."""

    data: dict[str, Any] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, option: str, code: str, detail: str, hint: str | None = None) -> None:
        """Note what is wrong with an option."""
        self.problems.append(Problem(code=code, field=option, detail=detail, hint=hint))


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("score")(score)


@about_a_deal
def score(
    question: Question,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer object as JSON.")] = False,
    show_all: Annotated[bool, typer.Option("--all", help="Show everything, also rules that did not fire.")] = False,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file", metavar="FILE", help="Score every row of a workbook (.xlsx) or CSV file; see `template`."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where the scored file goes: .xlsx, .csv, .json, .parquet."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="With --file: every rule that applies or may apply.")
    ] = False,
    no_color: NoColor = False,
    width: Width = None,
) -> None:
    """Score a pairing of two companies, with every rule, its citation and its evidence; or a whole file of them."""
    if file is not None or out is not None or explain:
        others = [*question.names, *question.shorthands.values(), *question.facts, *question.parties, question.foreign]
        _one_way(file, [*others, "--json" if as_json else None, "--all" if show_all else None])
        from riskapi.cli.score_file import score_pairings

        return score_pairings(file or Path(), out, as_of=question.as_of, explain=explain, today=today())
    from riskapi.workspace import Workspace

    body = read_options(question)
    with Workspace.open() as workspace:
        answer = answered(workspace, body, today())
        if as_json:
            from riskapi.assessment.answer import to_json

            typer.echo(to_json(answer, indent=2))
            return None
        from riskapi.cli.render import answer_text
        from riskapi.cli.terminal import cleaned, for_results, show

        instruments = {rule.id: rule.instrument.citation for rule in workspace.book.rules}
        console = for_results(color=not no_color, width=width)
        page = answer_text(
            cleaned(answer), cleaned(instruments), everything=show_all, ascii_only=console.options.ascii_only
        )
        show(console, page)
    return None


def _one_way(file: Path | None, others: Sequence[str | None]) -> None:
    """A file, or a pairing: not both."""
    if file is None or any(others):
        detail = "--out and --explain go with --file" if file is None else "a file says itself what is asked"
        hint = "for example: riskapi score --file pairings.xlsx --out scored.xlsx [--as-of DATE]"
        raise RequestError(Problem(code="one-way", field="A B | --file FILE --out FILE", detail=detail, hint=hint))


def today() -> date:
    """The day at the reader's place; the command line is an edge and may read the clock."""
    return datetime.now().astimezone().date()


def answered(workspace: Workspace, body: Body, day: date) -> Answer:
    """The answer to what the options ask; what is wrong is told by option."""
    return settled(body, partial(workspace.answer, checked(body, workspace.vocabulary, day)))


def settled(body: Body, ask: Callable[[], T]) -> T:
    """What `ask` gives; a name that does not settle is told by option."""
    try:
        return ask()
    except UnsettledNameError as error:
        raise UnsettledNameError([by_option(problem, body.options) for problem in error.problems]) from None


# Options to a request body


def read_options(question: Question) -> Body:
    """Gather the options into a request body; what cannot be gathered is noted as a problem."""
    body = Body()
    _read_deal(question, body)
    _read_parties(question, body)
    if question.as_of is not None:
        body.data["as_of"] = question.as_of
    body.options["/as_of"] = "--as-of"
    if question.foreign is not None:
        body.data["foreign_party"] = question.foreign
    body.options["/foreign_party"] = "--foreign"
    return body


def checked(body: Body, vocabulary: Vocabulary, day: date) -> ScoreRequest:
    """The checked request; raises what `sound` raises."""
    from riskapi.assessment.request import read_request

    return sound(body, partial(read_request, body.data, vocabulary, day))


def sound(body: Body, read: Callable[[], T]) -> T:
    """What `read` makes of the body; raises one `RequestError` with the problems of the options and of their values together."""
    try:
        request = read()
    except RequestError as error:
        raise RequestError(
            [*body.problems, *(by_option(problem, body.options) for problem in error.problems)]
        ) from None
    if body.problems:
        raise RequestError(body.problems)
    return request


def by_option(problem: Problem, options: Mapping[str, str]) -> Problem:
    """The problem with the option that it came from in place of its pointer into the body."""
    pointer = problem.pointer or ""
    while pointer and pointer not in options:
        pointer = pointer.rpartition("/")[0]
    return replace(problem, pointer=None, field=options.get(pointer, problem.pointer))


def _read_deal(question: Question, body: Body) -> None:
    deal: dict[str, str] = {}
    for option, value in question.shorthands.items():
        deal[SHORTHANDS[option]] = value
        body.options[f"/deal/{SHORTHANDS[option]}"] = f"{option} ({SHORTHANDS[option]})"
    told: set[str] = set()
    for item in question.facts:
        fact, equals, value = item.partition("=")
        name = fact.strip()
        if not equals or not name:
            body.problem(
                f"--set {item}", "not-a-fact", "a fact and its value are wanted", "write --set deal.model_year=2028"
            )
            continue
        name = name if "." in name else f"deal.{name}"
        if name in told:
            body.problem(
                f"--set {name}",
                "told-twice",
                f"`{name}` is told more than once",
                "tell each fact once; lists are written US,CA",
            )
            continue
        told.add(name)
        _tell(name, value, deal, body)
    body.data["deal"] = deal


def _tell(name: str, value: str, deal: dict[str, str], body: Body) -> None:
    pointer = f"/deal/{pointer_part(name)}"
    if name in deal and deal[name].strip().casefold() != value.strip().casefold():
        body.problem(
            f"--set {name}",
            "told-twice",
            f"`{name}` is `{value[:60]}` here and `{deal[name][:60]}` in {body.options[pointer]}",
            "tell each fact once",
        )
        return
    deal.setdefault(name, value)
    body.options.setdefault(pointer, f"--set {name}")


def _read_parties(question: Question, body: Body) -> None:
    described = _described(question.parties, body)
    parties: list[str | dict[str, Any]] = []
    for name in question.names:
        own = described.pop(name.strip().casefold(), None)
        parties.append(name if own is None else own)
    parties.extend(described.values())
    if len(parties) != PARTIES:
        body.problem(
            "A B",
            "two-parties",
            f"two parties are wanted, {len(parties)} given",
            'for example: riskapi score "Xiaomi" "Ford" --type joint_venture --in US',
        )
        # What is described is checked all the same, so that every problem is told at once.
        parties = sorted([*parties, "?", "?"], key=lambda party: isinstance(party, str))[:PARTIES]
    body.data["parties"] = parties
    for index, party in enumerate(parties):
        _note_party(f"/parties/{index}", party, body)


def _note_party(pointer: str, party: str | Mapping[str, Any], body: Body) -> None:
    if isinstance(party, str):
        body.options[pointer] = f"party {'AB'[int(pointer[-1])]}"
        return
    option = f"--party {party['name'][:60]}"
    body.options[pointer] = option
    for leaf in party["facts"]:
        body.options[f"{pointer}/facts/{leaf}"] = f"{option}, {leaf}"


def _described(texts: tuple[str, ...], body: Body) -> dict[str, dict[str, Any]]:
    """Parties that the caller describes, by folded name. A value that is a list is written a|b."""
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        before, equals, after = text.partition("=")
        head, colon, first_fact = before.rpartition(":") if equals else text.rstrip().removesuffix(":").partition("\0")
        if equals and not colon:
            body.problem(
                f"--party {text[:60]}",
                "no-name",
                "a name and a colon are wanted before the facts",
                "write --party 'NewCo:seat_country=CN,state_ownership=full'",
            )
            continue
        name = head.strip()
        if name.casefold() in found:
            body.problem(
                f"--party {name}",
                "told-twice",
                f"`{name}` is described twice",
                "give all facts of a party in one option",
            )
            continue
        facts = _party_facts(name, f"{first_fact}={after}" if equals else "", body)
        found[name.casefold()] = {"name": name, "inline": True, "facts": facts}
    return found


def _party_facts(name: str, text: str, body: Body) -> dict[str, str]:
    facts: dict[str, str] = {}
    for item in text.split(",") if text else ():
        leaf, equals, value = (part.strip() for part in item.partition("="))
        leaf = leaf.removeprefix("foreign.").removeprefix("host.")
        if not equals or not leaf:
            body.problem(
                f"--party {name}",
                "not-a-fact",
                f"`{item[:60]}` is not a fact with its value",
                "facts are separated by commas; the elements of a list by |, as in sectors=automotive|drones",
            )
        elif leaf in facts:
            body.problem(f"--party {name}", "told-twice", f"`{leaf}` is told more than once", "tell each fact once")
        else:
            facts[leaf] = value
    return facts
