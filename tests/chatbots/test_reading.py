"""Reading pages and files into text: what is kept of each kind, and which letters."""

import io
import re
from typing import Any

import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from pypdf import PdfReader, PdfWriter

from chatbots.knowledge import reading
from chatbots.knowledge.reading import Unreadable, read
from tests.chatbots.files import pdf, with_part, word

pytestmark = pytest.mark.slow

STORY = "The bakery opens at seven in the morning and closes at six in the evening, on Sundays too. "


def page(body: str, head: str = "<title>Bakery</title>") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def text(data: bytes, name: str = "page.html", **hints: str) -> str:
    return read(data, name=name, **hints).text


# --- HTML ------------------------------------------------------------------------------------------------------------


def test_a_page_keeps_headings_lists_and_tables() -> None:
    table = "<table><tr><th>Day</th><th>Open</th></tr><tr><td>Monday</td><td>7 to 18</td></tr></table>"
    items = "<ul><li>Bread</li><li><p>Cakes <b>to order</b></p></li></ul>"
    body = f"<main><h1>Hours</h1><p>{STORY}</p><h2>Daily</h2>{table}<h2>Goods</h2>{items}</main>"
    kept = ["# Hours", STORY.strip(), "## Daily", "Day: Monday; Open: 7 to 18", "## Goods"]
    assert text(page(body)).split("\n\n") == [*kept, "- Bread\n- Cakes to order"]


def test_a_page_is_read_without_its_frame() -> None:
    frame = "<nav><a href='/'>Home</a> <a href='/jobs'>Jobs</a></nav>"
    body = f"{frame}<main><h1>Hours</h1><p>{STORY * 3}</p></main><footer>All rights reserved</footer>"
    read = text(page(f"{body}<script>alert('never')</script><style>p {{}}</style>"))
    assert read == f"# Hours\n\n{(STORY * 3).strip()}"


def test_a_page_that_is_no_article_is_read_as_a_whole() -> None:
    boxes = "".join(f"<div><a href='/{cake}'>{cake}</a><span>{price} euros</span></div>" for cake, price in CAKES)
    read = text(page(f"<nav>Home</nav><div>{boxes}</div>"))
    assert all(cake in read and f"{price} euros" in read for cake, price in CAKES)
    assert "Home" not in read


CAKES = [("Sacher", 41), ("Linzer", 32), ("Dobos", 53)]


def test_of_a_long_page_only_what_it_is_about_is_read() -> None:
    story = "".join(f"<p>On day {day} we baked bread number {day}. {STORY}</p>" for day in range(30))
    box = "<div class=promo><h2>More of us</h2><p><a href=/1>Cakes of the week</a></p></div>"
    body = f"<div>Welcome, stranger</div><article><h1>Diary</h1><p>4.20 €</p>{story}</article>{box}"
    read = text(page(body))
    assert read.startswith("# Diary\n\n4.20 €\n\nOn day 0 we baked")  # the short line in between is there too
    assert read.endswith(f"On day 29 we baked bread number 29. {STORY.strip()}")


def test_menus_and_boxes_about_cookies_are_left_out() -> None:
    menu = "<ul class='main-menu'><li><a href=/>Start</a></li><li><a href=/jobs>Jobs</a></li></ul>"
    cookies = "<div id='cookie-banner'>We use cookies. <button>Fine</button></div>"
    dishes = "<div class=menu><p>Soup 5.00</p><p>Fish 12.00</p></div>"
    read = text(page(f"<a href='#main'>Skip to content</a>{menu}{cookies}<h1>Today</h1>{dishes}"))
    assert read == "# Today\n\nSoup 5.00\n\nFish 12.00"


@pytest.mark.parametrize(
    "folded",
    [
        "<details><summary>{}</summary><p>{}</p></details>",
        "<h3><button aria-expanded=false>{}</button></h3><div>{}</div>",
        "<button aria-controls=a>{}</button><div id=a hidden>{}</div>",
        "<div><a href='#a' data-toggle=collapse>{}</a></div><div id=a style='display: none'>{}</div>",
        "<button class=accordion>{}</button><div>{}</div>",
    ],
)
def test_answers_that_a_click_unfolds_are_read_under_their_questions(folded: str) -> None:
    read = text(page(f"<h1>Questions</h1>{folded.format('Do you ship?', 'Yes, to all of Europe.')}"))
    assert re.fullmatch(r"# Questions\n\n#{3,4} Do you ship\?\n\nYes, to all of Europe\.", read)


