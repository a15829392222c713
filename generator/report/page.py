"""A run as one HTML page that stands alone: no script, no request, readable in light and dark and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape as escape_html

from generator.core.validation import PhaseReport, Report, Result
from generator.core.verdicts import PASS
from generator.report.words import (
    SHAPES,
    WORDS,
    actual_of,
    advice_of,
    command_of,
    printable,
    spell_needs,
    spell_origin,
    spell_outcome,
)

# The colours are the site's tokens; contrast is at least 4.5 on both grounds.
STYLE = """
:root{color-scheme:light dark;--text:#161b22;--second:#47515f;--ground:#fff;--line:#dde2e8;
--pass:#08764f;--fail:#a11532;--warn:#8a5f00;--unknown:#6a3fc0;--not-applicable:#5c6675}
@media (prefers-color-scheme:dark){:root{--text:#e8ecf1;--second:#b0bac6;--ground:#0f1318;--line:#29313b;--pass:#74e3b6;
--fail:#f5836d;--warn:#f0ca6a;--unknown:#c493f7;--not-applicable:#9aa5b3}}
body{font:15px/1.55 system-ui,sans-serif;max-width:70rem;margin:2rem auto;
padding:0 1rem;color:var(--text);background:var(--ground)}
h1{font-size:1.6rem;line-height:1.3}h2{font-size:1.25rem;margin-top:2.5rem}h3{font-size:1rem;margin-top:1.75rem}
p{color:var(--second)}table{border-collapse:collapse;width:100%;font-size:.9rem}.wide{overflow-x:auto}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line)}
td:first-child{white-space:nowrap}
code{font-family:ui-monospace,monospace;font-size:.92em;overflow-wrap:anywhere}small{color:var(--second)}
b.pass{color:var(--pass)}b.fail{color:var(--fail)}b.warn{color:var(--warn)}b.unknown{color:var(--unknown)}
b.not-applicable{color:var(--not-applicable)}
"""


def to_html(
    reports: Sequence[Report],
    *,
    title: str = "Validation",
    snapshot: str = "",
    catalog: str = "",
    digest: str = "",
    lifecycle: Sequence[str] = (),
    moment: str = "",
) -> str:
    """The reports as a page; *snapshot*, *catalog*, its *digest* and *moment* are told below the title where given."""
    told = [f"Snapshot {_code(snapshot)}"] if snapshot else []
    told += [f"catalog {_text(catalog)} {_code(digest)}".rstrip()] if catalog else []
    about = ", ".join([*told, *([_text(moment)] if moment else [])])
    whole = f"{reports[0].recipe}" if len(reports) == 1 else title
    parts = [f"<h1>{_text(whole)}{f': {_mark(reports[0].verdict)}' if len(reports) == 1 else ''}</h1>"]
    if about:
        parts.append(f"<p>{about}.</p>")
    if lifecycle:
        items = "".join(f"<li>{_text(sentence)}</li>" for sentence in lifecycle)
        parts.append(f"<ul>{items}</ul>")
    if len(reports) != 1:
        parts.append(_overview(reports))
    parts += [_report(report, number, alone=len(reports) == 1) for number, report in enumerate(reports, 1)]
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_text(whole)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _overview(reports: Sequence[Report]) -> str:
    rows = "".join(
        f'<tr><td>{_mark(r.verdict)}</td><td><a href="#recipe-{n}"><code>{_text(r.recipe)}</code></a></td>'
        f"<td>{_text(spell_outcome(r))}</td></tr>\n"
        for n, r in enumerate(reports, 1)
    )
    head = '<tr><th scope="col">Verdict</th><th scope="col">Recipe</th><th scope="col">Results</th></tr>'
    return f'<div class="wide"><table><thead>{head}</thead><tbody>\n{rows}</tbody></table></div>'


def _report(report: Report, number: int, *, alone: bool) -> str:
    told = spell_outcome(report)
    phases = "\n".join(_phase(phase, "h2" if alone else "h3") for phase in report.phases)
    head = "" if alone else f"<h2>{_text(report.recipe)}: {_mark(report.verdict)}</h2>\n"
    return f'<section id="recipe-{number}">\n{head}<p>{_text(told)}</p>\n{phases}\n</section>'


def _phase(phase: PhaseReport, level: str) -> str:
    head = f"<{level}>{_text(phase.name.capitalize())}: {_mark(phase.verdict)}</{level}>"
    if not phase.results:
        return f"{head}\n<p>The recipe states no rule for this phase.</p>"
    columns = ("Verdict", "Rule", "On this cluster", "Needs", "What to do")
    titles = "".join(f'<th scope="col">{column}</th>' for column in columns)
    rows = "\n".join(_row(result) for result in phase.results)
    return f'{head}\n<div class="wide"><table><thead><tr>{titles}</tr></thead><tbody>\n{rows}\n</tbody></table></div>'


def _row(result: Result) -> str:
    origin = spell_origin(result.origin)
    rule = f"{_text(result.label)}<br>{_code(result.name)}"
    if origin:
        rule += f"<br><small>set by {_text(origin)}</small>"
    unit = f" {_text(result.unit)}" if result.unit else ""
    advice = advice_of(result)
    todo = [_text(text) for text in (result.reason, advice) if text and result.verdict != PASS]
    if command := command_of(result):
        todo.append(_code(command))
    return (
        f"<tr><td>{_mark(result.verdict)}</td><td>{rule}</td><td>{_code(actual_of(result))}</td>"
        f"<td>{_code(spell_needs(result.expected))}{unit}</td><td>{'<br>'.join(todo)}</td></tr>"
    )


def _mark(verdict: str) -> str:
    return f'<b class="{verdict}"><span aria-hidden="true">{SHAPES[verdict]}</span> {WORDS[verdict]}</b>'


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>" if text else ""


def _text(text: str) -> str:
    return escape_html(printable(text), quote=True)
