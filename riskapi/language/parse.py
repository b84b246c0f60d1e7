"""Text of a condition in, typed syntax tree out; everything that is not in the language is refused with its place.

sqlglot reads the text in the DuckDB dialect; a closed table of its node types is then turned into our own tree while
every type, code and bound is checked against the vocabulary. What is not in the table does not exist: no tables, no
subqueries, no functions outside `FUNCTIONS`, no parameters, no settings.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from riskapi.errors import did_you_mean
from riskapi.facts.vocabulary import Fact, FactType, Vocabulary
from riskapi.language import nodes as n
from riskapi.language.bounds import never_true
from riskapi.language.screen import FUNCTIONS, MAX_DEPTH, Finding, screen, unreadable

#: Most terms of a condition, and of a condition with its named parts written out.
MAX_NODES = 400
MAX_WRITTEN_OUT = 2_000

#: Code lists up to this length are written out in a message.
LISTED_CODES = 20

NUMBERS = (FactType.INT, FactType.FLOAT)
_PREFIX = "SELECT "
_LARGEST_INT = 2**63 - 1
#: How deep the parser's own tree may be; brackets count there, so it is deeper than ours.
_MAX_PARSED_DEPTH = 3 * MAX_DEPTH
_TOO_DEEP = Finding("too-deep", f"the condition is nested more than {MAX_DEPTH} levels deep")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class ConditionError(Exception):
    """The condition cannot be used; `findings` says all that is wrong."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(finding.detail for finding in findings))


def parse(source: str, vocabulary: Vocabulary, parts: Mapping[str, n.Part] | None = None) -> n.Node:
    """Read a boolean condition; `parts` are the named parts it may use. Raises `ConditionError`."""
    tree = _read(source)
    reader = _Reader(vocabulary, parts or {})
    node = reader.node(tree)
    if not reader.findings and node is not None and node.type is not FactType.BOOL:
        reader.found("not-boolean", f"a condition must be true or false, this is {_named(node.type)}", tree)
    if reader.findings or node is None:
        raise ConditionError(reader.findings)
    _check_extent(node)
    return node


def _read(source: str) -> exp.Expr:
    findings = screen(source)
    if findings:
        raise ConditionError(findings)
    try:
        statements = sqlglot.parse(_PREFIX + source, dialect="duckdb")
    except (ParseError, TokenError) as error:
        raise ConditionError([_syntax_finding(error)]) from None
    except RecursionError:
        raise ConditionError([_TOO_DEEP]) from None
    select = statements[0] if statements else None
    if len(statements) != 1 or not isinstance(select, exp.Select):
        raise ConditionError([Finding("not-a-condition", "exactly one condition is wanted, without `;`")])
    clauses = [key for key, value in select.args.items() if value and key != "expressions"]
    if clauses or len(select.expressions) != 1:
        extra = clauses[0].rstrip("_") if clauses else "a list of conditions"
        raise ConditionError([Finding("not-a-condition", f"only a condition may stand here, not {extra}")])
    tree: exp.Expr = select.expressions[0]
    if sum(1 for _ in tree.walk()) > MAX_NODES * 3:
        raise ConditionError([Finding("too-long", f"the condition has more than {MAX_NODES} terms")])
    if _depth(tree) > _MAX_PARSED_DEPTH:
        raise ConditionError([_TOO_DEEP])
    return tree


def _depth(tree: exp.Expr) -> int:
    """Levels of the parser's tree; a chain of `and` or of `or` is one. Without recursion: the tree may be deep."""
    deepest = 0
    todo: list[tuple[exp.Expr, int]] = [(tree, 1)]
    while todo:
        node, level = todo.pop()
        deepest = max(deepest, level)
        chain = type(node) if isinstance(node, exp.And | exp.Or) else None
        todo.extend((child, level + (type(child) is not chain)) for child in node.iter_expressions())
    return deepest


def _check_extent(node: n.Node) -> None:
    """Refuse a condition that is deep or long once its named parts are written out in it."""
    size, depth = n.extent(node)
    if depth > MAX_DEPTH:
        raise ConditionError([_TOO_DEEP])
    if size > MAX_WRITTEN_OUT:
        detail = f"with its named parts written out, the condition has {size} terms; {MAX_WRITTEN_OUT} are allowed"
        raise ConditionError([Finding("too-long", detail)])


