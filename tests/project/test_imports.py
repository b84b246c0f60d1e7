"""The one direction of imports, and the sizes of modules and functions.

Enters: the source of the package, read as syntax trees (nothing is imported). Leaves: a list of sentences, one for each
import that goes the wrong way and each module or function that has grown too long.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "riskapi"

# A later layer may import an earlier one, never the reverse. Modules of one layer may import each other.
LAYERS = (
    "errors",
    "settings",
    "facts.vocabulary",  # a layer of its own, before `language`: expressions are type-checked against the vocabulary
    "language",
    "warehouse",
    "entities",
    "claims",
    "facts",
    "tariffs",
    "refresh",
    "rules",
    "engine",
    "scoring",
    "assessment",
    "workspace",
    "matrix",
    "spark",
    "backtest",
    "briefing",  # before the workbench, which writes its reports with the same sheets
    "spreadsheet",
    "workbench",
    "store",
    "jobs",
    "watch",
    "records",  # what the service answers, before `api`, which fills it, and `client`, which reads it
    "api.http",  # HTTP itself
    "api.telemetry",
    "api.access",
    "api.frame",  # what an operation is
    "api.operations",
    "api.description",
    "api.serving",
    "api",  # `api.app`, which puts them together
    "web",
    "client",
    "cli",
)

# Modules that do not count to the layer that their place suggests.
ELSEWHERE = {
    "riskapi.__main__": "cli",  # `python -m riskapi` is the command line
    "riskapi.facts": "facts.vocabulary",  # facts/__init__.py runs before the vocabulary does, so it may import no more
}

MODULE_LINES = 600
FUNCTION_LINES = 80

# `riskapi.module` or `riskapi.module:function`, with the reason why it may be longer.
LONG_FOR_A_REASON: dict[str, str] = {}


def modules_of(package: Path) -> dict[str, Path]:
    """Dotted module name -> file."""
    found = {}
    for file in sorted(package.rglob("*.py")):
        parts = file.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def layer_of(module: str) -> str | None:
    """The layer of a module; None for the package itself and for a module that no layer knows."""
    if module in ELSEWHERE:
        return ELSEWHERE[module]
    inner = module.partition(".")[2]
    matching = [layer for layer in LAYERS if inner == layer or inner.startswith(f"{layer}.")]
    return max(matching, key=len, default=None)


def imported_names(tree: ast.AST, module: str, *, is_package: bool) -> Iterator[tuple[int, str, str | None]]:
    """(line, module named, name taken from it) of each import, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, None
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                parents = parts[: len(parts) - node.level + (1 if is_package else 0)]
                base = ".".join([*parents, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, base, alias.name


def wrong_imports(modules: Mapping[str, Path]) -> Iterator[str]:
    """One sentence for each import that breaks the order."""
    root = min(modules, key=len)
    for module, file in modules.items():
        if module == root:
            continue
        own = layer_of(module)
        if own is None:
            yield f"{module} belongs to no layer: give its package a place in LAYERS"
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"), str(file))
        for line, base, name in imported_names(tree, module, is_package=file.name == "__init__.py"):
            problem = wrong_import(own, base, name, modules, root)
            if problem:
                yield f"{module}:{line} {problem}"


def wrong_import(own: str, base: str, name: str | None, modules: Mapping[str, Path], root: str) -> str | None:
    if base != root and not base.startswith(f"{root}."):
        return None
    target = f"{base}.{name}" if name and f"{base}.{name}" in modules else base
    if target == root:
        if name and name.startswith("__"):
            return None
        return f"imports {name or root} from the package itself: import it from the module where it is defined"
    other = layer_of(target)
    if other is None:
        return f"imports {target}, which belongs to no layer"
    if LAYERS.index(other) > LAYERS.index(own):
        return f"({own}) imports {target} ({other}), which comes later"
    return None


def functions_of(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, int]]:
    """(qualified name, lines) of each function, inner ones too."""
    for node in ast.iter_child_nodes(tree):
        name = prefix
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}.{node.name}" if prefix else node.name
            if not isinstance(node, ast.ClassDef):
                yield name, (node.end_lineno or node.lineno) - node.lineno + 1
        yield from functions_of(node, name)


