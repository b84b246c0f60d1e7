"""YAML is read as text with places; what could mean something else than it says is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.errors import Problem, RuleError
from riskapi.rules.source import MAX_BYTES, parse_source, read_source


def refused(text: str) -> tuple[Problem, ...]:
    with pytest.raises(RuleError) as caught:
        parse_source(text, "f.yaml")
    return caught.value.problems


@pytest.mark.parametrize(
    "scalar",
    [
        "NO",
        "ON",
        "yes",
        "true",
        "0301",
        "3E001",
        "8703.80",
        "1.10",
        "1_000",
        "0x10",
        "12:30",
        "2026-11-22",
        ".5",
        "1e3",
        "08",
        "=",
        "<<",
    ],
)
def test_scalars_stay_text(scalar: str) -> None:
    assert parse_source(f"code: {scalar}\nlist: [{scalar}]", "f").data == {"code": scalar, "list": [scalar]}


def test_keys_stay_text() -> None:
    assert parse_source("NO: a\n1.10: b\n", "f").data == {"NO": "a", "1.10": "b"}


@pytest.mark.parametrize("empty", ["", "~", "null"])
def test_nothing_is_none(empty: str) -> None:
    assert parse_source(f"to: {empty}\n", "f").data == {"to": None}


@pytest.mark.parametrize("quoted", ["'null'", '"~"', "''"])
def test_quoted_nothing_is_text(quoted: str) -> None:
    assert parse_source(f"to: {quoted}\n", "f").data == {"to": quoted[1:-1]}


def test_values_have_places() -> None:
    source = parse_source("a: 1\nb:\n  - c: 2\n    d: [x, y]\n", "f")
    assert source.places["a",] == (1, 4)
    assert source.places["b", 0, "d", 1] == (4, 12)


def test_a_problem_stands_at_the_nearest_value_that_has_a_place() -> None:
    problem = parse_source("a:\n  b: 1\n", "f").problem(("a", "missing"), "code", "detail")
    assert (problem.line, problem.column, problem.field) == (2, 3, "a.missing")


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\nb: 2\na: 3\n", "duplicate-key", 3, 1),
        ("a:\n  b: 1\n  b: 1\n", "duplicate-key", 3, 3),
        ("a: {b: 1, b: 2}", "duplicate-key", 1, 11),
        ("a: &x 1\n", "yaml-anchor", 1, 4),
        ("a: &x {b: 1}\nc: *x\n", "yaml-anchor", 1, 4),
        ("a: 1\nb:\n  <<: &x {c: 1}\n", "yaml-anchor", 3, 7),
        ("a: !!int 5\n", "yaml-tag", 1, 4),
        ("a: !!python/object/apply:os.system [ls]\n", "yaml-tag", 1, 4),
        ("a: !mine {b: 1}\n", "yaml-tag", 1, 4),
        ("a: ! x\n", "yaml-tag", 1, 4),
        ("[a, b]: 1\n", "bad-key", 1, 1),
        ("? {a: 1}\n: 1\n", "bad-key", 1, 3),
        ("a:\n\tb: 1\n", "yaml-syntax", 2, 1),
        ("a: 'open\n", "yaml-syntax", 2, 1),
        ("a: [1, 2\n", "yaml-syntax", 2, 1),
        ("a: b: c\n", "yaml-syntax", 1, 5),
        ("a: 1\n---\nb: 2\n", "yaml-syntax", 2, 1),
        ("a: 1\nb: \x07\n", "yaml-syntax", 2, None),
        ("a: " + "[" * 30 + "]" * 30, "too-deep", 1, 15),
        ("\n".join(" " * level + "a:" for level in range(40)), "too-deep", 13, None),
        ("? " * 100_000, "too-deep", 1, None),
        ("- " * 100_000, "too-deep", 1, None),
        ("[" * 100_000, "too-deep", 1, None),
        ("a: {" * 100_000, "too-deep", 1, None),
    ],
)
def test_forms_that_mislead_are_refused_with_their_place(text: str, code: str, line: int, column: int | None) -> None:
    problem = refused(text)[0]
    assert (problem.code, problem.file, problem.line) == (code, "f.yaml", line)
    if column is not None:
        assert problem.column == column


def test_aliases_cannot_blow_up() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 9)]
    assert {problem.code for problem in refused("\n".join(lines))} == {"yaml-anchor"}


def test_all_duplicate_keys_are_found_at_once() -> None:
    assert [problem.line for problem in refused("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n")] == [2, 5]


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_source(path).data == {"a": "1"}


def test_text_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"a: 1\nb: caf\xe9\n")
    with pytest.raises(RuleError) as caught:
        read_source(path, "f.yaml")
    assert [(problem.code, problem.line) for problem in caught.value.problems] == [("not-utf-8", 2)]


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"a: " + b"x" * MAX_BYTES)
    with pytest.raises(RuleError) as caught:
        read_source(path)
    assert caught.value.problems[0].code == "file-too-large"
