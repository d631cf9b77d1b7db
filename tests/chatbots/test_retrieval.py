"""Finding the passage that answers: by stems, ranked, and nothing when nothing answers."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.models import User
from chatbots.bots import bots
from chatbots.knowledge import passages, retrieval
from chatbots.models import Chatbot, DataSource
from tests.conftest import teach

SHOP = {
    "Opening hours": "The bakery opens at seven in the morning and closes at six. On Sundays it is closed.",
    "Delivery": "We deliver cakes within the city for four euros, and free of charge from forty euros on.",
    "Allergens": "Our bread contains wheat and rye. Rolls with nuts are baked on the same tray as all other rolls.",
}


def titles(bot: Chatbot, question: str) -> list[str]:
    return [hit.passage.source.title for hit in retrieval.search(bot, question)]


@pytest.fixture
def shop(baker: Chatbot) -> Chatbot:
    baker.sources.all().delete()
    for title, text in SHOP.items():
        teach(baker, title, text)
    return baker


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("When do you open in the morning?", "Opening hours"),
        ("are you closed on sunday", "Opening hours"),
        ("Is the delivery of cakes free of charge?", "Delivery"),
        ("What allergens does the bread contain?", "Allergens"),
        ("NUTS?!", "Allergens"),
    ],
)
def test_the_passage_that_answers_comes_first(shop: Chatbot, question: str, title: str) -> None:
    assert titles(shop, question)[0] == title


@pytest.mark.parametrize(
    "question",
    ["Do you repair bicycles?", "Who won the world cup?", "", "the of and", "???", "🥐", "x" * 2000, "' \\ & | ! :*"],
)
def test_a_question_that_nothing_answers_finds_nothing(shop: Chatbot, question: str) -> None:
    assert retrieval.search(shop, question) == []


def test_words_are_found_in_their_other_forms(shop: Chatbot) -> None:
    assert "Delivery" in titles(shop, "delivering a cake")


def test_a_question_is_found_by_its_own_words(shop: Chatbot) -> None:
    teach(shop, "May I pay by card?", "Yes.", DataSource.Kind.QA)
    assert titles(shop, "can I pay by card") == ["May I pay by card?"]


@pytest.mark.usefixtures("crier", "bookworm")
def test_a_search_stays_within_its_chatbot(shop: Chatbot) -> None:
    assert retrieval.search(shop, "newspapers of forty countries") == []
    assert retrieval.search(shop, "books returned within thirty days") == []


def test_another_language_learns_the_words_anew(baker: Chatbot, ada: User, now: datetime) -> None:
    teach(baker, "Verleih", "Wir verleihen auch Fahrräder, und zwar täglich ab acht Uhr.")
    assert "Verleih" not in titles(baker, "Fahrrad")
    words = {"name": "Bäcker", "first_message": "Hallo!", "instructions": ""}
    bots.configure(baker, by=ada, now=now, language="german", **words)
    assert "Verleih" in titles(baker, "Fahrrad")


def test_a_rare_word_weighs_more_than_a_common_one(baker: Chatbot) -> None:
    for day in range(20):
        teach(baker, f"Day {day}", f"The bakery sells bread on day number {day} of every month, and coffee with it.")
    teach(
        baker, "Marzipan", "Marzipan is sold in December only, by the slice or as a whole loaf, wrapped as a present."
    )
    assert titles(baker, "When is marzipan sold?")[0] == "Marzipan"


@given(st.text(st.sampled_from("ab .!?\n"), max_size=600))
def test_cutting_a_text_loses_no_word_and_changes_no_order(text: str) -> None:
    assert " ".join(passages.cut(text)).split() == text.split()


@given(st.text(st.sampled_from("ab .!?\n。！"), max_size=2000))
def test_cutting_a_text_loses_no_character(text: str) -> None:
    assert "".join("".join(passages.cut(text)).split()) == "".join(text.split())


@given(st.lists(st.integers(1, 300), max_size=12))
def test_no_passage_is_much_longer_than_eighty_words(paragraphs: list[int]) -> None:
    text = "\n\n".join("word " * length for length in paragraphs)
    assert all(0 < len(piece.split()) < passages.LONGEST + 10 for piece in passages.cut(text))


def test_a_heading_stays_with_what_follows_it() -> None:
    assert passages.cut("Prices\n\n" + "bread " * 12) == ["Prices " + ("bread " * 12).strip()]


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
def test_no_passage_is_much_wider_than_seven_hundred_characters(text: str) -> None:
    pieces = passages.cut(text)
    assert max(len(piece) for piece in pieces) <= passages.WIDEST + passages.FEW_CHARACTERS
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_passage_ends_after_a_full_stop_that_no_space_follows() -> None:
    pieces = passages.cut("我们每天早上七点开门！周末休息吗？不休息。" * 60)
    assert {piece[-1] for piece in pieces} <= set("。！？")
    assert all(" " not in piece for piece in pieces)


def test_a_quoted_answer_is_never_huge(baker: Chatbot) -> None:
    teach(baker, "Marzipan", "marzipan " + "x" * 100_000)
    assert len(retrieval.search(baker, "marzipan")[0].passage.text) < 1000