def test_terms_stay_with_their_meanings() -> None:
    terms = "<dl><dt>Delivery</dt><dd>Within two days</dd><dt>Returns</dt><dd>Never, since bread grows old</dd></dl>"
    read = text(page(f"<main><h1>Terms</h1><p>{STORY}</p>{terms}</main>"))
    assert "- Delivery: Within two days\n- Returns: Never, since bread grows old" in read


def test_a_table_without_headers_is_read_in_pairs() -> None:
    table = "<table><tr><td>Monday</td><td>7 to 18</td></tr><tr><td>Sunday</td><td>closed</td></tr></table>"
    assert "Monday: 7 to 18\n\nSunday: closed" in text(page(f"<main><p>{STORY}</p>{table}</main>"))


def test_a_cell_over_two_rows_is_in_both() -> None:
    rows = "<tr><td rowspan=2>Rye</td><td>1 kg</td><td>4.20</td></tr><tr><td>2 kg</td><td>8.00</td></tr>"
    table = f"<table><tr><th>Bread</th><th>Weight</th><th>Price</th></tr>{rows}</table>"
    assert "Bread: Rye; Weight: 2 kg; Price: 8.00" in text(page(f"<main><p>{STORY}</p>{table}</main>"))


def test_links_are_absolute_and_each_is_there_once() -> None:
    places = ["b?c=1#d", "/b?c=1", "//other.example/", "mailto:a@b.example", "http://[::1"]
    links = "".join(f"<a href='{place}'>Here</a>" for place in places)
    document = read(page(f"<p>{STORY}</p>{links}"), name="x", url="https://example.org/a")
    assert document.links == ["https://example.org/b?c=1", "https://other.example/"]


def test_links_are_relative_to_the_base() -> None:
    head = "<base href='https://example.org/shop/'>"
    assert read(page(f"{STORY}<a href=a>A</a>", head), name="x", url="https://example.org/").links == [
        "https://example.org/shop/a"
    ]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title> Bakery\n &amp; Sons </title>", "Bakery & Sons"),
        ("<meta property='og:title' content='Hours'><title>Hours | Bakery</title>", "Hours"),
        ("", "Our hours"),
        (f"<title>{'x' * 500}</title>", "x" * 200),
    ],
)
def test_a_page_has_its_title(head: str, title: str) -> None:
    assert read(page(f"<h1>Our hours</h1><p>{STORY}</p>", head), name="x").title == title


@pytest.mark.parametrize("body", ["", "<div id=app></div><script>build()</script>", "<p hidden>x</p>", "<!-- x -->"])
def test_a_page_without_text_says_what_to_do(body: str) -> None:
    with pytest.raises(Unreadable, match="copy its text"):
        read(page(body, ""), name="x")


def test_a_feed_is_read_without_its_tags() -> None:
    feed = b"<?xml version='1.0'?><rss><channel><item><title>New bread</title></item></channel></rss>"
    assert "New bread" in text(feed, "feed.xml")
    assert "<" not in text(feed, "feed.xml")


# --- letters ---------------------------------------------------------------------------------------------------------

