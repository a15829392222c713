"""A manifest that is not YAML, or holds something else than Kubernetes objects."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from generator.engine.model import Place
from generator.lint.examined import Examined, Rule, Told

_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_ONLY_ACTIONS = re.compile(r"[ \t]*(?:\{\{-?\s*.*?\s*-?\}\}[ \t]*)+\n?", re.DOTALL)
_DEFINED = re.compile(r"\{\{-?\s*define\b.*?\{\{-?\s*end\s*-?\}\}", re.DOTALL)
# libyaml where it is there: manifests of CRDs run to megabytes.
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def check(examined: Examined) -> Iterator[Told]:
    """Yield each manifest that does not parse, and each document in one that is no object."""
    for path, text in examined.catalog.manifests.items():
        if not path.endswith((".yaml", ".yml")):
            continue
        templated = "{{" in text
        try:
            documents = list(yaml.load_all(blank_actions(text) if templated else text, Loader=_Loader))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            reason = getattr(error, "problem", None) or "it cannot be read"
            yield Told(
                Place(path, mark.line + 1 if mark else 1), f"the manifest is not YAML: {reason}", "correct it"
            )
            continue
        # A template may decide whether there is an object at all, so only fixed text is held to its fields.
        for document in documents if not templated else ():
            if document is None:
                continue
            if not isinstance(document, dict) or not document.get("kind") or not document.get("apiVersion"):
                yield Told(
                    Place(path, 1),
                    "the manifest holds a document without apiVersion and kind",
                    "write Kubernetes objects only",
                )


def blank_actions(text: str) -> str:
    """*text* with its template actions out of the way: lines of actions emptied, actions inside lines a plain word.

    Line numbers stay as they are. What the actions would insert is not known here, so only the text around them
    is checked.
    """
    text = _DEFINED.sub(_newlines, text)
    blanked = []
    for line in _joined(text):
        if _ONLY_ACTIONS.fullmatch(line):
            blanked.append(_newlines(line))
        else:
            blanked.append(_ACTION.sub(lambda m: "template" + "\n" * m.group().count("\n"), line))
    return "".join(blanked)


def _joined(text: str) -> Iterator[str]:
    """Lines, with those an action spans kept together."""
    held = ""
    for line in text.splitlines(keepends=True):
        held += line
        if held.count("{{") <= held.count("}}"):
            yield held
            held = ""
    if held:
        yield held


def _newlines(found: re.Match[str] | str) -> str:
    return "\n" * (found if isinstance(found, str) else found.group()).count("\n")


RULE = Rule(
    "manifest-yaml",
    "any",
    "Every manifest is YAML and holds Kubernetes objects.",
    "A manifest that does not parse is found here, not in the middle of a deployment.",
    check,
)
