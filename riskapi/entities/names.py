"""Company names as keys: two spellings of one name get one key.

Enters: a name as somebody wrote it. Leaves: its keys, from the strictest to the loosest. Names are text to compare and
nothing else: no pattern, query or command is ever made of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii
from opencc import OpenCC

from riskapi.entities import legal_forms as forms
from riskapi.entities.words import JOINING, SAME_WORD

#: A longer text is not a name.
LONGEST_NAME = 300

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
#: Marks of Latin, Greek and Cyrillic letters, points of Hebrew and Arabic: often left out, so never compared.
_DIACRITICS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0670\u0640\u200b-\u200f\u2060\ufeff]")
#: Letters of an acronym that stand apart.
_APART = re.compile(r"\b[a-z](?: [a-z]\b)+")
_DOTTED = re.compile(r"\b\w(?:\.\w)+\b\.?|\b\w(?:/\w)+\b")
_APOSTROPHES = re.compile("['’‘`´ʻʼ′]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_NO_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_KANA = re.compile("[\u3040-\u30ff]")
#: Arabic and Hebrew are written without vowels, so that their Latin spelling cannot be told.
_SPELT_OUT = re.compile("[\u0370-\u03ff\u0400-\u052f\u0900-\u097f\u3040-\u30ff]")

_SIMPLIFIED = OpenCC("t2s")
#: Japanese characters that are neither the traditional nor the simplified one.
_JAPANESE = str.maketrans("気円広応沢浜伝図団売転変鉄豊実電車東発産両県広渋済対戦駅営労単厳断続絵経芸薬楽剣検験帰",
                          "气圆广应泽滨传图团卖转变铁丰实电车东发产两县广涩济对战驿营劳单严断续绘经艺药乐剑检验归")  # fmt: skip
#: Readings of characters that company names use otherwise than the commonest way.
_READINGS = (("重庆", "chongqing"), ("银行", "yinhang"), ("长", "chang"), ("行", "hang"), ("乐", "le"), ("厦", "xia"))


#: Spellings in which systems of transliteration differ, and the one that is compared.
_SOUNDS = (
    ("kh", "h"), ("zh", "j"), ("iy", "i"), ("ij", "i"), ("yi", "i"), ("ii", "i"), ("y", "i"), ("j", "i"), ("ks", "x"),
    ("shch", "sh"), ("tch", "ch"), ("ou", "u"), ("lue", "lu"), ("nue", "nu"), ("v", "u"), ("w", "u"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one name; all but `shuffled` are written without spaces.

    `full` keeps the legal form, `core` does not, `lean` also leaves out "group" and reads "motors" as "motor", `loose`
    leaves out "holding" too, `shuffled` is that with its words in alphabetical order (empty for one word). `words` are
    those of the core, `content` the words that are compared one by one. `latin` is the core in Latin letters where it
    is written in others, else empty.
    """

    full: str
    core: str
    lean: str
    loose: str
    shuffled: str
    words: tuple[str, ...]
    content: tuple[str, ...]
    latin: str


def normalise(name: str) -> str:
    """Lower case without diacritics, punctuation and differences of script width; words with single spaces.

    Traditional Han characters become simplified ones.
    """
    text = unicodedata.normalize("NFKC", name).casefold()
    for form in forms.BRACKETED:
        text = text.replace(form, " ")
    if not text.isascii():
        text = _without_marks(text)
    text = _DOTTED.sub(lambda found: re.sub(r"[./]", "", found.group()), text)
    text = _APOSTROPHES.sub("", text).replace("+", " plus ").replace("&", " and ")
    text = " ".join("".join(letter if _is_kept(letter) else " " for letter in text).split())
    return _APART.sub(lambda found: found.group().replace(" ", ""), text)


def _without_marks(text: str) -> str:
    text = _DIACRITICS.sub("", unicodedata.normalize("NFKD", text).translate(_LETTERS))
    text = unicodedata.normalize("NFC", text)
    return simplified(text) if _HAN.search(text) else text


