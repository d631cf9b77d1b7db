"""Cutting texts into passages: along headings and paragraphs, whole sentences, neither too long nor too short."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbots.knowledge import passages
from chatbots.knowledge.passages import Piece

PRICES = """# Shop

Welcome to our shop in the old town, which has been selling bread, rolls and cakes since 1920.

## Prices

A loaf of rye bread costs four euros, and a roll costs fifty cents on every day of the week.

### Cakes

Every cake costs twenty euros, and a cake with two or more floors costs ten euros more a floor.

## Delivery

Within the city we deliver on every day but Sunday, for four euros, and free from forty euros on.
"""


def texts(text: str) -> list[str]:
    return [piece.text for piece in passages.cut(text)]


@given(st.text(st.sampled_from("ab .!?\n"), max_size=600))
def test_cutting_a_text_loses_no_word_and_changes_no_order(text: str) -> None:
    assert " ".join(texts(text)).split() == text.split()


@given(st.text(st.sampled_from("ab .!?\n。！"), max_size=2000))
def test_cutting_a_text_loses_no_character(text: str) -> None:
    assert "".join("".join(texts(text)).split()) == "".join(text.split())


@given(st.lists(st.integers(1, 400), max_size=12))
def test_no_passage_is_much_longer_than_its_limit(paragraphs: list[int]) -> None:
    text = "\n\n".join("word " * length for length in paragraphs)
    assert all(0 < len(piece.split()) < passages.LONGEST + passages.FEW_WORDS for piece in texts(text))


def test_a_passage_keeps_the_path_of_headings_above_it() -> None:
    headings = [piece.heading for piece in passages.cut(PRICES)]
    assert headings == ["Shop", "Shop › Prices", "Shop › Prices › Cakes", "Shop › Delivery"]


def test_a_passage_never_crosses_a_heading() -> None:
    assert [piece.text.split()[0] for piece in passages.cut(PRICES)] == ["Welcome", "A", "Every", "Within"]
    assert not any("#" in piece.text for piece in passages.cut(PRICES))


def test_headings_with_nothing_below_them_are_what_is_there() -> None:
    assert passages.cut("# Closed for ever\n\n## Thank you") == [Piece("Closed for ever\nThank you")]


def test_a_long_path_keeps_its_innermost_headings() -> None:
    text = "# " + "a" * 250 + "\n## " + "b" * 100 + "\n### Prices\n\nOne euro."
    assert [piece.heading for piece in passages.cut(text)] == ["b" * 100 + " › Prices"]


def test_a_short_line_stays_with_what_follows_it() -> None:
    assert texts("Prices\n\n" + "bread " * 12) == ["Prices\n" + ("bread " * 12).strip()]


def test_a_list_keeps_its_lines() -> None:
    assert texts("We sell:\n- bread\n- rolls") == ["We sell:\n- bread\n- rolls"]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 5000,
        "营业时间是早上七点。" * 300,
        "Donaudampfschifffahrtsgesellschaft " * 80,
        "早上七点\n\n" * 300,
        "🥐" * 5000,
    ],
    ids=["no white space", "no spaces after full stops", "long words", "short lines", "emoji"],
)
def test_no_passage_is_much_wider_than_its_limit(text: str) -> None:
    assert max(map(len, texts(text))) <= passages.WIDEST + passages.FEW_CHARACTERS
    assert "".join("".join(texts(text)).split()) == "".join(text.split())


@pytest.mark.parametrize("mark", [".", "?!", '."', "…)", "。", "a.", "- "])
def test_however_many_marks_a_text_has_it_is_cut_at_once(mark: str) -> None:
    began = perf_counter()
    assert "".join("".join(texts(mark * 20_000 + "x")).split()) == "".join((mark * 20_000 + "x").split())
    assert perf_counter() - began < 5


def test_a_passage_ends_after_a_full_stop_that_no_space_follows() -> None:
    pieces = texts("我们每天早上七点开门！周末休息吗？不休息。" * 90)
    assert {piece[-1] for piece in pieces} <= set("。！？")
    assert all(" " not in piece for piece in pieces)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. Miller of St. Mary lives in the U.S. now. He bakes.", 2),
        ("Wir öffnen z. B. am 3. Mai um acht. Dann schließen wir.", 2),
        ("“Come in!” she said. We did. Prices rose by 3.5 percent.", 3),
        ("सुबह सात बजे खुलता है। रविवार को बंद है।", 2),
        ("متى تفتحون؟ نفتح في السابعة.", 2),
        ("早上七点开门。周末休息！", 2),
        ("- bread\n- rolls\n- cakes", 3),
    ],
)
def test_a_text_is_taken_apart_into_its_sentences(text: str, count: int) -> None:
    found = list(passages.sentences(text))
    assert len(found) == count
    assert "".join(found) == text
