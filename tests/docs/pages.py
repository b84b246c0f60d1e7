"""The pages of the project, the program that makes some of them, and the codes of problems in the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]

#: Calls that make a problem; its code is the last argument that looks like one, among the first three.
MAKERS = frozenset(
    {
        "problem",
        "_problem",
        "found",
        "Finding",
        "ValueProblemError",
        "_CellError",
        "ProblemType",
        "_at_event",
        "refused",
    }
)
ONE_WORD = "syntax|comment|empty|scorecard|jurisdiction|contradiction|error|refused"
CODE = re.compile(rf"[a-z0-9]+(?:-[a-z0-9]+)+|{ONE_WORD}")


def markdown_files() -> list[Path]:
    """Every page that people read."""
    folders = ("docs", "rules", "datasets")
    return sorted([*ROOT.glob("*.md"), *(page for folder in folders for page in (ROOT / folder).rglob("*.md"))])


def page(name: str) -> str:
    """The text of a page by its path below the root."""
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def generator() -> ModuleType:
    """`docs/generate.py` as a module."""
    spec = spec_from_file_location("docs_generate", ROOT / "docs/generate.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError("docs/generate.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every line of every Markdown table, heads and rules left out."""
    lines = ["", *text.splitlines(), ""]
    for above, line, below in zip(lines, lines[1:], lines[2:], strict=False):
        in_table = line.startswith("|") and above.startswith("|")
        if in_table and not line.startswith("|---") and not below.startswith("|---"):
            yield [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def section(text: str, heading: str) -> str:
    """What stands under a second-level heading."""
    match = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if match is None:
        raise LookupError(heading)
    return match[1]


def coded(cell: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]*)`", cell)


def codes_in_source(package: Path = ROOT / "riskapi") -> dict[str, set[str]]:
    """Every code of a problem that the source can make, with the files that make it."""
    found: dict[str, set[str]] = {}
    for file in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for code in _codes_of(node):
                found.setdefault(code, set()).add(file.relative_to(package).as_posix())
    return found


def _codes_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(getattr(target, "id", None) == "code" for target in targets):
            yield from _texts(node.value)
    if not isinstance(node, ast.Call):
        return
    for keyword in node.keywords:
        if keyword.arg == "code":
            yield from _texts(keyword.value)
    if getattr(node.func, "attr", getattr(node.func, "id", None)) in MAKERS:
        given = [text for argument in node.args[:3] for text in _texts(argument) if CODE.fullmatch(text)]
        yield from given[-1:]


def _texts(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
