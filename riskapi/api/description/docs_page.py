"""The description of the service for people: the OpenAPI document in, one HTML page out; and pages of problem types.

The pages load nothing and run no script; their style is allowed by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from html import escape
from typing import Any, TypeAlias

from riskapi.api.http.problems import ProblemType

Json: TypeAlias = dict[str, Any]

STYLE = """
:root{color-scheme:light dark;--line:#8885;--soft:#8881}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1,h2,h3{line-height:1.2}h2{border-bottom:1px solid var(--line);margin-top:2.5rem}
code,pre{font:13px/1.45 ui-monospace,monospace}pre{background:var(--soft);padding:.7rem;overflow:auto;max-height:28rem}
table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top}
.method{font-weight:700}details{margin:.5rem 0}summary{cursor:pointer}
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#: Codes of an enumeration that a table shows; the document has them all.
SHOWN_CODES = 12


def docs_page(document: Json) -> str:
    """One page for all operations, problem types linked, schemas at the end."""
    info = document["info"]
    operations = [
        (path, method, operation) for path, item in document["paths"].items() for method, operation in item.items()
    ]
    body = [
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>",
        f"<p>{escape(info['description'])}</p>",
        '<p>The same for programs: <a href="/schema/openapi.json">OpenAPI 3.1</a>.</p>',
        *(_index(operations)),
        *(part for path, method, operation in operations for part in _operation(path, method, operation)),
        "<h2>Schemas</h2>",
        *(_schema(name, schema) for name, schema in sorted(document["components"]["schemas"].items())),
    ]
    return _page(f"{info['title']}: service", body)


def problem_page(kind: ProblemType) -> str:
    """The page of a problem type."""
    body = [
        f"<h1>{escape(kind.title)}</h1>",
        f"<p>Code <code>{escape(kind.code)}</code>, status {kind.status}.</p>",
        f"<p>{escape(kind.advice)}</p>",
        '<p><a href="/docs">Description of the service</a></p>',
    ]
    return _page(kind.title, body)


def _page(title: str, body: Iterable[str]) -> str:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    content = "\n".join(body)
    head += f"<style>{STYLE}</style>"
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{content}\n</body></html>\n'


def _index(operations: Iterable[tuple[str, str, Json]]) -> Iterable[str]:
    yield "<ul>"
    for path, method, operation in operations:
        link = f'<a href="#{escape(operation["operationId"])}">{escape(operation["summary"])}</a>'
        yield f"<li>{link} <code>{escape(method.upper())} {escape(path)}</code></li>"
    yield "</ul>"


def _operation(path: str, method: str, operation: Json) -> Iterable[str]:
    yield f'<h2 id="{escape(operation["operationId"])}">{escape(operation["summary"])}</h2>'
    yield f'<p><code><span class="method">{escape(method.upper())}</span> {escape(path)}</code></p>'
    yield f"<p>{escape(operation['description'])}</p>"
    if operation["parameters"]:
        yield "<table><tr><th>parameter</th><th>values</th><th>meaning</th></tr>"
        yield from (_parameter(item) for item in operation["parameters"])
        yield "</table>"
    if "requestBody" in operation:
        yield from _content("Body", operation["requestBody"]["content"])
    for status, response in operation["responses"].items():
        yield from _content(f"{status}: {response['description']}", response.get("content", {}))


def _parameter(item: Json) -> str:
    schema = item["schema"]
    codes = schema.get("enum", ())
    values = ", ".join(codes[:SHOWN_CODES]) + (", ..." if len(codes) > SHOWN_CODES else "")
    if "minimum" in schema:
        values = f"{schema['minimum']} to {schema['maximum']}, else {schema['default']}"
    need = "needed" if item["required"] else "may be left out"
    name = f"<code>{escape(item['name'])}</code><br>{item['in']}, {need}"
    cells = (name, escape(values or schema.get("format", schema["type"])), escape(item["description"]))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _content(label: str, content: Json) -> Iterable[str]:
    if not content:
        yield f"<p>{escape(label)}</p>"
    for media_type, told in content.items():
        if "$ref" not in told["schema"]:
            yield f"<p>{escape(label)} {escape(media_type)}, a file</p>"
            continue
        schema = told["schema"]["$ref"].rsplit("/", 1)[-1]
        yield f"<details><summary>{escape(label)}</summary>"
        yield f'<p>{escape(media_type)}, <a href="#schema-{escape(schema)}">{escape(schema)}</a></p>'
        for example in told["examples"].values():
            yield f"<p>{escape(example['summary'])}</p>{_code(example['value'])}"
        yield "</details>"


def _schema(name: str, schema: Json) -> str:
    shown = escape(name)
    return f'<details id="schema-{shown}"><summary><code>{shown}</code></summary>{_code(schema)}</details>'


def _code(data: object) -> str:
    return f"<pre>{escape(json.dumps(data, ensure_ascii=False, indent=2))}</pre>"