def _syntax_finding(error: ParseError | TokenError) -> Finding:
    details: list[dict[str, Any]] = getattr(error, "errors", None) or []
    if not details:
        return unreadable()
    first = details[0]
    near = first.get("highlight") or ""
    offset = max(0, len(first.get("start_context") or "") - len(_PREFIX))
    detail = f"cannot be read near `{near}`" if near else "cannot be read: something is missing at the end"
    return Finding("syntax", detail, offset, "conditions are SQL: `fact = 'text'`, `and`, `or`, `not`, `in ('a', 'b')`")


def _named(kind: FactType) -> str:
    names = {
        FactType.BOOL: "true/false",
        FactType.INT: "a whole number",
        FactType.FLOAT: "a number",
        FactType.STR: "text",
        FactType.DATE: "a date",
        FactType.LIST: "a list",
    }
    return names[kind]


class _Reader:
    """Turns sqlglot's tree into ours; collects findings instead of stopping at the first."""

    def __init__(self, vocabulary: Vocabulary, parts: Mapping[str, n.Part]) -> None:
        self.vocabulary = vocabulary
        self.parts = parts
        self.findings: list[Finding] = []

    def found(self, code: str, detail: str, tree: exp.Expr | None, hint: str | None = None) -> None:
        self.findings.append(Finding(code, detail, _offset(tree), hint))

    def node(self, tree: exp.Expr) -> n.Node | None:
        """Our node for sqlglot's, or None after a finding."""
        handler = _HANDLERS.get(type(tree))
        if isinstance(tree, exp.Anonymous) and tree.name.lower() == "list_has_all" and len(tree.expressions) == 2:  # noqa: PLR2004
            # sqlglot has no node of its own for this function.
            handler, tree = (
                _has(n.HasAll),
                exp.ArrayContainsAll(this=tree.expressions[0], expression=tree.expressions[1]),
            )
        if handler is None:
            self._refuse(tree)
            return None
        return handler(self, tree)

    def _refuse(self, tree: exp.Expr) -> None:
        if isinstance(tree, exp.Func):
            name = tree.name if isinstance(tree, exp.Anonymous) else tree.sql_name().lower()
            self.found(
                "unknown-function",
                f"there is no function `{name.lower()}` in conditions",
                tree,
                did_you_mean(name.lower(), FUNCTIONS) or "functions: " + ", ".join(FUNCTIONS),
            )
        elif isinstance(tree, exp.Null):
            self.found("null-literal", "`null` may only stand in `is null` and `is not null`", tree)
        else:
            self.found("not-in-language", f"`{tree.sql(dialect='duckdb')}` is not part of the language", tree)

    def pair(self, left: exp.Expr, right: exp.Expr) -> tuple[n.Node, n.Node] | None:
        """Both sides read, or None when either is wrong (both are looked at, so that all findings show)."""
        first, second = self.node(left), self.node(right)
        return None if first is None or second is None else (first, second)

    def boolean(self, tree: exp.Expr) -> n.Node | None:
        node = self.node(tree)
        if node is not None and node.type is not FactType.BOOL:
            self.found(
                "not-boolean", f"`{n.text(node)}` is {_named(node.type)}; `and`, `or`, `not` need true/false", tree
            )
            return None
        return node

    def domain_of(self, node: n.Node) -> Fact | None:
        inner = node.body if isinstance(node, n.Part) else node
        if isinstance(inner, n.FactRef):
            fact = self.vocabulary[inner.name]
            return fact if fact.domain else None
        return None

    def check_code(self, fact: Fact | None, value: object, tree: exp.Expr) -> None:
        """Refuse a text constant that is not one of the fact's codes."""
        codes = self.vocabulary.codes(fact) if fact else None
        if fact is None or codes is None or not isinstance(value, str) or value in codes:
            return
        hint = did_you_mean(value, codes) or (
            "one of: " + ", ".join(codes) if len(codes) <= LISTED_CODES else f"see the code list `{fact.domain}`"
        )
        self.found("unknown-code", f"`{value}` is not a value of {fact.name} (code list `{fact.domain}`)", tree, hint)

    def check_satisfiable(self, node: n.Node, tree: exp.Expr) -> n.Node:
        reason = never_true(node, self.vocabulary)
        if reason:
            self.found("never-true", f"`{n.text(node)}` can never be true: {reason}", tree)
        return node


def _offset(tree: exp.Expr | None) -> int | None:
    if tree is None:
        return None
    starts = [item.meta["start"] for item in tree.walk() if item.meta and "start" in item.meta]
    return max(0, min(starts) - len(_PREFIX)) if starts else None


