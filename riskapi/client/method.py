"""Methods of clients, made of the functions that write their requests: one signature and one docstring serve both clients.

Enters: a function of `calls_*`, and what sends its `Call`. Leaves: a method that helps and `inspect` show as if it were
written out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Any, TypeVar, cast

M = TypeVar("M", bound=Callable[..., Any])


def method_of(call: Callable[..., Any], result: str = "{}") -> Callable[[M], M]:
    """Make a function the method that sends what `call` writes; `result` is its result, {} what the request is answered with."""
    told = signature(call)
    answered = result.format(str(told.return_annotation).partition("[")[2].removesuffix("]"))
    myself = Parameter("self", Parameter.POSITIONAL_OR_KEYWORD)

    def as_method(send: M) -> M:
        made: Any = wraps(call)(send)
        made.__annotations__ = {**call.__annotations__, "return": answered}
        shown = told.replace(parameters=[myself, *told.parameters.values()], return_annotation=answered)
        made.__signature__ = shown
        return cast("M", made)

    return as_method