GERMAN = "Öffnungszeiten: täglich von 7 bis 18 Uhr, außer an Feiertagen. Brötchen 0,80 €, Käsekuchen 3,50 €."
LANGUAGES = {
    "cp1252": GERMAN,
    "latin-1": "Où est-ce que vous êtes situés ? À côté de la boulangerie, près de l'église. Fermé à Noël.",
    "cp1250": "Sklep jest otwarty codziennie od siódmej. Żółty ser kosztuje piętnaście złotych za kilogram.",
    "cp1254": "Fırın her gün saat yedide açılır ve akşam altıda kapanır. Siparişler için lütfen arayınız, teşekkürler.",
    "cp1251": "Магазин открыт каждый день с семи утра до шести вечера. Заказы принимаются по телефону.",
    "koi8_r": "Магазин открыт каждый день с семи утра до шести вечера. Заказы принимаются по телефону.",
    "cp1253": "Το κατάστημα είναι ανοιχτό κάθε μέρα από τις επτά το πρωί έως τις έξι το βράδυ.",
    "gb18030": "面包店每天早上七点开门，晚上六点关门。星期天和节假日休息。我们接受电话订购。",
    "shift_jis": "パン屋は毎朝七時に開店し、夕方六時に閉店します。日曜日と祝日は休みです。",
    "euc_kr": "빵집은 매일 아침 일곱 시에 열고 저녁 여섯 시에 닫습니다. 일요일과 공휴일은 쉽니다.",
}


@pytest.mark.parametrize("encoding", LANGUAGES)
def test_a_text_in_an_old_encoding_is_read(encoding: str) -> None:
    assert text(LANGUAGES[encoding].encode(encoding), "old.txt") == LANGUAGES[encoding]


@pytest.mark.parametrize(
    "said",
    [
        "Obchod je otevřen každý den od sedmi hodin ráno do šesti večer. Objednávky přijímáme také po telefonu.",
        "Az üzlet minden nap reggel héttől este hatig van nyitva. Előrendelést is szívesen fogadunk, őszintén.",
    ],
)
def test_other_letters_of_central_europe_are_told_from_those_of_the_west(said: str) -> None:
    assert text(said.encode("cp1250"), "old.txt") == said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_text_in_unicode_is_read(encoding: str) -> None:
    assert text(f"{GERMAN} 面包 🥐".encode(encoding), "new.txt") == f"{GERMAN} 面包 🥐"


@pytest.mark.parametrize("short", ["Käse", "à", "Ü 30", "naïve café", "Preis: 3 €", "5 °C ± 1"])
def test_short_texts_of_western_europe_are_read(short: str) -> None:
    assert text(short.encode("cp1252"), "short.txt") == short


def test_a_page_is_in_the_letters_that_it_says() -> None:
    russian = page(f"<p>{LANGUAGES['cp1251']}</p>".replace("\u00a0", " "), "<meta charset=windows-1251>").decode()
    assert LANGUAGES["cp1251"] in text(russian.encode("cp1251"))
    assert LANGUAGES["cp1251"] in text(russian.encode("koi8_r"), content_type="text/html; charset=KOI8-R")


def test_a_page_that_lies_about_its_letters_is_read_anyway() -> None:
    assert "Käse" in text(page(f"<p>Käse {STORY}</p>", "<meta charset=nonsense>"))
    assert STORY.strip() in text(page(f"<p>{STORY}</p>", "<meta charset=utf-16>"))
    assert "Käse" in text(page(f"<p>Käse {STORY}</p>"), content_type="text/html; charset=ascii")


def test_one_broken_letter_does_not_spoil_the_others() -> None:
    assert text(GERMAN.encode() * 3 + b"\xff Ende", "x.txt").endswith("Käsekuchen 3,50 €. Ende")
    russian = LANGUAGES["cp1251"] * 20
    broken = page(f"<p>{russian}</p>", "<meta charset=windows-1251>").decode().encode("cp1251") + b"\x98"
    assert russian in text(broken)


def test_letters_have_one_spelling_and_nothing_hidden() -> None:
    assert text("Ka\u0308se ist\u200b gut\u00ad.\r\n\r\n\r\n\r\nJa\x07.".encode(), "x.md") == "Käse ist gut.\n\nJa."


# --- Markdown, text, CSV ---------------------------------------------------------------------------------------------


def test_markdown_is_read_with_its_tables_and_both_kinds_of_headings() -> None:
    table = "| Bread | Price |\n|--|--|\n| Rye | 4 |\n\n* one\n* two\n"
    written = f"Hours\n=====\n\nOpen *daily*, [see](https://example.org).\n\n## Prices\n\n{table}"
    document = read(written.encode(), name="shop.md")
    assert document.title == "Hours"
    assert document.text == "# Hours\n\nOpen daily, see.\n\n## Prices\n\nBread: Rye; Price: 4\n\n- one\n- two"


