"""Which company a name means: a match, several that it may mean, or none with the nearest names.

Enters: the companies and their names; then a query. Leaves: `Match`, `Ambiguous` or `NoMatch`, each with its reason.
A wrong match puts a wrong company before a reader, so likeness alone settles nothing: every word of the query must be
explained by the company's own names, and the company must be clearly ahead of the next (`MARGIN`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import duckdb
from rapidfuzz import fuzz

from riskapi.entities.alignment import ACCEPT, MARGIN, Aligner, Alignment
from riskapi.entities.legal_forms import GROUP_WORDS, HOLDING_WORDS, LONG_WORDS
from riskapi.entities.names import LONGEST_NAME, Keys, is_unspaced, keys_of, normalise, sound_of
from riskapi.entities.native import NativeIndex
from riskapi.entities.resolution import (
    CODE_KINDS,
    FORMER,
    LENT_KINDS,
    OWN_KINDS,
    UNIT,
    Ambiguous,
    Candidate,
    KnownName,
    Match,
    NamedCompany,
    NoMatch,
    Resolution,
    as_mapping,
    status_of,
)
from riskapi.entities.retrieval import WordIndex
from riskapi.entities.spelling import slip
from riskapi.entities.words import COMMON, PLACES, TRADE

__all__ = [
    "Ambiguous", "Candidate", "KnownName", "Match", "NameIndex", "NamedCompany", "NoMatch", "Resolution", "as_mapping",
    "index_from_rows", "load_name_index", "status_of",
]  # fmt: skip

#: Names less alike than this are not worth showing.
NEAR = 60.0
#: Acronyms and tickers up to this length count only in the very letters in which the table has them.
SHORT_CODE = 4
#: Acronyms up to this length mean too many things to settle a name without the country.
AMBIGUOUS_ACRONYM = 3
#: Shorter names in Latin letters of Han names (pinyin) are shared by too many.
SHORTEST_PINYIN = 6
#: Shorter names are not looked for inside a query.
SHORTEST_PART = 3
#: How badly a legal form may be misspelt.
FORM_SLIP = 1.5
#: Names that are looked through for those that start with a text.
MOST_BEGINNINGS = 2000
#: Companies that an ambiguous answer names at most.
MOST_CANDIDATES = 20

SAME = "the same name"
SAME_GROUP = "the same name but for words such as group and holding"
_GROUP_ONLY = GROUP_WORDS - HOLDING_WORDS
#: Seats that company registers and lists give for firms of one country.
_SAME_COUNTRY = {"HK": "CN", "MO": "CN"}
_OFFSHORE = frozenset({"KY", "VG", "BM"})


class NameIndex:
    """All names, ready to be asked. Built once; asking changes nothing, so threads may share it."""

    def __init__(self, companies: Iterable[NamedCompany], names: Iterable[KnownName]) -> None:
        self.companies = {company.company_id: company for company in companies}
        own = [KnownName(company_id=c.company_id, name=c.name, kind="name") for c in self.companies.values()]
        self._names = [*own, *names]
        self._keys = [keys_of(known.name) for known in self._names]
        self._full: dict[str, list[int]] = defaultdict(list)
        self._core: dict[str, list[int]] = defaultdict(list)
        self._lean: dict[str, list[int]] = defaultdict(list)
        self._loose: dict[str, list[int]] = defaultdict(list)
        self._shuffled: dict[str, list[int]] = defaultdict(list)
        self._latin: dict[str, list[int]] = defaultdict(list)
        self._first_words: dict[str, set[str]] = defaultdict(set)
        for position, (known, keys) in enumerate(zip(self._names, self._keys, strict=True)):
            self._add(position, known, keys)
        self._words = WordIndex([_NO_KEYS if self._is_code(known) else keys
                                 for known, keys in zip(self._names, self._keys, strict=True)])  # fmt: skip
        self._native = NativeIndex(self._names, self._keys)
        self._aligner = Aligner(self._names, self._keys, self._words)

    @staticmethod
    def _is_code(known: KnownName) -> bool:
        return known.kind in CODE_KINDS

    def _add(self, position: int, known: KnownName, keys: Keys) -> None:
        self._full[keys.full].append(position)
        if known.kind == "ticker":
            for spelling in _ticker_spellings(known.name):
                self._full[keys_of(spelling).full].append(position)
        if known.kind in CODE_KINDS:
            return
        self._core[keys.core].append(position)
        self._lean[keys.lean].append(position)
        self._loose[keys.loose].append(position)
        if keys.shuffled:
            self._shuffled[keys.shuffled].append(position)
        if len(keys.latin) >= SHORTEST_PINYIN:
            self._latin[sound_of(keys.latin)].append(position)
        if known.kind in OWN_KINDS:
            self._first_words[keys.words[0] if keys.words else ""].add(known.company_id)

    # Asking

    def resolve(
        self, query: str, country_hint: str | None = None, limit: int = 5, as_of: date | None = None
    ) -> Resolution:
        """The company that `query` means; `country_hint` (ISO code of its seat) tells namesakes apart.

        `as_of` prefers names that were in use that day: a former name then means the company that bore it. An exact
        `company_id` is itself. Takes under half a millisecond where a stored name agrees.
        """
        text = " ".join(query.split())
        if text in self.companies:
            known = KnownName(company_id=text, name=text, kind="company_id")
            return self._match(query, self._candidate(known, 100.0), "company_id", ())
        keys = keys_of(text) if len(text) <= LONGEST_NAME else _NO_KEYS
        if not keys.full:
            return NoMatch(query=query, reason="the text holds no name")
        asked = _Asked(query, text, keys, country_hint.upper() if country_hint else None, limit, as_of)
        found = self._by_key(asked) or self._by_native(asked)
        if not found and (mended := self._with_form_mended(asked)):
            found = self._by_key(mended)
        return found or self._by_words(asked) or self._none(asked)

    def _with_form_mended(self, asked: _Asked) -> _Asked | None:
        """The query without its last word, where that is a misspelt legal form."""
        *words, last = asked.keys.words or ("",)
        if words and len(last) > SHORT_CODE and any(0 < slip(last, form) <= FORM_SLIP for form in LONG_WORDS):
            return replace(asked, keys=keys_of(" ".join(words)))
        return None

    def _by_key(self, asked: _Asked) -> Resolution | None:
        """The answer where a stored name has one of the query's keys."""
        keys = asked.keys
        for positions, reason in (
            (self._same(keys), SAME),
            (self._core.get(keys.core, ()), "the same name but for the legal form"),
            (self._lean.get(keys.lean, ()), "the same name but for the word group or another form of a word"),
            (self._loose.get(keys.loose, ()), SAME_GROUP),
            (self._shuffled.get(keys.shuffled, ()), "the same words in another order"),
            (self._in_latin(keys), "the same name in Latin letters"),
        ):
            hits = self._hits(positions, asked)
            if not hits:
                continue
            if reason != SAME:
                word = self._bare_word(keys, GROUP_WORDS if reason == SAME_GROUP else _GROUP_ONLY)
                if word and (found := self._any_of(asked, self._with_namesakes(hits, word))):
                    return found
                hits = self._ending_alike(asked, hits)
            return self._settle(asked, hits, reason)
        return self._by_beginning(asked)

    def _bare_word(self, keys: Keys, left_out: Collection[str]) -> str | None:
        """The one word that the query is made of, where no company's own name is just that."""
        word, *more = [word for word in keys.content if word not in left_out] or [""]
        owners = (self._names[position].kind for position in self._full.get(word, ()))
        return word if word and not more and not OWN_KINDS.intersection(owners) else None

    def _by_beginning(self, asked: _Asked) -> Resolution | None:
        """A bare word with which the names of several companies begin: any of them may be meant."""
        word = self._bare_word(asked.keys, GROUP_WORDS)
        if (
            word is None
            or word in TRADE
            or word in COMMON
            or word in PLACES
            or len(self._first_words.get(word, ())) <= 1
        ):
            return None
        return self._any_of(asked, self._with_namesakes([], word))

    def _any_of(self, asked: _Asked, hits: Sequence[Candidate]) -> Ambiguous | None:
        """All of several companies, those of the country that was named; None where there are not several."""
        there = [
            hit
            for hit in hits
            if hit.kind != UNIT and (not asked.country or self._is_from(hit.company_id, asked.country))
        ]
        return self._several(asked, there, ()) if len(there) > 1 else None

    def _same(self, keys: Keys) -> Sequence[int]:
        """Names that agree as they stand; where none of them is a company's own, also those that do without the form.

        So that an acronym does not take the name of a company that is called just so.
        """
        found = self._full.get(keys.full, [])
        if not found:
            return self._full.get(keys.core, ())
        if any(self._names[position].kind in OWN_KINDS for position in found):
            return found
        return [*found, *(position for position in self._core.get(keys.core, ()) if position not in found)]

    def _in_latin(self, keys: Keys) -> Sequence[int]:
        if keys.latin:
            return () if _is_han(keys) else self._core.get(keys.latin, ())
        return self._latin.get(sound_of(keys.core), ()) if len(keys.core) >= SHORTEST_PINYIN else ()

    def _hits(self, positions: Sequence[int], asked: _Asked) -> list[Candidate]:
        """One candidate for each company, by its most direct name."""
        best: dict[str, tuple[int, Candidate]] = {}
        for position in positions:
            known = self._names[position]
            if (
                _is_short_code(known)
                and known.name != asked.text
                and not self._is_from(known.company_id, asked.country)
            ):
                continue
            rank = _rank(known, asked.as_of)
            if known.company_id not in best or rank < best[known.company_id][0]:
                best[known.company_id] = (rank, self._candidate(known, 100.0))
        return [candidate for _, candidate in sorted(best.values(), key=lambda item: item[0])]

    def _with_namesakes(self, hits: list[Candidate], word: str) -> list[Candidate]:
        """A bare word that is no company's name as it stands: every company whose name starts with it may be meant."""
        known = {hit.company_id for hit in hits}
        others = sorted(self._first_words.get(word, set()) - known)
        return hits + [
            self._candidate(KnownName(company_id=other, name=self.companies[other].name, kind="name"), 100.0)
            for other in others
        ]

    def _ending_alike(self, asked: _Asked, hits: list[Candidate]) -> list[Candidate]:
        """Hits with the one first whose name ends in the same legal form as the query, where it is the only one."""
        form = _form_of(asked.text, asked.keys)
        own = [hit for hit in hits if hit.kind in OWN_KINDS]
        same = [hit for hit in own if _form_of(hit.matched_name, keys_of(hit.matched_name)) == form]
        return same if len(own) > 1 and len(same) == 1 else hits

    # Deciding between companies of one name

    def _settle(self, asked: _Asked, hits: list[Candidate], reason: str) -> Resolution:
        units = tuple(hit for hit in hits if hit.kind == UNIT)
        hits = [hit for hit in hits if hit.kind != UNIT]
        if not hits:
            return self._is_unit(asked, units)
        if asked.country:
            return self._settle_with_country(asked, hits, reason)
        lent = [hit for hit in hits if hit.kind != FORMER]
        first = (
            lent if self._is_contested(asked, lent) else [hit for hit in hits if hit.kind in OWN_KINDS] or lent or hits
        )
        if asked.as_of:
            first = self._used_then(hits, asked) or first
        if self._is_bare_acronym(first):
            words = f"an acronym of {len(first[0].matched_name)} letters means many things; give the country"
            return Ambiguous(query=asked.query, reason=words, candidates=tuple(hits), related=units)
        if len(first) == 1:
            others = "; others are known by it less directly" if len(hits) > 1 else ""
            return self._match(asked.query, first[0], self._told(first[0], reason) + others, hits, units)
        return self._several(asked, first, units)

    def _settle_with_country(self, asked: _Asked, hits: list[Candidate], reason: str) -> Resolution:
        near = [hit for hit in hits if self._is_from(hit.company_id, asked.country)]
        there = [hit for hit in near if asked.country in self._countries_of(hit.company_id)] or near
        own = there if self._is_contested(asked, there) else [hit for hit in there if hit.kind in OWN_KINDS] or there
        if len(own) == 1:
            only = f"; the only one of {asked.country}" if len(hits) > 1 else ""
            return self._match(asked.query, own[0], self._told(own[0], reason) + only, hits)
        if own:
            return self._several(asked, own, ())
        if len(hits) == 1 and not self._may_be_elsewhere(hits[0], asked):
            told = (
                f"{self._told(hits[0], reason)}; its seat is in {hits[0].seat_country or 'a country that is not known'}"
            )
            return self._match(asked.query, hits[0], told, ())
        words = f"companies of {_countries(hits)} have this name, none of {asked.country} is known to"
        return NoMatch(query=asked.query, reason=words, candidates=tuple(hits[: asked.limit]), related=())

    def _may_be_elsewhere(self, hit: Candidate, asked: _Asked) -> bool:
        """Whether the name is so short that a firm of another country may well bear it too."""
        words = [word for word in asked.keys.content if word not in GROUP_WORDS]
        return hit.kind in LENT_KINDS or (len(words) <= 1 and hit.seat_country is not None)

    def _is_contested(self, asked: _Asked, hits: Sequence[Candidate]) -> bool:
        """Whether the query as it stands is nobody's own name, but the acronym of one and the bare name of another."""
        kinds = [self._names[position].kind for position in self._full.get(asked.keys.full, ())]
        return "acronym" in kinds and not OWN_KINDS.intersection(kinds) and len(asked.keys.words) == 1 and len(hits) > 1

    def _is_bare_acronym(self, hits: Sequence[Candidate]) -> bool:
        if len(hits) != 1 or hits[0].kind != "acronym" or len(hits[0].matched_name) > AMBIGUOUS_ACRONYM:
            return False
        return hits[0].matched_name.casefold() not in normalise(hits[0].name).split()

    def _used_then(self, hits: Sequence[Candidate], asked: _Asked) -> list[Candidate]:
        """Companies that bore the name on the day as a name with known dates."""
        day = asked.as_of
        dated = {
            known.company_id
            for position in self._full.get(asked.keys.full, ())
            if (known := self._names[position]).valid_to and day and known.holds_on(day)
        }
        return [hit for hit in hits if hit.company_id in dated]

    def _several(self, asked: _Asked, hits: Sequence[Candidate], units: tuple[Candidate, ...]) -> Ambiguous:
        ranked = sorted(hits, key=lambda hit: (len(hit.name), hit.company_id))
        if word := self._bare_word(asked.keys, GROUP_WORDS):
            ranked += [hit for hit in self._with_namesakes(ranked, word)[len(ranked) :]
                       if not asked.country or self._is_from(hit.company_id, asked.country)]  # fmt: skip
        words = f"{len(ranked)} companies are known by this name or one that begins with it"
        if asked.country:
            words += f" in {asked.country}"
        return Ambiguous(query=asked.query, reason=words, candidates=tuple(ranked[:MOST_CANDIDATES]), related=units)

    def _is_unit(self, asked: _Asked, units: tuple[Candidate, ...]) -> NoMatch:
        words = f"this is a part or daughter of {units[0].name}, not {units[0].name} itself"
        return NoMatch(query=asked.query, reason=words, related=units)

    def _told(self, hit: Candidate, reason: str) -> str:
        """The reason, with what a reader should know of the kind of name."""
        if hit.kind != FORMER:
            return reason
        ends = [
            known.valid_to
            for position in self._core.get(keys_of(hit.matched_name).core, ())
            if (known := self._names[position]).company_id == hit.company_id and known.valid_to
        ]
        until = f" (until {max(ends).isoformat()})" if ends else ""
        return f"{reason}, a former one{until}"

    # Likeness

    def _by_native(self, asked: _Asked) -> Resolution | None:
        """Names without spaces: the same but for a place before it or what the firm does after it."""
        if not is_unspaced(asked.keys.core):
            return None
        hits = self._hits(self._native.same_but_for_trade(asked.keys.core), asked)
        own = [hit for hit in hits if hit.kind in OWN_KINDS]
        if not own:
            return None
        return self._settle(asked, own, "the same name but for the place or what the firm does")

    def _by_words(self, asked: _Asked) -> Resolution | None:
        """The company all of whose differences from the query are explained, and clearly ahead of the next."""
        found = self._best_alignments(asked)
        if not found or found[0].score < ACCEPT:
            return None
        rivals = self._of_same_form(asked, [item for item in found if found[0].score - item.score < MARGIN])
        hits = [self._candidate(self._names[item.position], round(item.score, 1)) for item in rivals]
        if len(rivals) > 1 and not asked.country:
            words = "several companies have names that the query may be short or misspelt for"
            return Ambiguous(query=asked.query, reason=words, candidates=tuple(hits[:MOST_CANDIDATES]))
        return self._settle(asked, hits, found[0].reason)

    def _of_same_form(self, asked: _Asked, rivals: list[Alignment]) -> list[Alignment]:
        """The one rival whose name ends in the same legal form as the query, or like it in none; else all of them."""
        form = _form_of(asked.text, asked.keys)
        same = [item for item in rivals if _form_of(self._names[item.position].name, self._keys[item.position]) == form]
        return same if len(same) == 1 else rivals

    def _best_alignments(self, asked: _Asked) -> list[Alignment]:
        """The best alignment for each company, best first."""
        best: dict[str, Alignment] = {}
        for item in self._aligner.align(asked.keys):
            known = self._names[item.position]
            if known.company_id not in best or best[known.company_id].score < item.score:
                best[known.company_id] = item
        return sorted(best.values(), key=lambda item: (-item.score, self._names[item.position].company_id))

    # Beginnings of names

    @cached_property
    def _beginnings(self) -> list[tuple[str, int]]:
        return sorted((keys.full, position) for position, keys in enumerate(self._keys) if keys.full)

    def starting_with(self, prefix: str, limit: int = 10) -> list[Candidate]:
        """Companies one of whose names starts with the text, shortest name first; for completing what is typed."""
        key = "".join(normalise(prefix[:LONGEST_NAME]).split())
        if not key:
            return []
        start = bisect_left(self._beginnings, (key, -1))
        found: dict[str, tuple[int, Candidate]] = {}
        for full, position in self._beginnings[start : start + MOST_BEGINNINGS]:
            if not full.startswith(key):
                break
            known = self._names[position]
            if known.kind != UNIT and known.company_id not in found:
                score = round(100.0 * len(key) / len(full), 1)
                found[known.company_id] = (len(full), self._candidate(known, score))
        return [item for _, item in sorted(found.values(), key=lambda pair: (pair[0], pair[1].company_id))[:limit]]

    # What to show where nothing matches

    def _none(self, asked: _Asked) -> NoMatch:
        related = self._related(asked.keys)
        near = self._near(asked, {item.company_id for item in related})
        if related:
            reason = f"no company has this name; {related[0].name} has part of it and may be its parent or a namesake"
        elif near:
            reason = "no company has this name; the nearest are listed"
        else:
            reason = "no company has this name or one like it"
        return NoMatch(query=asked.query, reason=reason, candidates=tuple(near), related=tuple(related[: asked.limit]))

    def _related(self, keys: Keys) -> list[Candidate]:
        """Companies one of whose names is whole words of the query: the parent of an unknown unit, or a namesake."""
        words = keys.words
        runs = ["".join(words[start:end]) for start in range(len(words)) for end in range(len(words), start, -1)]
        positions = [
            position
            for run in sorted(runs, key=len, reverse=True)
            if len(run) >= SHORTEST_PART and run not in TRADE and run not in COMMON and run not in PLACES
            for position in self._core.get(run, ())
        ]
        if is_unspaced(keys.core):
            positions += self._native.inside(keys.core)
        found: dict[str, Candidate] = {}
        for position in positions:
            known = self._names[position]
            score = round(fuzz.ratio(self._keys[position].core, keys.core), 1)
            found.setdefault(known.company_id, self._candidate(known, score))
        return list(found.values())

    def _near(self, asked: _Asked, known: set[str]) -> list[Candidate]:
        """The most alike names, one a company."""
        found: dict[str, Candidate] = {}
        for position in self._aligner.pool(asked.keys):
            name = self._names[position]
            score = round(max(fuzz.ratio(asked.keys.core, self._keys[position].core),
                              fuzz.ratio(asked.keys.shuffled, self._keys[position].shuffled)), 1)  # fmt: skip
            earlier = found.get(name.company_id)
            if score >= NEAR and name.company_id not in known and (earlier is None or earlier.score < score):
                found[name.company_id] = self._candidate(name, score)
        return sorted(found.values(), key=lambda item: (-item.score, item.company_id))[: asked.limit]

    # Small pieces

    def _candidate(self, known: KnownName, score: float) -> Candidate:
        company = self.companies[known.company_id]
        return Candidate(company_id=known.company_id, name=company.name, seat_country=company.seat_country,
                         matched_name=known.name, kind=known.kind, score=score)  # fmt: skip

    def _is_from(self, company_id: str, country: str | None) -> bool:
        if country is None:
            return False
        countries = self._countries_of(company_id)
        if country in countries or country in _OFFSHORE:
            return country in countries
        return _SAME_COUNTRY.get(country, country) in {_SAME_COUNTRY.get(item, item) for item in countries}

    def _countries_of(self, company_id: str) -> set[str]:
        company = self.companies[company_id]
        return {country for country in (company.seat_country, company.incorporation_country) if country}

    def _match(
        self, query: str, found: Candidate, reason: str, others: Sequence[Candidate], related: Sequence[Candidate] = ()
    ) -> Match:
        rest = tuple(other for other in others if other.company_id != found.company_id)
        return Match(query=query, company_id=found.company_id, name=found.name, matched_name=found.matched_name,
                     kind=found.kind, score=found.score, reason=reason, candidates=rest, related=tuple(related))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query with everything that decides its answer."""

    query: str
    text: str
    keys: Keys
    country: str | None
    limit: int
    as_of: date | None


_NO_KEYS = keys_of("")


def _rank(known: KnownName, as_of: date | None) -> int:
    """How directly a name means its company; the lowest is the most direct."""
    if known.kind == UNIT:
        return 9
    if known.kind == FORMER:
        return 1 if as_of and known.valid_to and known.holds_on(as_of) else 5
    return 0 if known.kind in OWN_KINDS else 3 if known.kind in LENT_KINDS else 2


def _form_of(name: str, keys: Keys) -> str:
    """What the name has besides its core, as written."""
    return "".join(normalise(name).split()).replace(keys.core, "", 1)


def _is_short_code(known: KnownName) -> bool:
    return known.kind in CODE_KINDS and len(known.name) <= SHORT_CODE


def _is_han(keys: Keys) -> bool:
    return is_unspaced(keys.core) and not any("\u3040" <= sign <= "\u30ff" for sign in keys.core)


def _ticker_spellings(ticker: str) -> Iterable[str]:
    """Hong Kong codes are written with and without leading noughts."""
    code, dot, exchange = ticker.partition(".")
    if exchange == "HK" and code.isdigit():
        bare = code.lstrip("0")
        return {f"{number}{dot}HK" for number in (bare, bare.zfill(4), bare.zfill(5))} - {ticker}
    return ()


def _countries(hits: Sequence[Candidate]) -> str:
    return ", ".join(sorted({hit.seat_country or "a country that is not known" for hit in hits}))


def load_name_index(con: duckdb.DuckDBPyConnection) -> NameIndex:
    """The index over every name in an open database."""
    companies = con.execute(
        "SELECT company_id, name, seat_country, incorporation_country, legal_name FROM companies ORDER BY company_id"
    ).fetchall()
    names = con.execute(
        'SELECT company_id, name, kind, "from", "to" FROM names ORDER BY company_id, name, kind, "from" NULLS FIRST'
    ).fetchall()
    legal = [(row[0], row[4], "legal", None, None) for row in companies if row[4]]
    return NameIndex(
        [NamedCompany(company_id=r[0], name=r[1], seat_country=r[2], incorporation_country=r[3]) for r in companies],
        [
            KnownName(company_id=r[0], name=r[1], kind=r[2], valid_from=r[3], valid_to=r[4])
            for r in dict.fromkeys([*legal, *map(tuple, names)])
        ],
    )


def index_from_rows(companies: Iterable[Mapping[str, str]], names: Iterable[Mapping[str, str]]) -> NameIndex:
    """The index over rows as they stand in companies.csv and names.csv."""
    rows = list(companies)
    legal = [KnownName(company_id=r["company_id"], name=r["legal_name"], kind="legal") for r in rows if r["legal_name"]]
    return NameIndex(
        [
            NamedCompany(company_id=r["company_id"], name=r["name"], seat_country=r["seat_country"] or None,
                         incorporation_country=r["incorporation_country"] or None)
            for r in rows
        ],
        legal + [
            KnownName(company_id=r["company_id"], name=r["name"], kind=r["kind"], valid_from=_day(r["from"]),
                      valid_to=_day(r["to"]))
            for r in names
        ],
    )  # fmt: skip


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