def too_long(modules: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """(name as in LONG_FOR_A_REASON, sentence)."""
    for module, file in modules.items():
        text = file.read_text(encoding="utf-8")
        lines = len(text.splitlines())
        if lines > MODULE_LINES:
            yield module, f"{module} has {lines} lines, more than {MODULE_LINES}: split it"
        for name, length in functions_of(ast.parse(text, str(file))):
            if length > FUNCTION_LINES:
                yield f"{module}:{name}", f"{module}:{name} has {length} lines, more than {FUNCTION_LINES}: split it"


def test_imports_go_in_one_direction() -> None:
    assert list(wrong_imports(modules_of(PACKAGE))) == []


def test_modules_and_functions_stay_short() -> None:
    assert [text for name, text in too_long(modules_of(PACKAGE)) if name not in LONG_FOR_A_REASON] == []


def test_every_exception_for_length_is_still_needed() -> None:
    assert set(LONG_FOR_A_REASON) <= {name for name, _ in too_long(modules_of(PACKAGE))}


# --- the checks themselves --------------------------------------------------------------------------------------------


def package_with(folder: Path, files: Mapping[str, str]) -> dict[str, Path]:
    for name, text in {"__init__.py": "", **files}.items():
        file = folder / "riskapi" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return modules_of(folder / "riskapi")


def findings(folder: Path, files: Mapping[str, str]) -> Iterable[str]:
    return list(wrong_imports(package_with(folder, files)))


@pytest.mark.parametrize(
    "statement",
    [
        "import riskapi.cli.main",
        "from riskapi.cli import main",
        "from riskapi.cli.main import run",
        "from riskapi import cli",
        "from ..cli import main",
        "from ..cli.main import run",
        "def later():\n    from riskapi.cli.main import run",
        "if TYPE_CHECKING:\n    from riskapi.cli.main import run",
    ],
)
def test_an_import_of_a_later_layer_is_found(tmp_path: Path, statement: str) -> None:
    files = {"language/parse.py": statement, "cli/__init__.py": "", "cli/main.py": ""}
    (problem,) = findings(tmp_path, files)
    assert "riskapi.language.parse" in problem
    assert "which comes later" in problem


def test_imports_of_earlier_layers_and_of_the_own_layer_are_fine(tmp_path: Path) -> None:
    files = {
        "errors.py": "",
        "language/__init__.py": "from .parse import x",
        "language/parse.py": "from riskapi.errors import Problem\nfrom . import nodes\nimport sqlglot",
        "language/nodes.py": "from riskapi import __version__",
        "cli/main.py": "from riskapi.language.parse import x\nfrom ..errors import Problem",
        "__init__.py": "from riskapi.cli.main import run",
    }
    assert findings(tmp_path, files) == []


def test_the_language_may_see_the_vocabulary_but_no_other_facts(tmp_path: Path) -> None:
    files = {
        "facts/__init__.py": "",
        "facts/vocabulary.py": "",
        "facts/profiles.py": "from riskapi.language.parse import x",
        "language/parse.py": "from riskapi.facts.vocabulary import Fact\nfrom riskapi.facts import profiles",
    }
    (problem,) = findings(tmp_path, files)
    assert "riskapi.language.parse:2" in problem


def test_the_package_of_the_vocabulary_may_import_no_later_layer(tmp_path: Path) -> None:
    files = {"facts/__init__.py": "from riskapi.facts.profiles import x", "facts/profiles.py": ""}
    (problem,) = findings(tmp_path, files)
    assert "riskapi.facts.profiles" in problem


def test_a_package_that_no_layer_knows_is_found(tmp_path: Path) -> None:
    assert "no layer" in "".join(findings(tmp_path, {"novelty/thing.py": ""}))


def test_a_name_of_the_package_itself_is_imported_from_where_it_is_defined(tmp_path: Path) -> None:
    assert "defined" in "".join(findings(tmp_path, {"api/app.py": "from riskapi import score"}))


def test_a_long_function_and_a_long_module_are_found(tmp_path: Path) -> None:
    method = "class A:\n    def long(self):\n" + "        x = 1\n" * FUNCTION_LINES
    modules = package_with(tmp_path, {"errors.py": method, "settings.py": "x = 1\n" * (MODULE_LINES + 1)})
    assert [name for name, _ in too_long(modules)] == ["riskapi.errors:A.long", "riskapi.settings"]
