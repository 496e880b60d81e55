"""The spoken form of formulas, and where formulas begin and end."""

from __future__ import annotations

import pytest

from pipeline.language.lexicons import ENGLISH, GERMAN
from pipeline.speaking.text_normalization.spoken_formula import spoken_formula
from tests.pipeline.speaking.text_normalization.texts import cut, spoken


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (r"A = \pi r^2", "A equals pi r squared"),
        (r"\frac{a}{b}", "a over b"),
        (r"\dfrac{a+1}{2b}", "a plus 1 over 2 b"),
        (r"x^{n-1}", "x to the power of n minus 1"),
        (r"x_i^3", "x sub i cubed"),
        (r"\sqrt{x} \cdot \sqrt[3]{y}", "the square root of x times the cube root of y"),
        (r"\sqrt[n]{x}", "the n-th root of x"),
        (
            r"\sum_{i=1}^{n} i \leq \infty",
            "the sum from i equals 1 to n of i is less than or equal to infinity",
        ),
        (r"\int_0^1 f(x) \, dx", "the integral from 0 to 1 of f of x d x"),
        (r"\text{speed} = \frac{d}{t}", "speed equals d over t"),
        (r"90^\circ \approx \frac{\pi}{2}", "90 degrees is approximately pi over 2"),
        (r"a \times b \neq c \pm d", "a times b is not equal to c plus or minus d"),
        (r"\Delta x \in \mathbb{R}", "delta x in R"),
        (r"\binom{n}{k}", "n choose k"),
        (r"50\%", "50 percent"),
        ("x" * 300, None),
        (r"\begin{pmatrix}1 & 2\end{pmatrix}", None),
        ("{" * 100, None),
        (r"\frac", " over".strip()),
    ],
)
def test_a_formula_in_words(formula: str, said: str | None) -> None:
    assert spoken_formula(formula, ENGLISH) == said


def test_in_german() -> None:
    assert (
        spoken_formula(r"\frac{a}{b} \leq x^2", GERMAN) == "a durch b kleiner oder gleich x Quadrat"
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (r"The area is $A = \pi r^2$.", "The area is A equals pi r squared."),
        (r"Here \(x^2\) grows.", "Here x squared grows."),
        (r"\[E = mc^2\] holds.", "E equals m c squared holds."),
        ("$$x + y$$ holds.", "x plus y holds."),
        (r"So \frac{a}{b} is it.", "So a over b is it."),
        (r"Here $\begin{matrix}1\end{matrix}$ is it.", "Here a formula is it."),
    ],
)
def test_a_sentence_with_a_formula_is_posted_as_well(written: str, said: str) -> None:
    assert cut(f"Well. {written} Yes.") == (["Well.", said, "Yes."], [written])


def test_a_single_letter_is_not_posted_as_a_formula() -> None:
    assert cut("Let $x$ be small.") == (["Let x be small."], [])


def test_a_sentence_does_not_end_within_a_formula() -> None:
    assert spoken(r"Let \(a. b_1\) be. It is.") == ["Let a. b sub 1 be.", "It is."]
