"""Finding the passage that answers: in many languages, with slips, and nothing when nothing answers."""

from datetime import datetime
from threading import Thread
from time import perf_counter
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from agencies.models import User
from chatbots.bots import bots, moving
from chatbots.knowledge import indexes, retrieval, sources, words
from chatbots.knowledge.indexes import Index
from chatbots.knowledge.retrieval import Hit
from chatbots.models import Chatbot, DataSource, Passage
from tests.conftest import teach
from workspaces.models import Workspace

SHOP = {
    "Opening hours": "The bakery opens at seven in the morning and closes at six. On Sundays it is closed.",
    "Delivery": "We deliver cakes within the city for four euros, and free of charge from forty euros on.",
    "Allergens": "Our bread contains wheat and rye. Rolls with nuts are baked on the same tray as all other rolls.",
}
TONGUES = {
    "german": (
        "Öffnungszeiten: Wir haben werktags ab acht Uhr geöffnet.",
        "Fahrräder verleihen wir für zehn Euro am Tag.",
    ),
    "spanish": ("La tienda abre de lunes a sábado a las ocho.", "El envío cuesta cuatro euros y tarda tres días."),
    "french": ("La boutique ouvre à huit heures du matin.", "La livraison coûte quatre euros et prend trois jours."),
    "turkish": ("Dükkân hafta içi sabah sekizde açılır.", "Kargo ücreti kırk liradır ve üç gün sürer."),
    "arabic": ("يفتح المتجر في الساعة الثامنة صباحا.", "يكلف التوصيل أربعة يورو ويستغرق ثلاثة أيام."),
    "hebrew": ("החנות נפתחת בשעה שמונה בבוקר.", "המשלוח עולה ארבעה שקלים ולוקח שלושה ימים."),
    "russian": ("Магазин открывается в восемь часов утра.", "Доставка стоит четыреста рублей и занимает три дня."),
    "greek": ("Το κατάστημα ανοίγει στις οκτώ το πρωί.", "Η αποστολή κοστίζει τέσσερα ευρώ και διαρκεί τρεις ημέρες."),
    "hindi": ("दुकान सुबह आठ बजे खुलती है।", "डिलीवरी का शुल्क चालीस रुपये है और तीन दिन लगते हैं।"),
    "thai": ("ร้านเปิดเวลาแปดโมงเช้าทุกวัน", "ค่าจัดส่งสินค้าสี่สิบบาทและใช้เวลาสามวัน"),
    "vietnamese": ("Cửa hàng mở cửa lúc tám giờ sáng.", "Phí giao hàng là bốn mươi nghìn đồng."),
    "chinese": ("商店每天早上八点开门营业。", "送货费用为四十元，需要三天时间。"),
    "japanese": ("店は毎朝八時に開店します。", "配送料は四百円で、三日かかります。"),
    "korean": ("가게는 매일 아침 여덟 시에 문을 엽니다.", "배송비는 사천 원이며 사흘이 걸립니다."),
}
ASKED = {
    "german": ("offnungszeiten?", "Kann ich ein Fahrrad leihen?"),
    "spanish": ("¿A qué hora abren la tienda el sabado?", "¿Cuánto cuestan los envios?"),
    "french": ("À quelle heure ouvre votre boutique ?", "Combien coute une livraison ?"),
    "turkish": ("Dükkan sabah kaçta açılıyor?", "KARGO ÜCRETİ NE KADAR?"),
    "arabic": ("متى يفتح المَتجر؟", "كم يكلف التوصيل؟"),
    "hebrew": ("מתי החנות נפתחת?", "כמה עולה המשלוח?"),
    "russian": ("Во сколько открывается магазин?", "Сколько стоит доставка?"),
    "greek": ("Ποτε ανοιγει το καταστημα;", "ΠΟΣΟ ΚΟΣΤΙΖΕΙ Η ΑΠΟΣΤΟΛΗ;"),
    "hindi": ("दुकान कब खुलती है?", "डिलीवरी का शुल्क कितना है?"),
    "thai": ("ร้านเปิดกี่โมง", "ค่าจัดส่งเท่าไหร่"),
    "vietnamese": ("Cửa hàng mở cửa lúc mấy giờ?", "phi giao hang bao nhieu?"),
    "chinese": ("你们的商店几点开门？", "送货费用是多少？"),
    "japanese": ("開店は何時ですか？", "配送料はいくらですか？"),
    "korean": ("가게는 몇 시에 문을 여나요?", "배송비가 얼마인가요?"),
}


def titles(bot: Chatbot, question: str) -> list[str]:
    return [hit.passage.source.title for hit in retrieval.search(bot, question)]


def sure(bot: Chatbot, question: str) -> list[Hit]:
    return [hit for hit in retrieval.search(bot, question) if hit.sure]


@pytest.fixture
def shop(baker: Chatbot) -> Chatbot:
    baker.sources.all().delete()
    for title, text in SHOP.items():
        teach(baker, title, text)
    return baker