def simplified(text: str) -> str:
    """Han text with simplified characters, Japanese ones included."""
    return str(_SIMPLIFIED.convert(text)).translate(_JAPANESE)


@lru_cache(maxsize=8192)
def _is_kept(letter: str) -> bool:
    """Letters, digits, and the vowel signs of Indian and Thai writing."""
    return letter.isalnum() or unicodedata.category(letter)[0] == "M"


def keys_of(name: str) -> Keys:
    """All keys of a name; every key is empty where the name holds no letter or digit."""
    words = normalise(name).split()
    core = _without_forms(words)
    content = [read_as(word) for word in core if word not in JOINING] or core
    loose = _without_group_words(content, forms.GROUP_WORDS, forms.GLUED_GROUP_WORDS)
    lean = _without_group_words(content, forms.GROUP_WORDS - forms.HOLDING_WORDS, forms.GLUED_GROUP)
    latin = latinised(" ".join(core))
    return Keys(
        full="".join(words),
        core="".join(core),
        lean="".join(lean),
        loose="".join(loose),
        shuffled=" ".join(sorted(loose)) if len(loose) > 1 else "",
        words=tuple(core),
        content=tuple(latin.split() if latin and not _HAN.search("".join(core)) else content),
        latin=latin.replace(" ", ""),
    )


def read_as(word: str) -> str:
    """The word that stands for all its spellings."""
    return SAME_WORD.get(word, word)


def is_unspaced(text: str) -> bool:
    """Whether the text holds Han, kana or Hangul, where one different sign is a different word."""
    return bool(_NO_SPACES.search(text))


def latinised(core: str) -> str:
    """The text in Latin letters; empty where it already is, or where its writing does not tell the vowels."""
    if core.isascii() or not (_SPELT_OUT.search(core) or _HAN.search(core)):
        return ""
    if _HAN.search(core):
        if _KANA.search(core):  # Han with kana is Japanese, whose readings cannot be told
            return ""
        for written, reading in _READINGS:
            core = core.replace(written, reading)
    return re.sub("[^a-z0-9 ]", "", anyascii(core).casefold())


def sound_of(latin: str) -> str:
    """One spelling for those that systems of transliteration differ in; for comparing only."""
    for written, read in _SOUNDS:
        latin = latin.replace(written, read)
    return latin


def _without_forms(words: Sequence[str]) -> list[str]:
    rest = list(words)
    while True:
        shorter = _cut(rest, forms.SUFFIXES, at_end=True)
        shorter = _cut(shorter, forms.PREFIXES, at_end=False)
        shorter = _cut_glued(shorter)
        if shorter == rest:
            return rest
        rest = shorter


def _cut(words: list[str], known: Collection[tuple[str, ...]], *, at_end: bool) -> list[str]:
    """The words without the longest known form at one end; a name is never cut to nothing."""
    for length in range(min(7, len(words) - 1), 0, -1):
        part = tuple(words[-length:] if at_end else words[:length])
        if part in known:
            return words[:-length] if at_end else words[length:]
    return words


def _cut_glued(words: list[str]) -> list[str]:
    if not words or (words[0].isascii() and words[-1].isascii()):
        return words
    first, last = words[0], words[-1]
    for form in forms.GLUED_SUFFIXES:
        if last.endswith(form) and (len(last) > len(form) or len(words) > 1):
            return [word for word in (*words[:-1], last.removesuffix(form)) if word]
    for form in forms.GLUED_PREFIXES:
        if first.startswith(form) and (len(first) > len(form) or len(words) > 1):
            return [word for word in (first.removeprefix(form), *words[1:]) if word]
    return words


def _without_group_words(words: Sequence[str], spaced: Collection[str], glued: Sequence[str]) -> list[str]:
    rest = [word for word in words if word not in spaced]
    if rest and rest[-1].isascii():
        return rest
    changed = True
    while changed and rest:
        changed = False
        for word in glued:
            if rest[-1].endswith(word) and (len(rest[-1]) > len(word) or len(rest) > 1):
                rest[-1] = rest[-1].removesuffix(word)
                rest = [part for part in rest if part]
                changed = True
                break
    return rest or list(words)
