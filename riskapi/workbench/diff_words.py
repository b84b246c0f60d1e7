"""The words of a difference: edits and texts of rule files in, Markdown that shows them as they are out."""

from __future__ import annotations

import html
import re

from riskapi.workbench.diff import Edit

#: Characters of a text or condition that are shown.
LONGEST = 240

_MARKS = re.compile(r"([\\`*_{}\[\]|#~])")


def prose(text: str) -> str:
    """Text that Markdown shows as it is; nothing in it may mark up, open a tag or call somebody."""
    plain = html.escape(_cut(" ".join(text.split())), quote=False)
    return _MARKS.sub(r"\\\1", plain).replace("@", "&#64;")


def code(text: str | None) -> str:
    """Text as code, on one line."""
    plain = " ".join((text or "nothing").split()).replace("`", "'").replace("|", "\\|")
    return f"`{_cut(plain)}`"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def edit_words(edit: Edit) -> str:
    """What became of the field."""
    if edit.before is None:
        return f"{edit.field}: {code(edit.after)}" if edit.after else edit.field
    if edit.after is None:
        return f"{edit.field}: {code(edit.before)} is gone"
    return f"{edit.field}: {code(edit.before)} becomes {code(edit.after)}"