def test_front_matter_gives_the_title() -> None:
    document = read(b"---\ntitle: 'Our shop'\ndraft: no\n---\n\nHello", name="shop.md")
    assert (document.title, document.text) == ("Our shop", "Hello")


def test_a_plain_text_keeps_its_paragraphs() -> None:
    document = read(b"First line\nsecond line\n\n\n\n* one\n* two\n", name="C:\\folder\\my notes.txt")
    assert (document.title, document.text) == ("my notes", "First line\nsecond line\n\n- one\n- two")


def test_lines_that_were_broken_where_a_screen_ends_are_one_again() -> None:
    broken = (
        "The option controls how the program handles what depends on it. It has two\n"
        "strategies: an eager one, and one that upgrades only what is needed by what\n"
        "was asked for.\n\n"
        "1. An eager one, which takes all of them, however old or new they may be\n"
        "2. Another one, which takes those that are needed and leaves all others\n"
    )
    first, second = text(broken.encode(), "x.txt").split("\n\n")
    assert "It has two strategies: an eager one, and one that upgrades only what is needed by what was asked" in first
    assert second.count("\n") == 1


def test_lines_that_are_as_long_as_they_are_stay_lines() -> None:
    kept = (
        "Bakery of the old town, at the corner of the market and the lane\nMonday to Friday 7 to 18\nSaturday 8 to 12"
    )
    assert text(f"Hours\n\n{kept}".encode(), "x.txt") == f"Hours\n\n{kept}"


def test_titles_that_are_underlined_are_headings() -> None:
    manual = "======\nManual\n======\n\nUsage\n-----\nAsk it.\n\nMore\n----\nAsk again.\n\n-----\n\nThe end."
    assert text(manual.encode(), "x.txt") == ("# Manual\n\n## Usage\n\nAsk it.\n\n## More\n\nAsk again.\n\nThe end.")


def test_lines_that_stand_alone_are_paragraphs() -> None:
    assert (
        text(b"Delivery takes two days.\nReturns are free.", "x.txt") == "Delivery takes two days.\n\nReturns are free."
    )


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_a_table_is_read_by_its_headers(sign: str) -> None:
    rows = [["Bread", "Price", "Note"], ["Rye", "4,20" if sign != "," else "4.20", ""], ["Oats", "3", "new"]]
    table = "\r\n".join(sign.join(row) for row in rows).encode("cp1252")
    assert text(table, "prices.csv").split("\n\n") == [
        f"Bread: Rye; Price: {rows[1][1]}",
        "Bread: Oats; Price: 3; Note: new",
    ]


def test_a_table_in_windows_1252_keeps_its_accents() -> None:
    assert text("Name;Preis\nBrötchen;0,80 €".encode("cp1252"), "preise.csv") == "Name: Brötchen; Preis: 0,80 €"


def test_a_table_without_headers_is_read_row_by_row() -> None:
    assert text(b"Rye,4.20\nOats,3.00", "x.csv") == "Rye: 4.20\n\nOats: 3.00"


def test_a_cell_may_hold_lines_and_signs() -> None:
    assert text(b'Name,Text\nA,"one, ""two""\nthree"\n', "x.csv") == 'Name: A; Text: one, "two" three'


