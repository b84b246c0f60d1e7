"""No file of the project speaks of the machine on which it was written, or of the places where packages come from.

The words that are looked for are put together from pieces, so that this file passes its own test.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# At the start of a path only: `https://example.org/work/` is somebody's address.
MACHINE_PATH = re.compile(r"(?<![\w.~%:)\]}-])(?:/(?:work|root|tmp|home|opt)|/Users)/" + r"|[A-Z]:\\Users\\")
SIBLING = re.compile(r"\.\./" + "shared")
PACKAGE_HOST = re.compile(
    r"\b(?:"
    + "|".join(
        re.escape(first + last)
        for first, last in (
            ("pypi.", "org"),
            ("python", "hosted.org"),
            ("npm", "js.org"),
            ("npm", "js.com"),
            ("deb.", "debian.org"),
            ("crates", ".io"),
            ("ana", "conda.org"),
            ("js", "delivr.net"),
            ("unp", "kg.com"),
        )
    )
    + r")\b"
)
MAY_NAME_THE_SIBLING = ("tests/", "Makefile", "README.md", "CONTRIBUTING.md")


def files_of(root: Path) -> list[Path]:
    """The files that are in version control or would be; without it (a source release), all but hidden ones."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=False,
    )
    if listing.returncode == 0:
        names = [name.decode() for name in listing.stdout.split(b"\0") if name]
    else:
        names = [str(file.relative_to(root)) for file in root.rglob("*")]
        names = [
            name for name in names if not re.search(r"(^|/)(\.(?!ci|github|gitignore)|build/|dist/|__pycache__)", name)
        ]
    return sorted(root / name for name in names if (root / name).is_file())


def findings(name: str, text: str) -> Iterator[str]:
    """One sentence for each line that tells too much."""
    for number, line in enumerate(text.splitlines(), start=1):
        place = f"{name}:{number}"
        if found := MACHINE_PATH.search(line):
            yield f"{place} holds a path of one machine: {found[0]}"
        if (found := SIBLING.search(line)) and not name.startswith(MAY_NAME_THE_SIBLING):
            yield f"{place} names a folder outside the project: {found[0]}"
        if found := PACKAGE_HOST.search(line):
            yield f"{place} names a place where packages come from: {found[0]}"


def test_no_file_names_a_machine_path_or_a_package_host() -> None:
    found: list[str] = []
    for file in files_of(ROOT):
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a workbook
        found += findings(file.relative_to(ROOT).as_posix(), text)
    assert found == []


def test_the_files_are_found() -> None:
    names = {file.relative_to(ROOT).as_posix() for file in files_of(ROOT)}
    assert {"pyproject.toml", "tests/conftest.py", "riskapi/errors.py"} <= names


@pytest.mark.parametrize(
    "line",
    [
        "see /" + "work/main/x.py",
        'open("/' + 'tmp/brief")',
        "`/" + "root/.cache`",
        "file:///" + "home/me/x",
        "data in ../" + "shared/data",
        "https://files.python" + "hosted.org/x",
        "curl https://pypi." + "org/simple",
    ],
)
def test_a_line_that_tells_too_much_is_found(line: str) -> None:
    assert list(findings("riskapi/x.py", line))


@pytest.mark.parametrize(
    "line",
    [
        "https://example.org/work/page",
        "docs/home/index.md",
        "homework/x",
        "https://example.org/x/root/y",
        "C:\\Program Files",
    ],
)
def test_a_harmless_line_is_left_alone(line: str) -> None:
    assert list(findings("riskapi/x.py", line)) == []


def test_tests_may_name_the_folder_that_holds_their_data() -> None:
    line = "needs ../" + "shared/data"
    assert list(findings("tests/test_x.py", line)) == []
    assert list(findings("docs/x.md", line)) != []
