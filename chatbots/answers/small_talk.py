"""Greetings, thanks and goodbyes, which need no source. Only where a message is nothing else."""

import re

from chatbots.knowledge import words
from chatbots.models import Chatbot

GREETINGS = (
    "hi|hello|hey|hiya|howdy|greetings|good morning|good afternoon|good evening|good day|hi there|hello there|"
    "hey there|hallo|guten tag|guten morgen|guten abend|moin|servus|grüß gott|grüezi|hola|buenos días|"
    "buenas tardes|buenas noches|buenas|bonjour|bonsoir|salut|coucou|merhaba|selam|günaydın|iyi günler|"
    "iyi akşamlar|مرحبا|أهلا|السلام عليكم|سلام|صباح الخير|مساء الخير|ciao|salve|buongiorno|buonasera|olá|oi|"
    "bom dia|boa tarde|boa noite|hoi|goedemorgen|goedemiddag|goedenavond|hej|hei|god dag|cześć|dzień dobry|ahoj|"
    "dobrý den|bună|bună ziua|szia|привет|здравствуйте|добрый день|добрый вечер|доброе утро|привіт|γεια|γεια σας|"
    "γεια σου|καλημέρα|καλησπέρα|नमस्ते|नमस्कार|xin chào|chào bạn|chào|สวัสดี|สวัสดีครับ|สวัสดีค่ะ|你好|您好|嗨|早上好|"
    "こんにちは|おはようございます|こんばんは|안녕하세요|안녕|שלום|halo|selamat pagi|selamat siang|👋"
)
THANKS = {
    "You're welcome!": (
        "thanks|thank you|thx|ty|cheers|thanks a lot|many thanks|thank you very much|thank you so much|thanks so much|"
        "ok thanks|okay thanks|great thanks|perfect thanks|ok thank you|🙏"
    ),
    "Gern geschehen!": "danke|danke schön|dankeschön|vielen dank|danke sehr|besten dank|tausend dank|ok danke",
    "¡De nada!": "gracias|muchas gracias|mil gracias|ok gracias|vale gracias",
    "Avec plaisir !": "merci|merci beaucoup|merci bien|un grand merci|ok merci",
    "Rica ederim!": "teşekkürler|teşekkür ederim|çok teşekkürler|çok teşekkür ederim|sağ ol|sağ olun",
    "على الرحب والسعة!": "شكرا|شكرا لك|شكرا جزيلا|ألف شكر",
    "Prego!": "grazie|grazie mille|molte grazie",
    "De nada!": "obrigado|obrigada|muito obrigado|muito obrigada",
    "Graag gedaan!": "dank je|dank je wel|dank u|dank u wel|bedankt|hartelijk dank",
    "Пожалуйста!": "спасибо|большое спасибо|спасибо большое|благодарю",
    "Παρακαλώ!": "ευχαριστώ|ευχαριστώ πολύ|σας ευχαριστώ",
    "Cu plăcere!": "mulțumesc|mulțumesc mult|mersi",
    "Proszę bardzo!": "dziękuję|dzięki|dziękuję bardzo",
    "आपका स्वागत है!": "धन्यवाद|शुक्रिया|बहुत धन्यवाद",
    "Không có gì!": "cảm ơn|cảm ơn bạn|cảm ơn nhiều",
    "ยินดีครับ": "ขอบคุณ|ขอบคุณครับ|ขอบคุณค่ะ|ขอบคุณมาก",
    "不客气！": "谢谢|谢谢你|谢谢您|多谢|非常感谢|謝謝",
    "どういたしまして。": "ありがとう|ありがとうございます",
    "천만에요!": "감사합니다|고맙습니다",
}
GOODBYES = {
    "Goodbye!": "bye|bye bye|goodbye|good bye|see you|see you later|have a nice day|thanks bye|good night",
    "Auf Wiedersehen!": "tschüss|tschüs|auf wiedersehen|bis bald|bis dann|schönen tag noch|gute nacht",
    "¡Hasta luego!": "adiós|hasta luego|hasta pronto|chao",
    "Au revoir !": "au revoir|à bientôt|bonne journée|bonne soirée",
    "Hoşça kalın!": "hoşça kal|hoşça kalın|güle güle|görüşürüz",
    "مع السلامة!": "مع السلامة|إلى اللقاء|وداعا",
    "Arrivederci!": "arrivederci|a presto",
    "До свидания!": "до свидания|пока|всего доброго",
    "再见！": "再见|拜拜",
    "Αντίο!": "αντίο|καλό βράδυ",
    "La revedere!": "la revedere|pa",
}
LONGEST = 60  # characters


def plain(text: str) -> str:
    """Words alone, one space between, or signs where there are no words; a drawn out one (hiiii) is shortened."""
    found = re.findall(rf"[{words.LETTER}]+", words.unaccent(words.fold(text))) or re.findall("[👋🙏]", text)
    return re.sub(r"(\w)\1{2,}", r"\1", " ".join(found))


def known(phrases: str) -> frozenset[str]:
    return frozenset(map(plain, phrases.split("|")))


GREETED = known(GREETINGS)
ANSWERED = {phrase: reply for kind in (THANKS, GOODBYES) for reply, some in kind.items() for phrase in known(some)}


def reply(chatbot: Chatbot, text: str) -> str:
    """What to say to a message that only greets, thanks or takes leave; nothing to any other."""
    if len(text) > LONGEST:
        return ""
    said = plain(text)
    if said in GREETED or any(said == f"{word} {plain(chatbot.name)}" for word in GREETED):
        return chatbot.first_message
    return ANSWERED.get(said, "")