# --- what is found ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("When do you open in the morning?", "Opening hours"),
        ("are you closed on sunday", "Opening hours"),
        ("Is the delivery of cakes free of charge?", "Delivery"),
        ("What allergens does the bread contain?", "Allergens"),
        ("NUTS?!", "Allergens"),
        ("delivering a cake", "Delivery"),
        ("do you delivr cakes", "Delivery"),
        ("opening huors on sundey", "Opening hours"),
    ],
)
def test_the_passage_that_answers_comes_first(shop: Chatbot, question: str, title: str) -> None:
    assert sure(shop, question)[0].passage.source.title == title


@pytest.mark.parametrize("tongue", TONGUES)
def test_it_finds_in_every_language_whatever_the_chatbots_setting(shop: Chatbot, tongue: str) -> None:
    for number, text in enumerate(TONGUES[tongue]):
        teach(shop, f"Text {number}", text)
    found = [sure(shop, question) for question in ASKED[tongue]]
    assert [hits[0].passage.source.title if hits else None for hits in found] == ["Text 0", "Text 1"]


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("XR-200 battery", "XR-200"),
        ("battery of the xr200", "XR-200"),
        ("battery of the XR 210?", "XR-210"),
        ("Article 4006381333931", "Pencil"),
        ("what does 1190 stand for", "Order numbers"),
    ],
)
def test_codes_and_numbers_are_found_as_people_write_them(shop: Chatbot, question: str, title: str) -> None:
    teach(shop, "XR-200", "The battery of the XR-200 lasts for eight hours and is charged in two.")
    teach(shop, "XR-210", "The battery of the XR-210 lasts for nine hours and is charged in three.")
    teach(shop, "Pencil", "Article 4006381333931 is a pencil of medium hardness.")
    teach(shop, "Order numbers", "An order above 1,190 stands for a customer abroad.")
    assert titles(shop, question)[0] == title


def test_a_title_and_a_heading_tell_what_a_passage_is_about(shop: Chatbot) -> None:
    parts = "# Spare parts\n\nThey are sent on the next day, in a box of their own."
    teach(shop, "Handbook", f"{parts}\n\n# Returns\n\nWithin thirty days, if nobody has worn them.")
    assert retrieval.search(shop, "How do I get spare parts?")[0].passage.heading == "Spare parts"
    assert titles(shop, "handbook returns")[0] == "Handbook"


def test_a_rare_word_weighs_more_than_a_common_one(baker: Chatbot) -> None:
    for day in range(20):
        teach(baker, f"Day {day}", f"The bakery sells bread on day number {day} of every month, and coffee with it.")
    teach(baker, "Marzipan", "Marzipan is sold in December only, by the slice or as a whole loaf, as a present.")
    assert titles(baker, "When is marzipan sold?")[0] == "Marzipan"


def test_a_question_is_found_by_its_own_words(shop: Chatbot) -> None:
    teach(shop, "May I pay by card?", "Yes.", DataSource.Kind.QA)
    assert titles(shop, "can I pay by card") == ["May I pay by card?"]


# --- what is not -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    ["Do you repair bicycles?", "Who won the world cup?", "", "the of and", "???", "🥐", "x" * 2000, "' \\ & | ! :*"],
)
def test_a_question_that_nothing_answers_finds_nothing(shop: Chatbot, question: str) -> None:
    assert retrieval.search(shop, question) == []


@pytest.mark.parametrize(
    "question",
    [
        "Do you sell bicycles in the morning?",
        "Who founded the bakery of Hamburg?",
        "Is there a car park for the bread?",
    ],
)
def test_a_passage_that_has_only_some_of_the_words_is_no_answer(shop: Chatbot, question: str) -> None:
    assert sure(shop, question) == []


def test_an_endless_question_is_answered_as_any(shop: Chatbot) -> None:
    many = " ".join(f"word{number}" for number in range(2000))
    assert titles(shop, f"nuts {many}"[:20_000]) == []


@pytest.mark.parametrize("letter", ["x", "ä"])
def test_a_word_of_any_length_is_read_at_once(letter: str) -> None:
    began = perf_counter()
    assert list(words.joined(letter * 50_000)) == []
    assert list(words.joined(f"{letter}{letter}-{letter}")) == [letter * 3]
    assert perf_counter() - began < 5


@pytest.mark.usefixtures("crier", "bookworm")
def test_a_search_stays_within_its_chatbot(shop: Chatbot) -> None:
    found = [*retrieval.search(shop, "newspapers of forty countries"), *retrieval.search(shop, "books never read")]
    own = set(shop.passages.values_list("pk", flat=True))
    assert {hit.passage.pk for hit in found} <= own


# --- when passages change --------------------------------------------------------------------------------------------


