"""The evaluator of Go templates, as far as catalog manifests use them."""

from __future__ import annotations

import pytest

from generator.bundle.gotemplate import TemplateError, render_template

DATA = {
    "Values": {"a-b": {"on": False, "n": 3, "s": "x", "list": [1, "two"], "map": {"k": {"d": None}}, "e": ""}}
}

# description, template, expected; the expected texts follow Go's text/template documentation.
ROWS = [
    ("text alone passes", "a: b\n", "a: b\n"),
    ("a field path", '{{ (index .Values "a-b").s }}', "x"),
    ("a variable", '{{ $v := index .Values "a-b" }}{{ $v.n }}', "3"),
    (
        "a variable of a block ends with it",
        "{{ $v := 1 }}{{ if true }}{{ $v := 2 }}{{ $v }}{{ end }}{{ $v }}",
        "21",
    ),
    ("an absent key", "{{ .Values.nothing.below }}", "<no value>"),
    ("if takes empty text for false", '{{ if (index .Values "a-b").e }}a{{ else }}b{{ end }}', "b"),
    ("else if", "{{ if false }}a{{ else if true }}b{{ else }}c{{ end }}d", "bd"),
    ("a default replaces nil", '{{ .Values.nothing | default "d" }}', "d"),
    ("a default leaves false", '{{ (index .Values "a-b").on | default true }}', "false"),
    ("ne and toString", '{{ ne (toString (index .Values "a-b" "on")) "false" }}', "false"),
    ("and stops at the first false", "{{ if and .Values.nothing .Values.nothing.x }}a{{ end }}b", "b"),
    (
        "toYaml and nindent",
        'x:{{ toYaml (index .Values "a-b" "map") | nindent 2 }}',
        "x:\n  k:\n      d: null",
    ),
    (
        "range over a list",
        '{{ range $i, $x := index .Values "a-b" "list" }}{{ $i }}{{ $x }} {{ end }}',
        "01 1two ",
    ),
    ("range over nothing", "{{ range .Values.nothing }}a{{ else }}b{{ end }}", "b"),
    ("with moves the dot", '{{ with index .Values "a-b" }}{{ .s }}{{ end }}', "x"),
    ("$ stays the root", '{{ with index .Values "a-b" }}{{ (index $.Values "a-b").n }}{{ end }}', "3"),
    ("trimming", "a \n {{- 1 -}} \n b", "a1b"),
    ("a comment", "a{{/* }} */}}b{{- /* c */ -}} d", "abd"),
    ("printf", '{{ printf "%s-%d-%q" "a" 7 "b" }}', 'a-7-"b"'),
    ("a raw text", "{{ `a\\n` }}", "a\\n"),
]


@pytest.mark.parametrize(("template", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_rows(template: str, expected: str) -> None:
    assert render_template(template, DATA) == expected


@pytest.mark.parametrize(
    ("template", "line", "said"),
    [
        ("a\n{{ lookup 1 }}", 2, "the function lookup is not known"),
        ("{{ if true }}", 1, "has no end"),
        ("a\nb {{ end }}", 2, "end without if"),
        ("{{ 1", 1, "not closed"),
        ("{{ $x }}", 1, "$x is not declared"),
        ('{{ "text".field }}', 1, "cannot"),
        ("{{ ( 1 }}", 1, "parenthesis"),
        ('{{ define "x" }}{{ end }}', 1, "define is not supported"),
        ("{{ range 1 }}{{ end }}", 1, "range over a number"),
        ("\n\n{{ toYaml }}", 3, "toYaml"),
    ],
)
def test_what_cannot_be_read_names_its_line(template: str, line: int, said: str) -> None:
    with pytest.raises(TemplateError) as caught:
        render_template(template, DATA)
    assert caught.value.line == line
    assert said in str(caught.value)
