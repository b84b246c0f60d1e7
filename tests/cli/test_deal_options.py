from __future__ import annotations

import typer
from typer.main import get_command
from typer.testing import CliRunner

from riskapi.cli.deal_options import Question, about_a_deal, question_of
from riskapi.cli.main import app

asked: list[tuple[Question, bool]] = []
small = typer.Typer()


@small.command()
@about_a_deal
def command(question: Question, *, loud: bool = False) -> None:
    """Take a question."""
    asked.append((question, loud))


def test_a_command_gets_what_was_typed_as_one_question_beside_its_own_options() -> None:
    asked.clear()
    line = "A B --type licence --in US --set x=1 --set y=2 --as-of 2026-11-22 --foreign A --party N:x=1 --loud"
    result = CliRunner().invoke(small, line.split())
    assert result.exit_code == 0, result.output
    assert asked == [
        (
            Question(
                names=("A", "B"), shorthands={"--type": "licence", "--in": "US"}, facts=("x=1", "y=2"),
                parties=("N:x=1",), as_of="2026-11-22", foreign="A",
            ),
            True,
        )
    ]  # fmt: skip


def test_what_was_not_typed_is_not_told() -> None:
    assert question_of() == Question()


def test_the_commands_about_a_deal_have_the_same_options_first() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    shared = [[one.opts for one in commands[name].params[:8]] for name in ("score", "export", "whatif")]
    assert shared[0] == shared[1] == shared[2]
    assert shared[0][1] == ["--type"]