def _literal(reader: _Reader, tree: exp.Expr) -> n.Node | None:
    if tree.args["is_string"]:
        return n.Literal(str(tree.this), FactType.STR)
    digits = str(tree.this)
    if digits.isdigit():
        whole = int(digits)
        if whole > _LARGEST_INT:
            reader.found("number-too-large", f"{digits} is too large", tree)
            return None
        return n.Literal(whole, FactType.INT)
    number = float(digits)
    if not math.isfinite(number):
        reader.found("number-too-large", f"{digits} is too large", tree)
        return None
    return n.Literal(number, FactType.FLOAT)


def _boolean_literal(_reader: _Reader, tree: exp.Expr) -> n.Node:
    return n.Literal(bool(tree.this), FactType.BOOL)


def _date_literal(reader: _Reader, tree: exp.Expr) -> n.Node | None:
    is_date = tree.args["to"].this is exp.DataType.Type.DATE and isinstance(tree.this, exp.Literal)
    if not is_date or not tree.this.args["is_string"]:
        reader.found(
            "not-in-language", f"`{tree.sql(dialect='duckdb')}`: only `date '2027-01-31'` may be written", tree
        )
        return None
    written = str(tree.this.this)
    # Python reads other ISO 8601 spellings too, which DuckDB does not.
    with suppress(ValueError):
        if _ISO_DATE.fullmatch(written):
            return n.Literal(date.fromisoformat(written), FactType.DATE)
    reader.found("bad-date", f"`{written}` is not a date", tree, "write dates as date '2027-01-31'")
    return None


def _array(reader: _Reader, tree: exp.Expr) -> n.Node | None:
    values = []
    for item in tree.expressions:
        if not (isinstance(item, exp.Literal) and item.args["is_string"]):
            reader.found("bad-list", "a list may hold text constants only", item)
            return None
        values.append(str(item.this))
    return n.ListLiteral(tuple(values))


def _column(reader: _Reader, tree: exp.Expr) -> n.Node | None:
    names = [part.name for part in tree.parts]  # type: ignore[attr-defined]  # only Column has `parts`, and only it comes here
    name = ".".join(names)
    if len(names) == 1 and name in reader.parts:
        return reader.parts[name]
    if name in reader.vocabulary:
        fact = reader.vocabulary[name]
        if not fact.in_conditions:
            reader.found(
                "not-for-conditions",
                f"`{name}` may be shown in `because`, not used in conditions",
                tree,
                "rules speak of structure and lists, never of one company",
            )
            return None
        return n.FactRef(name, fact.type)
    known_parts = did_you_mean(name, reader.parts) if len(names) == 1 else None
    reader.found("unknown-fact", f"there is no fact `{name}`", tree, known_parts or reader.vocabulary.suggest(name))
    return None


def _paren(reader: _Reader, tree: exp.Expr) -> n.Node | None:
    return reader.node(tree.this)


def _connective(kind: type[n.And | n.Or]) -> Callable[[_Reader, exp.Expr], n.Node | None]:
    def read(reader: _Reader, tree: exp.Expr) -> n.Node | None:
        items = [reader.boolean(item) for item in tree.flatten()]
        if any(item is None for item in items):
            return None
        return kind(tuple(item for item in items if item is not None))

    return read


def _not(reader: _Reader, tree: exp.Expr) -> n.Node | None:
    body = reader.boolean(tree.this)
    return None if body is None else n.Not(body)


_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}


def _comparable(left: FactType, right: FactType) -> bool:
    return (left in NUMBERS and right in NUMBERS) or (left is right and left is not FactType.LIST)


def _compare(reader: _Reader, tree: exp.Expr) -> n.Node | None:
    sides = reader.pair(tree.this, tree.expression)
    if sides is None:
        return None
    left, right = sides
    op = _COMPARISONS[type(tree)]
    if not _comparable(left.type, right.type):
        hint = "use `'value' in list`" if FactType.LIST in (left.type, right.type) else None
        if FactType.DATE in (left.type, right.type) and FactType.STR in (left.type, right.type):
            hint = "write dates as date '2027-01-31'"
        reader.found(
            "wrong-type",
            f"`{n.text(left)}` is {_named(left.type)} and `{n.text(right)}` is "
            f"{_named(right.type)}: they cannot be compared",
            tree,
            hint,
        )
        return None
    if op not in ("=", "<>") and left.type in (FactType.STR, FactType.BOOL):
        reader.found("wrong-type", f"{_named(left.type)} has no order: `{op}` cannot be used", tree, "use = or <>")
        return None
    for one, other, spot in ((left, right, tree.expression), (right, left, tree.this)):
        if isinstance(other, n.Literal):
            reader.check_code(reader.domain_of(one), other.value, spot)
    return reader.check_satisfiable(n.Compare(op, left, right), tree)


