"""What counts as a number typed by hand."""

import pytest

from companion.book.prose import typed_numbers

HEADER = "---\njupytext:\n  text_representation:\n    format_name: myst\nkernelspec:\n  name: python3\n---\n"


@pytest.mark.parametrize(("text", "found"), [
    ("China held 77.0 % of it.", [(1, "77.0 %")]),
    ("Two lines,\nthen 1,148 million.", [(2, "1,148")]),
    ("| a | 5 |", [(1, "5")]),
    ("In 2013 and 2012–14, on 30 September 2014, by May 2014.", []),
    ("Paragraph 9, paragraphs 1 to 2, ¶10, Figure 2.", []),
    ("It was {number}`kotra-2013`, see [x](page2.md) and `year = 2013 + 5`.", []),
    ("1. First.\n2. Second, of 17.", [(2, "17.")]),
    ("```{code-cell} ipython3\nx = 5\n```\nAfter 6.", [(4, "6.")]),
    ("```{guess} a\n:unit: 5\n\nIs it 7?\n```", [(4, "7")]),
    (HEADER + "Of 3.", [(8, "3.")]),
])
def test_typed_numbers(text, found):
    assert typed_numbers(text) == found
