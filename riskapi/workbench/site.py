"""The rule book as web pages: a book in, a folder of pages out that work from a disk, without server or network.

`index.html` lists every rule with filters, `timeline.html` shows what is in force when, `facts.html` leads from each fact
to the rules that use it, and each instrument has a page with its citations, conditions and sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from riskapi.assessment.words import code_words
from riskapi.facts.vocabulary import Fact
from riskapi.language import text as in_text
from riskapi.rules import Instrument, Rule, RuleBook
from riskapi.rules.book import SHIPPED
from riskapi.warehouse.countries import jurisdiction_name
from riskapi.workbench.diff import spans
from riskapi.workbench.site_parts import SCRIPT, STYLE, code, date_line, escape, fact_link, page, rule_link, table
from riskapi.workbench.site_timeline import timeline


def write_site(book: RuleBook, folder: Path, today: date) -> int:
    """Write all pages into `folder`; gives their number. Pages of instruments that are gone are removed."""
    pages = dict(site_pages(book, today))
    (folder / "instruments").mkdir(parents=True, exist_ok=True)
    for path in (folder / "instruments").glob("*.html"):
        if f"instruments/{path.name}" not in pages:
            path.unlink()
    for name, content in {**pages, "style.css": STYLE, "filter.js": SCRIPT}.items():
        (folder / name).write_text(content, encoding="utf-8")
    return len(pages)


def site_pages(book: RuleBook, today: date) -> Iterator[tuple[str, str]]:
    """Each page: its path below the folder, and its text."""
    by_instrument: dict[str, list[Rule]] = {key: [] for key in book.instruments}
    for rule in book.rules:
        by_instrument[rule.instrument.id].append(rule)
    yield "index.html", page("Rule book", _index(book, today), book.label, script=True)
    yield "timeline.html", page("What is in force when", _timelines(book, today), book.label)
    yield "facts.html", page("Facts and the rules that use them", _facts(book), book.label, script=True)
    for key, rules in by_instrument.items():
        body = _instrument(book.instruments[key], rules, today)
        yield f"instruments/{key}.html", page(book.instruments[key].title, body, book.label, depth=1)


# The list


def _index(book: RuleBook, today: date) -> str:
    countries = {key: jurisdiction_name(key) for key in sorted(book.by_jurisdiction)}
    gates = _options((gate, code_words(gate)) for gate in sorted({rule.gate for rule in book.rules if rule.gate}))
    rows = (_row(rule, countries[rule.jurisdiction]) for rule in book.rules)
    head = ("Rule", "Jurisdiction", "Citation", "In force", "Points", "Gate")
    return f"""\
<p>{len(book.rules)} rules in {len(book.instruments)} instruments of {len(countries)} jurisdictions.</p>
<form id="filter" role="search" aria-label="Filter the rules">
<label>Text <input type="search" name="text" autocomplete="off"></label>
<label>Jurisdiction <select name="jurisdiction"><option value="">all</option>{_options(countries.items())}</select></label>
<label>Gate <select name="gate"><option value="">all</option>{gates}</select></label>
<label>In force on <input type="date" name="day" data-today="{today}"></label>
</form>
<p id="count" role="status" aria-live="polite"></p>
{table("Rules", head, rows)}
{_layers(book)}"""


def _layers(book: RuleBook) -> str:
    """The private layers, and the rules that they switch off; nothing where there are none."""
    if not book.layers:
        return ""
    named = (f"{code(layer.name)} {escape(str(layer.version))}: {escape(layer.title)}" for layer in book.layers)
    off = (f"{code(item.original.id)} by {code(item.layer)}: {escape(item.reason)}" for item in book.switched_off)
    lists = (("Layers over the shipped rules", named), ("Rules that are switched off", off))
    return "".join(f"<h2>{head}</h2><ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>" for head, items in lists)


def _options(items: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<option value="{escape(key)}">{escape(label)}</option>' for key, label in items)


def _tag(rule: Rule) -> str:
    return "" if rule.layer == SHIPPED else f" [{escape(rule.layer)}]"


def _row(rule: Rule, country: str) -> str:
    gate = rule.gate.value if rule.gate else ""
    found = f"{rule.id} {rule.title} {rule.citation} {rule.instrument.title} {rule.instrument.authority} {country}"
    days = ";".join(f"{span.start}/{span.to or ''}" for span in rule.in_force)
    data = (("text", found.casefold()), ("jurisdiction", rule.jurisdiction), ("gate", gate), ("spans", days))
    attributes = " ".join(f'data-{name}="{escape(value)}"' for name, value in data)
    cells = (
        f"{rule_link(rule)}<br><small>{escape(rule.title)}{_tag(rule)}</small>",
        escape(country),
        escape(rule.citation),
        "<br>".join(f'<span class="days">{escape(spans([span]))}</span>' for span in rule.in_force),
        f"{rule.points:+g}" if rule.points else "0",
        escape(code_words(gate)),
    )
    return f"<tr {attributes}>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _timelines(book: RuleBook, today: date) -> str:
    parts = [
        (
            "<p>Each bar is a span in which a rule is in force; the line is the day of these pages, "
            f"{today}. The dates stand beside the bars.</p>"
        )
    ]
    for jurisdiction, rules in sorted(book.by_jurisdiction.items()):
        parts.append(f"<h2>{escape(jurisdiction_name(jurisdiction))}</h2>")
        parts.append(timeline(sorted(rules, key=lambda rule: (rule.in_force[0].start, rule.id)), today, "instruments/"))
    return "\n".join(parts)


# Facts


def _facts(book: RuleBook) -> str:
    uses: dict[str, list[Rule]] = {}
    for rule in book.rules:
        for name in sorted(rule.facts | rule.because.facts()):
            uses.setdefault(name, []).append(rule)
    rows = (_fact_row(fact, uses.get(fact.name, [])) for fact in book.vocabulary)
    return f"""\
