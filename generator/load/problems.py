"""The problems of `generator.engine.problems` under the loader's name: the loader finds most of them."""

from __future__ import annotations

from generator.engine.problems import Problem, ProblemsFound, suggest

__all__ = ["Problem", "ProblemsFound", "suggest"]