# --- questions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table",
    [
        "Question,Answer\nWhen?,At seven",
        "When?;At seven",
        "id,Antwort,Frage\n7,At seven,When?",
        "\nWhen?\tAt seven\n\n",
    ],
)
def test_questions_are_read_with_their_answers(table: str) -> None:
    assert reading.questions(table.encode()) == [("When?", "At seven")]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("Question,Answer\nWhen?,At seven\nWhere?,", "Row 3 has a question without an answer"),
        ("When?,At seven\n,Here", "Row 2 has an answer without a question"),
        ("When?\nWhere?", "need two columns"),
        ("Question,Answer\n", "no questions in the file"),
        (" ", "is empty"),
    ],
)
def test_a_row_that_is_amiss_is_named(table: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        reading.questions(table.encode())


# --- DOCX ------------------------------------------------------------------------------------------------------------


def test_a_document_keeps_headings_lists_and_tables() -> None:
    def fill(document: Any) -> None:
        document.add_heading("Our shop", 0)
        document.add_heading("Hours", 1)
        document.add_paragraph(STORY)
        document.add_paragraph("Bread", style="List Bullet")
        document.add_paragraph("Cakes", style="List Number")
        table = document.add_table(3, 2)
        for row, cells in zip(table.rows, [("Day", "Open"), ("Monday", "7"), ("Sunday", "8")], strict=True):
            row.cells[0].text, row.cells[1].text = cells
        document.core_properties.title = "The shop"

    document = read(word(fill), name="shop.docx")
    assert document.title == "The shop"
    assert document.text.split("\n\n") == [
        "# Our shop",
        "# Hours",
        STORY.strip(),
        "- Bread\n- Cakes",
        "Day: Monday; Open: 7",
        "Day: Sunday; Open: 8",
    ]


def test_a_document_keeps_insertions_and_loses_deletions() -> None:
    def fill(document: Any) -> None:
        paragraph = document.add_paragraph("We open at ")
        for tag, inner, said in (("w:del", "w:delText", "eight"), ("w:ins", "w:t", "seven")):
            change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(inner)
            words.text = said
            run.append(words)
            change.append(run)
            paragraph._p.append(change)

    assert text(word(fill), "x.docx") == "We open at seven"


def test_a_document_keeps_what_is_in_content_controls() -> None:
    def fill(document: Any) -> None:
        paragraph = document.add_paragraph("Inside")._p
        control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
        paragraph.addprevious(control)
        control.append(content)
        content.append(paragraph)
        assert paragraph.getparent().tag == qn("w:sdtContent")

    assert text(word(fill), "x.docx") == "Inside"


def test_a_document_without_text_says_so() -> None:
    with pytest.raises(Unreadable, match="no text in it"):
        read(word(lambda document: None), name="x.docx")


def test_a_document_with_large_pictures_is_read() -> None:
    data = word(lambda document: document.add_paragraph("Seven"))
    assert text(with_part(data, "word/media/image1.png", bytes(120_000_000)), "x.docx") == "Seven"


# --- PDF -------------------------------------------------------------------------------------------------------------


def test_a_pdf_is_read_by_its_paragraphs() -> None:
    first = ["The bakery opens at seven in the morn-", "ing and closes at six in the evening.", "Ask us."]
    document = read(
        pdf([*first, "", "On Sundays we rest, since bread needs"], ["time to grow."], title="Hours"), name="x"
    )
    assert document.title == "Hours"
    assert document.text.split("\n\n") == [
        "The bakery opens at seven in the morning and closes at six in the evening. Ask us.",
        "On Sundays we rest, since bread needs time to grow.",
    ]


def test_what_frames_every_page_of_a_pdf_is_left_out() -> None:
    told = [f"Chapter {name} is about bread and cakes." for name in "abcde"]
    pages = [["The Bakery Ltd", said, f"Page {at} of 5"] for at, said in enumerate(told)]
    read = text(pdf(*pages), "x.pdf")
    assert "Bakery Ltd" not in read
    assert "Page 1 of 5" not in read
    assert all(said in read for said in told)


def test_a_pdf_has_the_headings_that_it_lists() -> None:
    writer = PdfWriter(
        clone_from=PdfReader(io.BytesIO(pdf(["1 Hours", "From seven to six.", "1.1 Sundays", "Closed."])))
    )
    hours = writer.add_outline_item(title="Hours", page_number=0)
    writer.add_outline_item(title="1.1 Sundays", page_number=0, parent=hours)
    made = io.BytesIO()
    writer.write(made)
    assert text(made.getvalue()) == "# 1 Hours\n\nFrom seven to six.\n\n## 1.1 Sundays\n\nClosed."


def test_words_in_another_type_do_not_part_a_sentence() -> None:
    body = f"<main><h1>The <code>bake</code> command</h1><p>Use <code>bake</code> <b>daily</b>. {STORY}</p></main>"
    assert text(page(body)) == f"# The bake command\n\nUse bake daily. {STORY.strip()}"
