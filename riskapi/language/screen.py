"""Text of a condition screened token by token, before it is parsed: what no condition may contain is refused here.

Enters: the text. Leaves: findings, none for a text that may be parsed. The parser would read other spellings of what the
language has (`length`, `::date`, `&&`, quoted names) as the same thing; here there is one spelling for each. Length and
nesting are bounded first, so that the parser never recurses far.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token, TokenType

from riskapi.errors import did_you_mean

#: Longest condition and deepest nesting that is read.
MAX_CHARACTERS = 4_000
MAX_DEPTH = 24

#: Functions that a condition may call.
FUNCTIONS = ("abs", "coalesce", "len", "list_has_all", "list_has_any", "year")

_OPENING = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE})
_CLOSING = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END})
_PREFIXES = frozenset({TokenType.NOT, TokenType.DASH, TokenType.PLUS})
#: Words of the language that an opening bracket may follow.
_BEFORE_BRACKET = frozenset({
    TokenType.AND, TokenType.OR, TokenType.NOT, TokenType.IN, TokenType.BETWEEN, TokenType.WHEN, TokenType.THEN,
    TokenType.ELSE,
})  # fmt: skip
_SIGNS = frozenset({
    TokenType.STRING, TokenType.NUMBER, TokenType.L_PAREN, TokenType.R_PAREN, TokenType.L_BRACKET, TokenType.R_BRACKET,
    TokenType.COMMA, TokenType.DOT, TokenType.EQ, TokenType.NEQ, TokenType.LT, TokenType.LTE, TokenType.GT, TokenType.GTE,
    TokenType.PLUS, TokenType.DASH, TokenType.STAR, TokenType.SLASH,
})  # fmt: skip
#: Words that the parser would take for `is null`, or pass over.
_OTHER_SPELLINGS = frozenset({TokenType.ISNULL, TokenType.NOTNULL, TokenType.UNKNOWN, TokenType.ALL})
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a condition; `offset` counts characters from its start."""

    code: str
    detail: str
    offset: int | None = None
    hint: str | None = None


def screen(source: str) -> list[Finding]:
    """All that is wrong with the text before it is parsed."""
    if not source.strip():
        return [Finding("empty", "the condition is empty")]
    if len(source) > MAX_CHARACTERS:
        return [Finding("too-long", f"the condition has {len(source)} characters, at most {MAX_CHARACTERS} are read")]
    try:
        tokens = DuckDB().tokenize(source)
    except TokenError:
        return [unreadable()]
    if not tokens:
        return [_comment(0)]
    deep = _too_deep(tokens)
    return [deep] if deep else [finding for index in range(len(tokens)) for finding in _token(tokens, index)]


def unreadable() -> Finding:
    """The finding for a text that does not even fall into words."""
    return Finding("syntax", "the text cannot be read; is a quotation mark or bracket left open?")


def _comment(offset: int) -> Finding:
    hint = "put them into `notes`, or after `#` on a line of the file"
    return Finding("comment", "a condition holds no comments", offset, hint)


def _too_deep(tokens: Sequence[Token]) -> Finding | None:
    depth = prefixes = 0
    for token in tokens:
        depth += (token.token_type in _OPENING) - (token.token_type in _CLOSING)
        prefixes = prefixes + 1 if token.token_type in _PREFIXES else 0
        if max(depth, prefixes) > MAX_DEPTH:
            return Finding("too-deep", f"the condition is nested more than {MAX_DEPTH} levels deep", token.start)
    return None


def _token(tokens: Sequence[Token], index: int) -> Iterator[Finding]:
    token = tokens[index]
    kind = token.token_type
    following = tokens[index + 1].token_type if index + 1 < len(tokens) else None
    dotted = following is TokenType.DOT or (index > 0 and tokens[index - 1].token_type is TokenType.DOT)
    if token.comments:
        yield _comment(token.start)
    if kind is TokenType.SEMICOLON:
        yield Finding("not-a-condition", "exactly one condition is wanted, without `;`", token.start)
    elif kind is TokenType.IDENTIFIER:
        yield Finding(
            "quoted-name",
            f'names are written without quotation marks: "{token.text}"',
            token.start,
            f"text is written in single quotation marks: '{token.text}'",
        )
    elif kind is TokenType.NUMBER and not _NUMBER.fullmatch(token.text):
        yield Finding("bad-number", f"`{token.text}` is not written as a number", token.start, "write 1000 or 0.25")
    elif kind in _SIGNS:
        return
    elif not _WORD.fullmatch(token.text) or (kind in _OTHER_SPELLINGS and not dotted):
        yield Finding("not-in-language", f"`{token.text}` is not part of the language", token.start)
    else:
        yield from _word(token, following)


def _word(token: Token, following: TokenType | None) -> Iterator[Finding]:
    if token.token_type in _BEFORE_BRACKET or token.token_type is TokenType.SELECT:
        return
    name = token.text.lower()
    if following is TokenType.L_PAREN and name not in FUNCTIONS:
        hint = did_you_mean(name, FUNCTIONS) or "functions: " + ", ".join(FUNCTIONS)
        yield Finding("unknown-function", f"there is no function `{name}` in conditions", token.start, hint)
    elif following is TokenType.L_BRACKET:
        yield Finding(
            "not-in-language",
            f"`{name}[` is not part of the language",
            token.start,
            "ask for an element with `'value' in list`",
        )