def _in(reader: _Reader, tree: exp.Expr) -> n.Node | None:
    if tree.args.get("query") is not None or tree.args.get("unnest") is not None:
        reader.found("not-in-language", "a subquery is not part of the language", tree)
        return None
    field = tree.args.get("field")
    return _in_values(reader, tree) if field is None else _in_list(reader, tree, field)


def _in_values(reader: _Reader, tree: exp.Expr) -> n.Node | None:
    item = reader.node(tree.this)
    values = [reader.node(value) for value in tree.expressions]
    if item is None or any(value is None for value in values):
        return None
    for value, spot in zip(values, tree.expressions, strict=True):
        if not isinstance(value, n.Literal):
            if value is not None and value.type is FactType.LIST and len(values) == 1:
                return _contains(reader, item, value, tree)
            reader.found("bad-list", "`in (...)` takes constants", spot)
            return None
        if not _comparable(item.type, value.type):
            reader.found(
                "wrong-type",
                f"`{n.text(value)}` is {_named(value.type)}, `{n.text(item)}` is {_named(item.type)}",
                spot,
            )
            return None
        reader.check_code(reader.domain_of(item), value.value, spot)
    literals = tuple(value for value in values if isinstance(value, n.Literal))
    if not literals:
        reader.found("bad-list", "the list is empty", tree)
        return None
    return reader.check_satisfiable(n.InValues(item, literals), tree)


def _in_list(reader: _Reader, tree: exp.Expr, field: exp.Expr) -> n.Node | None:
    sides = reader.pair(tree.this, field)
    return None if sides is None else _contains(reader, sides[0], sides[1], tree)


def _contains(reader: _Reader, item: n.Node, items_of: n.Node, tree: exp.Expr) -> n.Node | None:
    if item.type is not FactType.STR or items_of.type is not FactType.LIST:
        wrong = item if item.type is not FactType.STR else items_of
        wanted = "text" if wrong is item else "a list"
        reader.found("wrong-type", f"`{n.text(wrong)}` is {_named(wrong.type)}, {wanted} is wanted", tree)
        return None
    fact = reader.domain_of(items_of)
    if isinstance(item, n.Literal):
        reader.check_code(fact, item.value, tree.this)
    else:
        other = reader.domain_of(item)
        if fact and other and fact.domain != other.domain:
            reader.found(
                "wrong-type", f"{other.name} holds `{other.domain}` codes, {fact.name} `{fact.domain}` codes", tree
            )
            return None
    return n.Contains(item, items_of)


def _has(kind: type[n.HasAny | n.HasAll]) -> Callable[[_Reader, exp.Expr], n.Node | None]:
    def read(reader: _Reader, tree: exp.Expr) -> n.Node | None:
        sides = reader.pair(tree.this, tree.expression)
        if sides is None:
            return None
        for side, spot in zip(sides, (tree.this, tree.expression), strict=True):
            if side.type is not FactType.LIST:
                reader.found("wrong-type", f"`{n.text(side)}` is {_named(side.type)}, a list is wanted", spot)
                return None
        left, right = sides
        for one, other, spot in ((left, right, tree.expression), (right, left, tree.this)):
            if isinstance(other, n.ListLiteral):
                for value in other.values:
                    reader.check_code(reader.domain_of(one), value, spot)
        return kind(left, right)

    return read


def _between(reader: _Reader, tree: exp.Expr) -> n.Node | None:
    item, low, high = (reader.node(tree.args[key]) for key in ("this", "low", "high"))
    if item is None or low is None or high is None:
        return None
    ordered = item.type in (*NUMBERS, FactType.DATE)
    if not (ordered and _comparable(item.type, low.type) and _comparable(item.type, high.type)):
        reader.found("wrong-type", "`between` needs three numbers or three dates", tree)
        return None
    return reader.check_satisfiable(n.Between(item, low, high), tree)


