"""What a chatbot says: quotations, Q&A word for word, small talk, follow-up questions, and that it does not know."""

from typing import Any

import pytest

from chatbots.answers import answering, finding, quoting, small_talk
from chatbots.answers.answering import Answer
from chatbots.models import Chatbot, DataSource, Message
from tests.chatbots.test_llm import Model, model  # noqa: F401 - a fixture
from tests.conftest import Visitor, teach

HOURS = (
    "Our bakery was founded in 1920 by two brothers. It has been in the same street ever since. The oven is fired with "
    "beech wood. From Monday to Friday we open at seven. On Saturdays we open at eight. On Sundays we are closed. "
    "Our bread is sold in the market hall too. Ask for Bo if you want to see the oven."
)
GLUTEN = "Do you bake without gluten?"


def said(bot: Chatbot, *questions: str) -> Answer:
    """The answer to the last question, after the others were asked and answered."""
    history: list[Any] = []
    for question in questions:
        hits = finding.find(bot, question=question, history=history)
        answer = answering.answer(bot, question=question, hits=hits)
        history += [{"role": "user", "content": question}, {"role": "assistant", "content": answer.text}]
    return answer


@pytest.fixture
def bakery_bot(baker: Chatbot) -> Chatbot:
    baker.sources.all().delete()
    teach(baker, "About us", HOURS)
    teach(baker, "Delivery", "We deliver bread within the city. A delivery costs four euros. It takes one day.")
    teach(baker, GLUTEN, "On Mondays only;  ask for Bo.", DataSource.Kind.QA)
    return baker


# --- quotations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("When do you open on Saturdays?", "On Saturdays we open at eight."),
        ("Who founded the bakery?", "founded in 1920 by two brothers"),
        ("Whom do I ask to see the oven?", "Ask for Bo"),
    ],
)
def test_an_answer_quotes_at_most_three_sentences_that_answer(bakery_bot: Chatbot, question: str, words: str) -> None:
    answer = said(bakery_bot, question)
    assert words in answer.text
    assert answer.text in HOURS
    assert answer.text.count(".") <= quoting.SENTENCES
    assert answer.cited == ["About us"]


def test_a_short_passage_is_quoted_as_it_is(bakery_bot: Chatbot) -> None:
    assert said(bakery_bot, "What does a delivery cost?").text == bakery_bot.passages.get(source__title="Delivery").text


def test_a_text_without_full_stops_is_not_quoted_whole(bakery_bot: Chatbot) -> None:
    fresh, opens = ["ขนมปังอบใหม่ทุกวัน"], ["ร้านเปิดแปดโมงเช้า"]
    teach(bakery_bot, "ร้าน", " ".join(fresh * 40 + opens + fresh * 20))
    text = said(bakery_bot, "ร้านเปิดกี่โมง").text
    assert "ร้านเปิดแปดโมงเช้า" in text
    assert len(text) <= quoting.SENTENCES * quoting.LONG


@pytest.mark.parametrize(
    "question",
    ["Do you repair bicycles?", "Who founded Hamburg?", "How many calories has a roll?", "🥐", "?!", "of the"],
)
def test_it_says_that_it_does_not_know(bakery_bot: Chatbot, question: str) -> None:
    answer = said(bakery_bot, question)
    assert (answer.text, answer.cited, answer.found) == (answering.UNKNOWN_OTHERWISE, [], False)


# --- Q&A word for word -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", [GLUTEN, "do you bake without gluten", "Can you bake without gluten, please?"])
@pytest.mark.usefixtures("model")
def test_a_qa_of_the_question_is_answered_word_for_word_with_a_model_too(bakery_bot: Chatbot, question: str) -> None:
    assert said(bakery_bot, question).text == "On Mondays only;  ask for Bo."


def test_a_qa_of_another_question_is_material_for_the_model(
    visitor: Visitor,
    bakery_bot: Chatbot,
    model: Model,  # noqa: F811
) -> None:
    answer = visitor.ask(bakery_bot, "Is rye bread baked without gluten, and what does a loaf of it cost?")
    assert model.text.encode() in answer.content
    assert "On Mondays only" in str(model.prompts)


# --- small talk ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["hi", "Hello!", "HEY THERE", "hiiii", "Hello Baker", "Guten Tag", "¡Hola!", "مرحبا", "你好", "नमस्ते", "👋"]
)
def test_a_greeting_is_answered_with_the_first_message(bakery_bot: Chatbot, text: str) -> None:
    assert said(bakery_bot, text) == Answer(bakery_bot.first_message)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("thanks", "You're welcome!"),
        ("Thank you very much!!", "You're welcome!"),
        ("vielen Dank 🙏", "Gern geschehen!"),
        ("gracias", "¡De nada!"),
        ("Teşekkürler", "Rica ederim!"),
        ("شكراً", "على الرحب والسعة!"),
        ("谢谢", "不客气！"),
        ("bye", "Goodbye!"),
        ("Auf Wiedersehen", "Auf Wiedersehen!"),
    ],
)
def test_thanks_and_goodbyes_are_answered_in_their_language(bakery_bot: Chatbot, text: str, reply: str) -> None:
    assert said(bakery_bot, text) == Answer(reply)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("text", ["hi, when do you open?", "thanks, and what about Sundays?", "hinges", "", "no"])
def test_whatever_asks_something_is_no_small_talk(text: str) -> None:
    assert small_talk.reply(Chatbot(name="Baker"), text) == ""


def test_small_talk_needs_no_model(bakery_bot: Chatbot, model: Model) -> None:  # noqa: F811
    said(bakery_bot, "thank you")
    assert model.prompts == []


# --- follow-up questions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("When do you open?", "and on Sundays?"), "On Sundays we are closed."),
        (("When do you open?", "and on Sundays?", "And on Saturdays?"), "On Saturdays we open at eight."),
        (("Do you deliver bread?", "How much does it cost?"), "A delivery costs four euros."),
        (("Do you deliver bread?", "How long does that take?"), "It takes one day."),
    ],
)
def test_a_question_that_leans_on_the_one_before_is_answered(
    bakery_bot: Chatbot, asked: tuple[str, ...], words: str
) -> None:
    assert words in said(bakery_bot, *asked).text


@pytest.mark.parametrize("then", ["Do you repair bicycles?", "and bicycles?", "no", "🥐"])
def test_what_is_not_known_is_not_known_after_another_question_either(bakery_bot: Chatbot, then: str) -> None:
    assert said(bakery_bot, "When do you open?", then).found is False


def test_a_question_that_stands_alone_is_not_bent_by_the_one_before(bakery_bot: Chatbot) -> None:
    assert said(bakery_bot, "Do you deliver bread?", "Who founded the bakery?").cited == ["About us"]


def test_a_visitor_is_understood_by_what_they_asked_before(visitor: Visitor, bakery_bot: Chatbot) -> None:
    visitor.ask(bakery_bot, "Do you deliver bread?")
    visitor.ask(bakery_bot, "How much does it cost?")
    assert "four euros" in Message.objects.filter(author="ai").latest("pk").text


def test_nobody_is_understood_by_what_another_visitor_asked(visitor: Visitor, bakery_bot: Chatbot) -> None:
    visitor.ask(bakery_bot, "Do you deliver bread?", token="w" * 43)
    visitor.ask(bakery_bot, "How long?")
    assert Message.objects.filter(author="ai").latest("pk").found is False