<p>What a rule may mention, and the rules that mention it in their condition, exceptions or reason.</p>
<form id="filter" role="search" aria-label="Filter the facts">
<label>Text <input type="search" name="text" autocomplete="off"></label></form>
<p id="count" role="status" aria-live="polite"></p>
{table("Facts", ("Fact", "Meaning", "Rules"), rows)}"""


def _fact_row(fact: Fact, rules: list[Rule]) -> str:
    links = ", ".join(rule_link(rule) for rule in rules) or "none"
    many = f"<details><summary>{len(rules)} rules</summary>{links}</details>" if len(rules) > 3 else links  # noqa: PLR2004
    found = escape(f"{fact.name} {fact.meaning}".casefold())
    values = f"<br><small>values: {escape(fact.domain)}</small>" if fact.domain else ""
    return (
        f'<tr id="{escape(fact.name)}" data-text="{found}"><td>{code(fact.name)}<br><small>{fact.type.value}</small></td>'
        f"<td>{escape(fact.meaning)}{values}</td><td>{many}</td></tr>"
    )


# One instrument


def _instrument(instrument: Instrument, rules: list[Rule], today: date) -> str:
    sources = "".join(
        f'<li><a href="{escape(item.url)}" rel="noreferrer">{escape(item.url)}</a>, read {item.retrieved}'
        f"{': ' + escape(item.note) if item.note else ''}</li>"
        for item in instrument.sources
    )
    about = (
        ("Jurisdiction", escape(jurisdiction_name(instrument.jurisdiction))),
        ("Authority", escape(instrument.authority)),
        ("Citation", escape(instrument.citation)),
        ("Checked", f"{instrument.checked_on}: {escape(instrument.checked_how)}"),
        ("Confidence", instrument.confidence.value),
        *([("Notes", escape(instrument.notes))] if instrument.notes else []),
    )
    return f"""\
<p>{code(instrument.id)}</p>
{_list(about)}
<h2>Sources</h2>
<ul>{sources}</ul>
<h2>In force</h2>
{timeline(rules, today)}
{"".join(_rule(rule) for rule in rules)}"""


def _list(items: Iterable[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in items) + "</dl>"


def _rule(rule: Rule) -> str:
    examples = "".join(
        f"<li>{escape(item.name)} (as of {item.as_of}): {item.expect.value.replace('_', ' ')}</li>"
        for item in rule.examples
    )
    listed = f"<h3>Examples</h3><ul>{examples}</ul>" if examples else ""
    return f"""
<section id="{escape(rule.id)}" aria-labelledby="title-{escape(rule.id)}">
<h2 id="title-{escape(rule.id)}">{escape(rule.title)}</h2>
<p>{code(rule.id)}</p>
{_list(_lines(rule))}
{listed}
</section>"""


def _lines(rule: Rule) -> Iterator[tuple[str, str]]:
    yield "Citation", escape(rule.citation)
    yield "In force", "<br>".join(escape(date_line(span)) for span in rule.in_force)
    for part in rule.parts:
        yield "Where", f"{escape(part.name.replace('_', ' '))}: {code(in_text(part.body))}"
    yield "Applies when", code(in_text(rule.when))
    for part in rule.unless:
        yield "Unless", f"{escape(part.name.replace('_', ' '))}: {code(in_text(part.body))}"
    yield "Reason", escape("".join(piece + (f"[{fact}]" if fact else "") for piece, fact in rule.because.pieces))
    yield "Points", f"{rule.points:+g} ({rule.kind.value}, {rule.pillar.value}): {escape(rule.why_points)}"
    if rule.gate:
        yield "Gate", escape(code_words(rule.gate.value))
    for item in rule.clock:
        yield "Period", escape(f"{item.step}: {item.days} days" + (f" ({item.note})" if item.note else ""))
    if rule.group:
        yield "Group", f"{code(rule.group)}: rules of one group do not add up"
    yield "While not known", "counts in the score" if rule.caution else "does not count in the score"
    yield "Confidence", rule.confidence.value
    if rule.layer != SHIPPED:
        change = f"{rule.change.kind.value} the rule below: {rule.change.reason}" if rule.change else "adds this rule"
        yield "Layer", f"{code(rule.layer)} {escape(change)}"
        yield "Sources", "<br>".join(escape(f"{item.url} (read {item.retrieved})") for item in rule.instrument.sources)
    if rule.notes:
        yield "Notes", escape(rule.notes)
    yield "Facts", ", ".join(fact_link(name) for name in rule.fact_order) or "none"
