"""What the pages of the rule book are made of: the frame, tables, links, style and script.

Enters: text that is not trusted. Leaves: HTML in which it is shown and never run.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

from riskapi.rules import Rule, Span


def escape(text: str) -> str:
    """Text for an element or a quoted attribute."""
    return html.escape(text, quote=True)


def code(text: str) -> str:
    """An id or a condition."""
    return f"<code>{escape(text)}</code>"


def rule_link(rule: Rule, folder: str = "instruments/") -> str:
    """A link to a rule; `folder` leads from the page to those of the instruments."""
    target = f"{folder}{rule.instrument.id}.html#{rule.id}"
    return f'<a href="{escape(target)}">{escape(rule.id)}</a>'


def fact_link(name: str) -> str:
    """From the page of an instrument to a fact and the other rules that use it."""
    return f'<a href="../facts.html#{escape(name)}">{escape(name)}</a>'


def date_line(span: Span) -> str:
    """A span with what is known of it."""
    days = f"{span.start} to {span.to}" if span.to else f"from {span.start}"
    further = [f"published {span.published}" if span.published else "", span.note or ""]
    told = "; ".join(item for item in further if item)
    return f"{days} ({told})" if told else days


def table(caption: str, head: Iterable[str], rows: Iterable[str]) -> str:
    """A table whose rows are HTML already."""
    cells = "".join(f'<th scope="col">{escape(title)}</th>' for title in head)
    body = "\n".join(rows)
    return (
        f'<div class="wide"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{cells}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )


def page(title: str, body: str, version: str, *, depth: int = 0, script: bool = False) -> str:
    """A whole page; `depth` is how many folders it lies below the first page."""
    up = "../" * depth
    loaded = f'\n<script src="{up}filter.js" defer></script>' if script else ""
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="stylesheet" href="{up}style.css">{loaded}
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<nav aria-label="Pages"><a href="{up}index.html">Rules</a> <a href="{up}timeline.html">Timeline</a> \
<a href="{up}facts.html">Facts</a></nav>
<main id="main">
<h1>{escape(title)}</h1>
{body}
</main>
<footer><p>Rule set {escape(version)}. An encoding of the law for analysis, not legal advice.</p></footer>
</body>
</html>
"""


STYLE = """\
:root { color-scheme: light dark; --line: #8886; --bar: #1f6fb2; --now: #b3261e; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 75rem; margin: 0 auto; padding: 0 1rem 3rem; }
nav { padding: 1rem 0; display: flex; gap: 1.5rem; }
.skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: .5rem; }
:focus-visible { outline: 3px solid var(--bar); outline-offset: 2px; }
h1 { line-height: 1.2; } section { border-top: 1px solid var(--line); margin-top: 2rem; }
form { display: flex; flex-wrap: wrap; gap: 1rem; } label { display: grid; font-size: .9rem; }
input, select { font: inherit; padding: .3rem; min-width: 10rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
code { overflow-wrap: anywhere; } dl { display: grid; grid-template-columns: 10rem 1fr; gap: .3rem 1rem; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
.days { white-space: nowrap; }
.bars { width: 16rem; min-width: 10rem; } .bars svg { width: 100%; height: 1.2rem; display: block; }
.bars rect { fill: var(--bar); } .bars line { stroke: var(--now); stroke-width: 2; }
[hidden] { display: none; } :target { scroll-margin-top: 1rem; } tr:target { outline: 2px solid var(--bar); }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
@media print { nav, form, .skip { display: none; } }
"""

SCRIPT = """\
"use strict";
// Shows the rows that hold every word, and fit the other fields; the choice stands in the address, so it can be passed on.
(() => {
  const form = document.getElementById("filter");
  const count = document.getElementById("count");
  const rows = [...document.querySelectorAll("tbody tr")];
  const field = (name) => form.elements.namedItem(name);
  const holds = (spans, day) => spans.split(";").some((span) => {
    const [from, to] = span.split("/");
    return from <= day && (!to || day <= to);
  });
  const fits = (row, wanted) =>
    wanted.words.every((word) => row.dataset.text.includes(word)) &&
    (!wanted.jurisdiction || row.dataset.jurisdiction === wanted.jurisdiction) &&
    (!wanted.gate || row.dataset.gate === wanted.gate) &&
    (!wanted.day || holds(row.dataset.spans, wanted.day));
  const update = () => {
    const value = (name) => (field(name) ? field(name).value : "");
    const wanted = {
      words: value("text").toLowerCase().split(/\\s+/).filter(Boolean),
      jurisdiction: value("jurisdiction"), gate: value("gate"), day: value("day"),
    };
    let shown = 0;
    for (const row of rows) { row.hidden = !fits(row, wanted); shown += row.hidden ? 0 : 1; }
    count.textContent = shown + " of " + rows.length + " shown";
  };
  const remember = () => {
    const chosen = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) chosen.set(name, value);
    try { history.replaceState(null, "", "?" + chosen + location.hash); } catch { /* not allowed for files everywhere */ }
  };
  for (const [name, value] of new URLSearchParams(location.search)) if (field(name)) field(name).value = value;
  form.addEventListener("input", () => { update(); remember(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  update();
})();
"""
