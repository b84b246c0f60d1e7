"""The briefing of one pairing on one page of HTML. Enters: a `Briefing`. Leaves: the bytes of a self-contained page.

No script, no picture or font from elsewhere, nothing that a strict reader of mail would take away; printed on one or two
sheets of A4 or Letter. The same points as the summary of the workbook, from the same functions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from riskapi.assessment.words import amount, between, gate_words, may_apply, points, result_words, sentence_case
from riskapi.briefing.cells import TONES, Mark, Tone, web_address
from riskapi.briefing.charts import LOWERS, RAISES, WHOLE
from riskapi.briefing.marks import STATUS_MARKS, band_mark
from riskapi.briefing.material import (
    QUESTIONS,
    WAYS,
    Briefing,
    Driver,
    change_words,
    content_hash,
    drivers,
    needs_words,
    observed,
    question_words,
    range_words,
    ways,
)
from riskapi.briefing.sheets import Paper
from riskapi.briefing.sources import Sources, publisher

_SHEET: Final = "brief"
_READ_AT: Final = 2
_STYLE: Final = """
:root{color-scheme:light}
body{font:15px/1.4 Arial,"Liberation Sans",Helvetica,sans-serif;color:#111;background:#fff;
max-width:46rem;margin:1.5rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .2rem}h2{font-size:1rem;margin:1rem 0 .3rem;border-bottom:1px solid #bfbfbf}
p{margin:.25rem 0}ul,ol{margin:.25rem 0;padding-left:1.3rem}li{margin:.15rem 0}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.15rem .5rem .15rem 0}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;font-weight:bold;width:3.2rem}
.score{font-size:2.4rem;font-weight:bold;margin-right:.6rem}.mark{padding:.1rem .5rem;font-weight:bold;border:1px solid #111}
.small{font-size:.82rem;color:#444}a{color:#0b4a8f}figure{margin:.4rem 0}svg{width:100%;height:auto;display:block}
.hash{overflow-wrap:anywhere}
@media print{body{font-size:8.2pt;line-height:1.26;max-width:none;margin:0;padding:0}
h2{font-size:9.6pt;margin:.4rem 0 .1rem;break-after:avoid}
h1{font-size:14pt}.score{font-size:22pt}.mark{padding:0 .4rem}li,tr{break-inside:avoid}
.small{font-size:7.6pt}a{color:#000}svg{max-width:9cm}p,li{margin:.1rem 0}}
""".strip()
_PAPERS: Final = {Paper.A4: "A4", Paper.LETTER: "letter"}


def brief_html(briefing: Briefing, *, paper: Paper = Paper.A4) -> bytes:
    """The page, set up for the paper that it is to be printed on."""
    sources = Sources()
    answer = briefing.answer
    body = [
        f"<h1>Scrutiny briefing: {_e(briefing.title)}</h1>",
        f"<p>{_e(answer.question)}</p>",
        *_result(briefing),
        *_status(briefing, sources),
        *_drivers(briefing, sources),
        *_gates(briefing, sources),
        *_changes(briefing),
        *_foot(briefing),
        *_sources(sources),
    ]
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Scrutiny briefing: {_e(briefing.title)}</title>"
        f"<style>{_STYLE}\n@page{{size:{_PAPERS[paper]};margin:10mm}}</style>"
    )
    page = f'<!doctype html>\n<html lang="en"><head>{head}</head><body><main>\n' + "\n".join(body)
    return f"{page}\n</main></body></html>\n".encode()


def _e(text: object) -> str:
    return escape(str(text))


def _section(title: str, parts: Iterable[str]) -> Iterator[str]:
    yield f"<section><h2>{_e(title)}</h2>"
    yield from parts
    yield "</section>"


def _mark(mark: Mark) -> str:
    ground, ink = TONES[mark.tone]
    return f'<span class="mark" style="background:#{ground};color:#{ink}">{_e(mark.text)}</span>'


def _result(briefing: Briefing) -> Iterator[str]:
    answer = briefing.answer
    head = (
        f'<p><span class="score">{amount(answer.score)}</span>{_mark(band_mark(answer.band.name, answer.band.label))}'
        ' <span class="small">of 100; no probability</span></p>'
    )
    parts = [head, _scale(briefing), f"<p>{_e(range_words(answer))}. {_e(answer.band.meaning)}</p>"]
    past = observed(answer.band, answer.versions.rule_set)
    parts.append(f'<p class="small">Past deals in this band: {_e(past)}</p>')
    yield from _section("Result", parts)


def _scale(briefing: Briefing) -> str:
    """The range on a scale from 0 to 100, with the score on it."""
    answer = briefing.answer
    ticks = "".join(
        f'<line x1="{10 + tick * 6.8:.1f}" y1="22" x2="{10 + tick * 6.8:.1f}" y2="28" stroke="#111"/>'
        f'<text x="{10 + tick * 6.8:.1f}" y="42" font-size="13" text-anchor="middle" fill="#111">{tick}</text>'
        for tick in (0, 25, 50, 75, 100)
    )
    start, end, here = (10 + value * 6.8 for value in (answer.low, answer.high, answer.score))
    said = f"Score {amount(answer.score)}; it may lie between {between(answer.low, answer.high)}."
    return (
        f'<figure><svg viewBox="0 0 700 46" role="img" aria-label="{_e(said)}">'
        '<rect x="10" y="12" width="680" height="8" fill="#e6e6e6"/>'
        f'<rect x="{start:.1f}" y="12" width="{max(2.0, end - start):.1f}" height="8" fill="#{WHOLE}"/>'
        f'<path d="M{here:.1f} 22 l-7 -16 h14 z" fill="#111"/>{ticks}</svg></figure>'
    )


def _status(briefing: Briefing, sources: Sources) -> Iterator[str]:
    status = briefing.answer.deal_status
    if status is None:
        yield from _section("Is the deal real?", ["<p>No deal between the two is on record.</p>"])
        return
    label, read_at = sentence_case(status.label), _numbers(sources.claims(status, _SHEET))
    text = f"<p><strong>{_e(label)}.</strong> {_e(status.headline)} {read_at}</p>"
    yield from _section("Is the deal real?", [text])


def _numbers(numbers: Iterable[int]) -> str:
    return " ".join(f'<a href="#s{number}">[{number}]</a>' for number in numbers)


def _drivers(briefing: Briefing, sources: Sources) -> Iterator[str]:
    up, down = drivers(briefing)
    yield from _section("What raises the score most", _ranked(up, sources, "No rule raises it.", RAISES))
    yield from _section("What lowers it most", _ranked(down, sources, "No rule lowers it.", LOWERS))


def _ranked(found: Sequence[Driver], sources: Sources, none: str, colour: str) -> Iterator[str]:
    if not found:
        yield f"<p>{none}</p>"
        return
    yield "<table>"
    for item in found:
        rule = item.rule
        cited = _numbers(sources.law(rule.sources, rule.instrument, _SHEET, _READ_AT))
        law = f'<span class="small">{_e(rule.jurisdiction)}: {_e(rule.citation)}</span> {cited}'
        yield f'<tr><td class="n" style="border-left:6px solid #{colour}">{points(item.points)}</td>'
        yield f"<td><strong>{_e(rule.title)}.</strong> {_e(rule.because)}{item.note} {law}</td></tr>"
    yield "</table>"


def _gates(briefing: Briefing, sources: Sources) -> Iterator[str]:
    applies = [gate for gate in briefing.answer.gates if gate.status == "fired"]
    may = Counter(gate.gate for gate in briefing.answer.gates if gate.status != "fired")
    items = []
    for gate in applies:
        rule = briefing.rules[gate.rule]
        cited = _numbers(sources.law(rule.sources, rule.instrument, _SHEET, _READ_AT))
        items.append(
            f"<li>{_mark(STATUS_MARKS['fired'])} <strong>{_e(gate_words(gate.gate))}</strong> ({_e(gate.jurisdiction)}): "
            f'{_e(gate.title)}. <span class="small">{_e(gate.authority)}; {_e(gate.citation)}</span> {cited}</li>'
        )
    if may:
        items.append(f"<li>{_mark(STATUS_MARKS['undetermined'])} {_e(may_apply(may))}</li>")
    yield from _section(
        "Legal gates", ["<ul>", *items, "</ul>"] if items else ["<p>No gate applies, and none may apply.</p>"]
    )


def _changes(briefing: Briefing) -> Iterator[str]:
    unknown = briefing.answer.unknowns[:QUESTIONS]
    asked = [f"<li>{_e(question_words(item))}</li>" for item in unknown]
    nothing = ["<p>Nothing that is not known could move the result.</p>"]
    yield from _section("What to find out first", ["<ol>", *asked, "</ol>"] if asked else nothing)
    if briefing.whatif is None:
        return
    found = []
    for item in ways(briefing.whatif)[:WAYS]:
        result = item.way.result
        reached = result_words(result.score, result.low, result.high)
        found.append(
            f"<li>{_e('; '.join(change_words(item.way)))}: <strong>{reached}</strong>. Needs: {_e(needs_words(item.way))}.</li>"
        )
    closing = '<p class="small">No alternative is said to be lawful, available or wise.</p>'
    yield from _section(
        "What would lower it",
        ["<ol>", *found, "</ol>", closing] if found else ["<p>No change of up to two facts does.</p>"],
    )


def _foot(briefing: Briefing) -> Iterator[str]:
    answer, versions = briefing.answer, briefing.answer.versions
    made = f"riskapi {versions.engine}, rules {versions.rule_set}, data {versions.dataset}, as of {answer.as_of}"
    parts = [f"<p>{_mark(Mark('Not legal advice', Tone.OPEN))} {_e(answer.notice)}</p>"]
    parts += [f'<p class="small">{_e(warning)}</p>' for warning in answer.warnings]
    parts.append(f'<p class="small hash">{_e(made)}. SHA-256 of the content: {content_hash(answer)}</p>')
    yield from _section("Keep in mind", parts)


def _sources(sources: Sources) -> Iterator[str]:
    items = [
        f'<span id="s{item.number}">[{item.number}]&nbsp;{_linked(item.address)}</span>'
        for item in sources.by_address.values()
    ]
    yield from _section("Sources", ['<p class="small">', *items, "</p>"])


def _linked(address: str) -> str:
    target = web_address(address)
    return f'<a href="{_e(target)}">{_e(publisher(address))}</a>' if target else _e(publisher(address))
