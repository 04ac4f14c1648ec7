"""The corpus of answers as a whole."""

from tests.hardening.answer_verdicts import AnswerCase
from tests.hardening.answers import framings, heads, meanings

CASES: list[AnswerCase] = [*framings.CASES, *heads.CASES, *meanings.CASES]
"""Each way to answer, with its verdict."""
