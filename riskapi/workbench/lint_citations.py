"""How a citation is written, by jurisdiction: citations in, what is wrong with their form out.

Only what is recognised as a citation of a known kind is judged. Statutes of states, letters, bills and tariff notes have
no common form; other jurisdictions than US and EU are free.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from riskapi.rules import Instrument, Rule
from riskapi.workbench.lint_finding import Finding, Spots

_LAST_CFR_TITLE = 50
_LAST_USC_TITLE = 54
#: Volume 1 of the Federal Register is that of 1936, one volume a year.
_YEAR_BEFORE_FIRST_VOLUME = 1935
#: The first Congress met in 1789, one lasts two years.
_FIRST_CONGRESS = 1789
#: Since 2015 acts of the Union have one numbering, the year first.
_YEAR_FIRST_SINCE = 2015

_SPELLINGS = {
    "CFR": re.compile(r"\bC\. ?F\. ?R\b\.?"),
    "USC": re.compile(r"\bU\. ?S\. ?C\b\.?"),
    "FR": re.compile(r"\bFed\. ?Reg\b\.?|(?<=\d )F\. ?R\."),
    "Pub. L.": re.compile(r"\bPublic Law(?= \d)|\bPL(?= ?\d)|\bPub\.? ?L(?!\. )\.?(?= ?\d)|\bP\. L\."),
}
_CODE = re.compile(
    r"(?P<title>[\w.]+)? ?\b(?P<kind>CFR|USC)\b(?P<rest> (?:[Pp]arts? |ch\. |chapter |ss?\. ?|§§? ?|note prec\. )?[\dIVX])?"
)
_REGISTER = re.compile(r"(?P<volume>[\w.]+)? ?\bFR\b(?! Doc\.)(?P<rest> \d[\d,]*)?")
_LAW = re.compile(r"\b(?:Pub\. L\.|P\.L\.)(?P<rest> (?P<congress>\d+)-\d+)?")
_ORDER = re.compile(
    r"\b(?:EOs?|Executive Orders?)\b(?P<rest> (?:\d{4,5}\b|of (?:\d{4}-\d\d-\d\d|\d{1,2} [A-Z][a-z]+ \d{4})))?"
)

_ACT = re.compile(r"\b(?P<kind>Regulation|Directive|Decision)s? (?P<rest>(?:\([A-Z, ]+\) ?)?(?:No\.? ?)?\d[\w/]*)")
_GOOD_ACT = re.compile(
    r"\((?:EU|CFSP|EU, Euratom)\) \d{4}/\d+"
    r"|\((?:EU|EC|EEC|Euratom|EU, Euratom)\) No \d+/(?:\d{4}|\d\d)"
    r"|\d{2,4}/\d+/(?:EU|EC|EEC|CFSP|JHA|Euratom)"
)
_NEW_ACT = re.compile(r"\([A-Z, a-z]+\) (?P<year>\d{4})/")


def citation_forms(rule: Rule, spots: Spots) -> Iterator[Finding]:
    """What is wrong with the form of a rule's own citation."""
    for detail in wrong_forms(rule.citation, rule.jurisdiction, rule.instrument.checked_on.year):
        yield spots.in_rule("citation-form", rule, ("citation",), detail)


def instrument_citation(instrument: Instrument, spots: Spots) -> Iterator[Finding]:
    """What is wrong with the form of the citation at the head of a file."""
    for detail in wrong_forms(instrument.citation, instrument.jurisdiction, instrument.checked_on.year):
        yield spots.in_file("citation-form", instrument, ("citation",), detail)


def wrong_forms(citation: str, jurisdiction: str, year: int) -> list[str]:
    """What is wrong, in words; `year` is that of the check: nothing can be cited that was published later."""
    judge = _JUDGES.get(jurisdiction)
    return [] if judge is None else list(dict.fromkeys(judge(citation, year)))


def _american(citation: str, year: int) -> Iterator[str]:
    for wanted, spelling in _SPELLINGS.items():
        for match in spelling.finditer(citation):
            yield f"write `{wanted}` for `{match[0]}`"
    for match in _CODE.finditer(citation):
        kind, title = match["kind"], match["title"] or ""
        last, sample = (_LAST_CFR_TITLE, "31 CFR 800") if kind == "CFR" else (_LAST_USC_TITLE, "50 USC 4565")
        if not title.isdecimal() or not 1 <= int(title) <= last:
            yield f"`{kind}` stands behind the number of a title from 1 to {last}, as in `{sample}`"
        elif match["rest"] is None:
            yield f"`{match[0]}` names no part or section"
    for match in _REGISTER.finditer(citation):
        yield from _volume(match, year)
    for match in _LAW.finditer(citation):
        newest = (year - _FIRST_CONGRESS) // 2 + 1
        if match["rest"] is None:
            yield "`Pub. L.` is followed by congress and number, as in `Pub. L. 119-60`"
        elif int(match["congress"]) > newest:
            yield f"there was no {match['congress']}th Congress by {year}"
    for match in _ORDER.finditer(citation):
        if match["rest"] is None:
            yield "an executive order is cited by its number or its day, as in `EO 14105` or `EO of 2025-09-04`"


def _volume(match: re.Match[str], year: int) -> Iterator[str]:
    volume, newest = match["volume"] or "", year - _YEAR_BEFORE_FIRST_VOLUME
    if not volume.isdecimal() or match["rest"] is None:
        yield "the Federal Register is cited by volume and page, as in `90 FR 5360`"
    elif not 1 <= int(volume) <= newest:
        yield f"the Federal Register of {year} is volume {newest}; there is no volume {volume}"


def _european(citation: str, year: int) -> Iterator[str]:
    for match in _ACT.finditer(citation):
        act, kind = citation[match.start("rest") :], match["kind"]
        shown = f"{kind} {match['rest']}"
        if not _GOOD_ACT.match(act):
            yield f"`{shown}` is not of the form `(EU) 2019/452`, `(EC) No 428/2009` or `2009/43/EC`"
            continue
        new = _NEW_ACT.match(act)
        if new and not _YEAR_FIRST_SINCE <= int(new["year"]) <= year:
            yield f"`{shown}`: the year of the act is not between {_YEAR_FIRST_SINCE} and {year}"


_JUDGES: Mapping[str, Callable[[str, int], Iterator[str]]] = {"US": _american, "EU": _european}