def _is(reader: _Reader, tree: exp.Expr) -> n.Node | None:
    if not isinstance(tree.expression, exp.Null):
        reader.found(
            "not-in-language",
            "`is` may only be followed by `null` or `not null`",
            tree,
            "write `= true`, or the name alone",
        )
        return None
    item = reader.node(tree.this)
    return None if item is None else n.IsNull(item)


_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}


def _arith(reader: _Reader, tree: exp.Expr) -> n.Node | None:
    sides = reader.pair(tree.this, tree.expression)
    if sides is None:
        return None
    left, right = sides
    op = _ARITHMETIC[type(tree)]
    if op == "-" and left.type is right.type is FactType.DATE:
        return n.Days(left, right)
    if left.type not in NUMBERS or right.type not in NUMBERS:
        reader.found("wrong-type", f"`{op}` needs two numbers (or two dates for `-`)", tree)
        return None
    return n.Arith(op, left, right)


def _negate(reader: _Reader, tree: exp.Expr) -> n.Node | None:
    item = reader.node(tree.this)
    if item is None:
        return None
    if item.type not in NUMBERS:
        reader.found("wrong-type", f"`-` needs a number, `{n.text(item)}` is {_named(item.type)}", tree)
        return None
    if isinstance(item, n.Literal) and not isinstance(item.value, str | date):
        return n.Literal(-item.value, item.type)
    return n.Negate(item)


def _call(name: str, wanted: tuple[FactType, ...], result: FactType) -> Callable[[_Reader, exp.Expr], n.Node | None]:
    def read(reader: _Reader, tree: exp.Expr) -> n.Node | None:
        item = reader.node(tree.this)
        if item is None:
            return None
        if item.type not in wanted:
            reader.found(
                "wrong-type", f"`{name}` needs {_named(wanted[0])}, `{n.text(item)}` is {_named(item.type)}", tree
            )
            return None
        return n.Call(name, item, result)

    return read


def _common_type(reader: _Reader, items: list[n.Node], tree: exp.Expr) -> FactType | None:
    kinds = {item.type for item in items}
    if len(kinds) == 1:
        return kinds.pop()
    if kinds <= set(NUMBERS):
        return FactType.FLOAT
    reader.found(
        "wrong-type", "the branches have different types: " + ", ".join(sorted(_named(k) for k in kinds)), tree
    )
    return None


def _coalesce(reader: _Reader, tree: exp.Expr) -> n.Node | None:
    items = [reader.node(item) for item in (tree.this, *tree.expressions)]
    read = [item for item in items if item is not None]
    if len(read) != len(items):
        return None
    kind = _common_type(reader, read, tree)
    return None if kind is None else n.Coalesce(tuple(read), kind)


def _case(reader: _Reader, tree: exp.Expr) -> n.Node | None:
    if tree.this is not None:
        reader.found("not-in-language", "write `case when condition then value ... end`", tree)
        return None
    branches: list[tuple[n.Node, n.Node]] = []
    for arm in tree.args["ifs"]:
        test, value = reader.boolean(arm.this), reader.node(arm.args["true"])
        if test is None or value is None:
            return None
        branches.append((test, value))
    default = reader.node(tree.args["default"]) if tree.args.get("default") is not None else None
    if tree.args.get("default") is not None and default is None:
        return None
    values = [value for _, value in branches] + ([] if default is None else [default])
    kind = _common_type(reader, values, tree)
    return None if kind is None else n.Case(tuple(branches), default, kind)


_HANDLERS: dict[type[exp.Expr], Callable[[_Reader, exp.Expr], n.Node | None]] = {
    exp.Literal: _literal,
    exp.Boolean: _boolean_literal,
    exp.Cast: _date_literal,
    exp.Array: _array,
    exp.Column: _column,
    exp.Paren: _paren,
    exp.And: _connective(n.And),
    exp.Or: _connective(n.Or),
    exp.Not: _not,
    **dict.fromkeys(_COMPARISONS, _compare),
    exp.In: _in,
    exp.ArrayOverlaps: _has(n.HasAny),
    exp.ArrayContainsAll: _has(n.HasAll),
    exp.Between: _between,
    exp.Is: _is,
    **dict.fromkeys(_ARITHMETIC, _arith),
    exp.Neg: _negate,
    exp.Abs: _call("abs", NUMBERS, FactType.FLOAT),
    exp.Length: _call("len", (FactType.LIST,), FactType.INT),
    exp.Year: _call("year", (FactType.DATE,), FactType.INT),
    exp.Coalesce: _coalesce,
    exp.Case: _case,
}