def test_what_changes_is_found_at_once(shop: Chatbot, ada: User, now: datetime) -> None:
    assert titles(shop, "marzipan") == []
    added = teach(shop, "Marzipan", "Marzipan is sold in December only.")
    assert titles(shop, "marzipan") == ["Marzipan"]
    sources.revise(added, title="Sweets", text="Nougat is sold in December only.", by=ada, now=now)
    assert (titles(shop, "marzipan"), titles(shop, "nougat"), titles(shop, "sweets")) == ([], ["Sweets"], ["Sweets"])
    sources.delete(added, by=ada, now=now)
    assert titles(shop, "nougat") == []


def test_whoever_writes_a_passage_a_title_or_an_address_by_hand_is_noticed(shop: Chatbot) -> None:
    assert titles(shop, "marzipan") == []
    source = shop.sources.get(title="Delivery")
    Passage.objects.filter(source=source).update(text="Marzipan.")
    assert titles(shop, "marzipan") == ["Delivery"]
    DataSource.objects.filter(pk=source.pk).update(title="Sweets")
    assert titles(shop, "sweets") == ["Sweets"]
    DataSource.objects.filter(pk=source.pk).update(url="https://moved.example/")
    assert retrieval.search(shop, "sweets")[0].passage.source.url == "https://moved.example/"
    Passage.objects.filter(source=source).delete()
    assert titles(shop, "marzipan") == []


def test_what_was_rolled_back_is_not_found(shop: Chatbot) -> None:
    with transaction.atomic():
        teach(shop, "Marzipan", "Marzipan is sold in December only.")
        assert titles(shop, "marzipan") == ["Marzipan"]
        transaction.set_rollback(True)
    assert titles(shop, "marzipan") == []
    teach(shop, "Nougat", "Nougat is sold in December only.")
    assert titles(shop, "nougat") == ["Nougat"]


@pytest.mark.django_db(transaction=True)
def test_another_process_that_learns_is_noticed(baker: Chatbot) -> None:
    assert titles(baker, "marzipan") == []

    def elsewhere() -> None:
        teach(baker, "Marzipan", "Marzipan is sold in December only.")
        connection.close()

    thread = Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert titles(baker, "marzipan") == ["Marzipan"]


def test_a_clone_finds_what_its_original_knows(shop: Chatbot, bookshop: Workspace, ada: User, now: datetime) -> None:
    copy = moving.clone(shop, to=bookshop, name="Copy", by=ada, now=now)
    assert titles(copy, "nuts in bread") == ["Allergens"]


def test_a_deleted_chatbot_finds_nothing(shop: Chatbot, ada: User, now: datetime) -> None:
    gone = Chatbot.objects.select_related("workspace").get(pk=shop.pk)
    bots.delete(shop, by=ada, now=now)
    assert retrieval.search(gone, "nuts") == []


def test_indexes_are_kept_until_they_are_too_many(shop: Chatbot, bookworm: Chatbot) -> None:
    first, second = indexes.of(shop), indexes.of(bookworm)
    shelf = indexes.Shelf(first.size + second.size - 1)
    shelf.put(1, first)
    assert shelf.find(1, first.version) is first
    shelf.put(2, second)
    assert shelf.find(1, first.version) is None
    assert shelf.find(2, second.version) is second
    assert shelf.find(2, first.version) is None


def test_the_same_index_is_used_until_something_changes(shop: Chatbot) -> None:
    before = indexes.of(shop)
    assert indexes.of(shop) is before
    teach(shop, "Marzipan", "Marzipan is sold in December only.")
    assert indexes.of(shop) is not before


def test_of_a_chatbot_that_learned_too_much_the_first_passages_are_found(
    shop: Chatbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "MOST_TEXT", sum(len(known.indexed) for known in indexes.of(shop).passages) + 20)
    teach(shop, "Marzipan", "Marzipan is sold in December only.")
    assert titles(shop, "marzipan") == []
    assert titles(shop, "nuts in bread") == ["Allergens"]


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_an_index_keeps_no_connection(baker: Chatbot) -> None:
    known: list[BaseDatabaseWrapper] = []
    found: list[str] = []

    def ask() -> None:
        known.append(connections["default"])
        found.extend(titles(baker, "When does the bakery open?"))
        connection.close()

    with indexes.building[baker.pk % len(indexes.building)]:
        thread = Thread(target=ask)
        thread.start()
        thread.join(2)
        assert thread.is_alive()
        assert known[0].connection is None
    thread.join()
    assert found == ["Opening hours"]


@pytest.mark.parametrize("characters", [0, 1_000_000])
def test_large_indexes_are_made_one_after_the_other(
    shop: Chatbot, monkeypatch: pytest.MonkeyPatch, characters: int
) -> None:
    taken: list[bool] = []
    made = indexes.indexed

    def making(*args: Any, **kwargs: Any) -> Index:
        taken.append(indexes.large_ones.locked())
        return made(*args, **kwargs)

    monkeypatch.setattr(indexes, "LARGE", characters)
    monkeypatch.setattr(indexes, "indexed", making)
    teach(shop, "Marzipan", "Marzipan is sold in December only.")
    assert titles(shop, "marzipan") == ["Marzipan"]
    assert taken == [characters == 0]
