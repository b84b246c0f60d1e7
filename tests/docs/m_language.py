"""A small interpreter of M, the language of Power Query: as much of it as the recipes of docs/api.md use.

Enters: the text of a query and what it may call. Leaves: its value. Names that a `let` binds are worked out in the order in
which they stand. Anything that is not known here is an error, so that no recipe passes by being misunderstood.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"]|"")*")|\#"(?P<quoted>(?:[^"]|"")*)"|(?P<number>\d+)|(?P<name>[A-Za-z_][\w.]*)"""
    r"""|(?P<sign>=>|<>|[\[\](){},=&]))"""
)
KEYWORDS = {"let", "in", "if", "then", "else", "error", "null", "true", "false", "as", "nullable", "meta"}
CONSTANTS = {"null": None, "true": True, "false": False}


class MError(Exception):
    """What `error` raises, with the record that it was given."""


@dataclass(frozen=True)
class Token:
    kind: str
    value: str


@dataclass
class Table:
    """Columns in their order, and rows."""

    columns: list[str]
    rows: list[list[Any]]


@dataclass
class Binary:
    """Bytes with the status of the answer that they came with."""

    content: bytes
    status: int | None = None


Env = Mapping[str, Any]
Code = Callable[[Env], Any]


def tokens(text: str) -> Iterator[Token]:
    position = 0
    text = text.rstrip()
    while position < len(text):
        found = TOKEN.match(text, position)
        if found is None:
            raise SyntaxError(f"no M that is known here: {text[position : position + 40]!r}")
        position = found.end()
        kind = str(found.lastgroup)
        value = found[kind]
        if kind == "text":
            yield Token("text", value[1:-1].replace('""', '"'))
        elif kind == "name" and value in KEYWORDS:
            yield Token("sign", value)
        else:
            yield Token("name" if kind == "quoted" else kind, value)
    yield Token("end", "")


class Parser:
    """Reads an expression into a function of the names that are known."""

    def __init__(self, text: str) -> None:
        self._tokens = list(tokens(text))
        self._at = 0

    def whole(self) -> Code:
        code = self.expression()
        self._take("end")
        return code

    # Tokens

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _is(self, *signs: str) -> bool:
        return self._next.kind == "sign" and self._next.value in signs

    def _take(self, kind: str, value: str | None = None) -> str:
        token = self._next
        if token.kind != kind or value not in (None, token.value):
            raise SyntaxError(f"{value or kind} is wanted, not {token}")
        self._at += 1
        return token.value

    def _sign(self, sign: str) -> None:
        self._take("sign", sign)

    def _listed(self, end: str, item: Callable[[], Any]) -> list[Any]:
        found = []
        while not self._is(end):
            found.append(item())
            if not self._is(end):
                self._sign(",")
        self._sign(end)
        return found

    def _named(self) -> tuple[str, Code]:
        name = self._take("name")
        self._sign("=")
        return name, self.expression()

    # Expressions

    def expression(self) -> Code:
        if self._is("let"):
            return self._let()
        if self._is("if"):
            return self._if()
        if self._is("error"):
            self._sign("error")
            return _raising(self.expression())
        return self._function() if self._is_function() else self._comparison()

    def _let(self) -> Code:
        self._sign("let")
        bound = self._listed("in", self._named)
        result = self.expression()

        def run(env: Env) -> Any:
            known = dict(env)
            for name, code in bound:
                known[name] = code(known)
            return result(known)

        return run

    def _if(self) -> Code:
        self._sign("if")
        condition = self.expression()
        self._sign("then")
        one = self.expression()
        self._sign("else")
        other = self.expression()
        return lambda env: one(env) if condition(env) is True else other(env)

    def _is_function(self) -> bool:
        """Whether a parenthesis closes before `=>`, or before the type of a result."""
        if not self._is("("):
            return False
        depth, at = 0, self._at
        while True:
            token = self._tokens[at]
            depth += {"(": 1, ")": -1}.get(token.value, 0) if token.kind == "sign" else 0
            at += 1
            if depth == 0:
                return self._tokens[at].kind == "sign" and self._tokens[at].value in {"=>", "as"}

    def _function(self) -> Code:
        self._sign("(")
        names = self._listed(")", self._parameter)
        self._type()
        self._sign("=>")
        body = self.expression()
        return lambda env: lambda *given: body({**env, **dict(zip(names, given, strict=True))})

    def _parameter(self) -> str:
        name = self._take("name")
        self._type()
        return name

    def _type(self) -> None:
        if self._is("as"):
            self._sign("as")
            if self._is("nullable"):
                self._sign("nullable")
            self._take("name")

    def _comparison(self) -> Code:
        left = self._joined()
        if not self._is("=", "<>"):
            return left
        wants_same = self._take("sign") == "="
        right = self._joined()
        return lambda env: (left(env) == right(env)) is wants_same

    def _joined(self) -> Code:
        code = self._meta()
        while self._is("&"):
            self._sign("&")
            code = _joining(code, self._meta())
        return code

    def _meta(self) -> Code:
        code = self._reached()
        if self._is("meta"):
            self._sign("meta")
            self._reached()
        return code

    def _reached(self) -> Code:
        code = self._primary()
        while self._is("[", "{", "("):
            sign = self._take("sign")
            if sign == "[":
                code = _selecting(code, self._take("name"))
                self._sign("]")
            elif sign == "{":
                code = _picking(code, self.expression())
                self._sign("}")
            else:
                code = _calling(code, self._listed(")", self.expression))
        return code

    def _primary(self) -> Code:
        token = self._next
        if token.kind in {"text", "number"}:
            value = self._take(token.kind)
            return lambda _: int(value) if token.kind == "number" else value
        if token.kind == "name":
            name = self._take("name")
            return lambda env: env[name]
        self._take("sign")
        if token.value in CONSTANTS:
            return lambda _: CONSTANTS[token.value]
        if token.value == "[":
            fields = self._listed("]", self._named)
            return lambda env: {name: code(env) for name, code in fields}
        if token.value == "{":
            items = self._listed("}", self.expression)
            return lambda env: [code(env) for code in items]
        if token.value == "(":
            code = self.expression()
            self._sign(")")
            return code
        raise SyntaxError(f"an expression is wanted, not {token}")


