"""The book with private layers beside its base: settings and a base in, both states with what changed between them out.

The base is about the uppermost layer: `shipped` (no layer at all), a folder that holds an earlier state of it, or a
revision of its git repository. What lies below is the same on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from riskapi.facts.vocabulary import Vocabulary
from riskapi.rules import RuleBook
from riskapi.rules.book import SHIPPED
from riskapi.rules.layer_files import LAYER_FILE
from riskapi.rules.layers import lay_over, load_bottom
from riskapi.rules.version import UNVERSIONED
from riskapi.scoring.card_layers import load_card
from riskapi.settings import Settings
from riskapi.workbench.diff import compare_books
from riskapi.workbench.diff_base import Base, Sides, base_folder


def compared_layers(base: str, settings: Settings, vocabulary: Vocabulary) -> Sides:
    """Both states; raises `RequestError` for an unknown base, `RuleError` for files of either that cannot be read."""
    bottom = load_bottom(settings.rules, vocabulary)
    after, card = _numbered(lay_over(bottom, settings)), load_card(settings)
    with _earlier(base, settings) as before:
        book = Base(base, _numbered(lay_over(bottom, before)), load_card(before), ())
    return Sides(book, after, card, compare_books(book.book, after, (book.card, card)))


def _numbered(book: RuleBook) -> RuleBook:
    """The book under the number of its uppermost layer: that is the one which follows the changes."""
    return replace(book, number=book.layers[-1].version if book.layers else UNVERSIONED)


@contextmanager
def _earlier(base: str, settings: Settings) -> Iterator[Settings]:
    """The settings with the earlier state of the uppermost layer, or without it where it was not there yet."""
    *below, top = settings.layers
    if base == SHIPPED and not Path(base).is_dir():
        yield replace(settings, layers=())
        return
    with base_folder(base, top) as folder:
        there = (folder / LAYER_FILE).is_file()
        yield replace(settings, layers=(*below, folder) if there else tuple(below))
