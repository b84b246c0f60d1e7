"""Name matchers that are not ours, each driven by its own documented way; runs in the environment of the peers.

    python -m benchmarks.peer_names rapidfuzz|nomenklatura

Answers the questions of `bench_resolver.py`. rapidfuzz compares a query with every name. nomenklatura compares two entities
and has no index of its own for a query; the candidates it gets are those that share the rarest words with the query.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from heapq import nlargest
from importlib import import_module
from itertools import count
from typing import Any, NamedTuple, Protocol

from benchmarks.figures import peak_mb, seconds_each, timed
from benchmarks.name_set import made_up, queries
from benchmarks.peers import serve, versions

CANDIDATES = 25
#: A word of more companies chooses none where the query has a rarer one.
COMMON = 1_000


class Known(NamedTuple):
    """A company with all its names and the country of its seat."""

    id: str
    names: Sequence[str]
    country: str | None = None


class Found(NamedTuple):
    """The best company, and how alike it is (0 to 1)."""

    id: str
    score: float


class Matcher(Protocol):
    """Whatever finds the best company."""

    def best(self, query: str, country: str | None, also: Sequence[str] = ()) -> Found | None:
        """The best company; those of `also` are among the candidates in any case, where there are candidates."""


class RapidFuzz:
    """`process.extractOne` with WRatio over all names, prepared once, as its documentation recommends."""

    def __init__(self, companies: Iterable[Known]) -> None:
        self._process, self._scorer = import_module("rapidfuzz.process"), import_module("rapidfuzz.fuzz").WRatio
        self._prepared: Any = import_module("rapidfuzz.utils").default_process
        owned = [(company.id, self._prepared(name)) for company in companies for name in company.names]
        self._owners, self._names = [owner for owner, _ in owned], [name for _, name in owned]

    def best(self, query: str, country: str | None, also: Sequence[str] = ()) -> Found | None:  # noqa: ARG002  # knows none
        found = self._process.extractOne(self._prepared(query), self._names, scorer=self._scorer)
        return Found(self._owners[found[2]], found[1] / 100) if found and found[1] else None


class Nomenklatura:
    """logic-v2 with its default settings over candidates that share words with the query, the rarest words counting most."""

    def __init__(self, companies: Iterable[Known]) -> None:
        self._algorithm: Any = import_module("nomenklatura.matching").get_algorithm("logic-v2")
        self._settings = self._algorithm.default_config()
        self._model: Any = import_module("followthemoney").model
        self._asked = count()
        self._entities, self._owners = {}, defaultdict[str, list[str]](list)
        for company in companies:
            self._entities[company.id] = self._entity(company.id, company.names, company.country)
            for word in {word for name in company.names for word in _words(name)}:
                self._owners[word].append(company.id)

    def _entity(self, key: str, names: Iterable[str], country: str | None) -> Any:  # noqa: ANN401  # not installed where types are checked
        entity = self._model.make_entity("Company")
        entity.id = key
        entity.add("name", list(names))
        entity.add("country", country)
        return entity

    def best(self, query: str, country: str | None, also: Sequence[str] = ()) -> Found | None:
        asked = self._entity(f"query-{next(self._asked)}", [query], country)  # names are remembered by the id
        scores = {
            key: self._algorithm.compare(asked, self._entities[key], self._settings).score
            for key in dict.fromkeys([*self._candidates(query), *also])
        }
        return max((Found(key, score) for key, score in scores.items()), key=lambda found: found.score, default=None)

    def _candidates(self, query: str) -> Iterable[str]:
        """The companies that share most words with the query, a rare word counting for more."""
        weights = Counter[str]()
        for owners in sorted((self._owners[word] for word in sorted(_words(query) & self._owners.keys())), key=len):
            if weights and len(owners) > COMMON:
                break
            weights.update(dict.fromkeys(owners, 1 / len(owners)))
        return nlargest(CANDIDATES, weights, key=lambda key: weights[key])


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w+", name.casefold()))


MATCHERS: dict[str, Callable[[Iterable[Known]], Matcher]] = {"rapidfuzz": RapidFuzz, "nomenklatura": Nomenklatura}


class Session:
    """A matcher over the names that were asked for."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self._matcher: Matcher

    def about(self) -> str:
        return versions(self.peer)

    def made_up(self, number: int, seed: int) -> dict[str, float]:
        """Take so many names that do not exist; seconds and memory that it took."""
        self._names, before = made_up(number, seed), peak_mb()
        companies = [Known(f"c{at}", [name]) for at, name in enumerate(self._names)]
        seconds, self._matcher = timed(lambda: MATCHERS[self.peer](companies))
        return {"seconds": seconds, "megabytes": peak_mb() - before}

    def times(self, kind: str, number: int, seed: int, within: float) -> list[float]:
        """Seconds of each query, and no further query after so many seconds."""
        asked = queries(self._names, kind, number, seed)
        return seconds_each(lambda query: self._matcher.best(query, None), asked, within)

    def companies(self, companies: Sequence[Sequence[Any]]) -> None:
        """Take these companies: id, names, country."""
        self._matcher = MATCHERS[self.peer](Known(*company) for company in companies)

    def answers(self, asked: Sequence[Sequence[Any]]) -> list[Found | None]:
        """The best company for each query: query, country, and companies that must be among the candidates."""
        return [self._matcher.best(*one) for one in asked]


def main() -> None:
    session = Session(sys.argv[1])
    serve({name: getattr(session, name) for name in ("about", "made_up", "times", "companies", "answers")})


if __name__ == "__main__":
    main()