def _raising(told: Code) -> Code:
    def run(env: Env) -> Any:
        raise MError(told(env))

    return run


def _joining(one: Code, other: Code) -> Code:
    def run(env: Env) -> Any:
        left, right = one(env), other(env)
        assert type(left) is type(right), "& joins two texts, two lists or two records"
        return {**left, **right} if isinstance(left, dict) else left + right

    return run


def _selecting(code: Code, name: str) -> Code:
    return lambda env: code(env)[name]


def _picking(code: Code, key: Code) -> Code:
    def run(env: Env) -> Any:
        wanted, items = key(env), code(env)
        if isinstance(wanted, int):
            return items[wanted]
        (found,) = [item for item in items if wanted.items() <= item.items()]
        return found

    return run


def _calling(code: Code, given: list[Code]) -> Code:
    return lambda env: code(env)(*(item(env) for item in given))


# What the queries call


def _records(table: Table) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def _from_records(records: list[dict[str, Any]], columns: list[str]) -> Table:
    return Table(columns, [[record[name] for name in columns] for record in records])


def _from_columns(columns: list[list[Any]], names: list[str]) -> Table:
    return Table(names, [list(row) for row in zip(*columns, strict=True)])


def _generate(start: Callable[[], Any], goes_on: Callable[[Any], bool], step: Callable[[Any], Any]) -> list[Any]:
    found, item = [], start()
    while goes_on(item):
        found.append(item)
        item = step(item)
    return found


LIBRARY: Env = {
    "Error.Record": lambda reason, message, detail: {"Reason": reason, "Message": message, "Detail": detail},
    "Json.Document": lambda source: json.loads(source.content),
    "Json.FromValue": lambda value: Binary(json.dumps(value).encode()),
    "List.Combine": lambda lists: [item for one in lists for item in one],
    "List.Generate": _generate,
    "List.Split": lambda items, size: [items[at : at + size] for at in range(0, len(items), size)],
    "List.Transform": lambda items, change: [change(item) for item in items],
    "Record.SelectFields": lambda record, names: {name: record[name] for name in names},
    "Table.ColumnNames": lambda table: table.columns,
    "Table.FromColumns": _from_columns,
    "Table.FromRecords": _from_records,
    "Table.ToColumns": lambda table: [list(column) for column in zip(*table.rows, strict=True)],
    "Table.ToRecords": _records,
    "Text.Combine": lambda texts, between: between.join(texts),
    "Value.Metadata": lambda source: {"Response.Status": source.status},
}


@dataclass
class World:
    """What a query finds: other queries by name, the tables of the workbook, and a way to the service."""

    queries: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)

    def run(self, text: str) -> Any:
        """The value of a query; raises `MError` where it ends in an error."""
        workbook = [{"Name": name, "Content": table} for name, table in self.tables.items()]
        own = {"Excel.CurrentWorkbook": lambda: workbook, "Web.Contents": self._fetch}
        return Parser(text).whole()({**LIBRARY, **own, **self.queries})

    def _fetch(self, url: str, options: dict[str, Any]) -> Binary:
        assert options.keys() <= {"RelativePath", "Query", "Headers", "Content", "ManualStatusHandling"}
        query = options.get("Query", {})
        assert all(isinstance(value, str) for value in query.values()), "Query takes texts"
        body = options["Content"].content if "Content" in options else None
        request = httpx.Request(
            "GET" if body is None else "POST", f"{url.rstrip('/')}/{options['RelativePath']}", params=query or None,
            headers=options.get("Headers", {}), content=body,
        )  # fmt: skip
        self.requests.append(request)
        with httpx.Client(timeout=60) as http:
            answer = http.send(request)
        if answer.is_success or answer.status_code in options.get("ManualStatusHandling", []):
            return Binary(answer.content, answer.status_code)
        raise MError({"Reason": "DataSource.Error", "Message": f"status {answer.status_code}"})
