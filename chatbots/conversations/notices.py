"""The lines by which a conversation says who speaks from now on, in the chatbot's language. They cost nothing."""

from datetime import datetime
from enum import Enum

from chatbots.models import Chatbot, Conversation, Message

Language = Chatbot.Language


class Notice(Enum):
    """What happened, and its words in the languages that chatbots have; English for all others."""

    CALLED = {
        Language.ENGLISH: "I have called a person. Please stay here: the answer comes in this conversation.",
        Language.GERMAN: "Ich habe jemanden gerufen. Bitte bleiben Sie hier: Die Antwort kommt in diesem Gespräch.",
        Language.SPANISH: "He avisado a una persona. Quédese aquí: la respuesta llega en esta conversación.",
        Language.FRENCH: "J'ai appelé une personne. Restez ici : la réponse arrive dans cette conversation.",
        Language.TURKISH: "Bir kişiyi çağırdım. Lütfen burada kalın: yanıt bu görüşmede gelecek.",
        Language.ARABIC: "لقد استدعيت شخصًا. يرجى البقاء هنا: سيصل الرد في هذه المحادثة.",
    }
    JOINED = {
        Language.ENGLISH: "A person from the team is here now.",
        Language.GERMAN: "Jetzt ist jemand aus dem Team für Sie da.",
        Language.SPANISH: "Ahora le atiende una persona del equipo.",
        Language.FRENCH: "Une personne de l'équipe est là maintenant.",
        Language.TURKISH: "Şimdi ekipten biri burada.",
        Language.ARABIC: "شخص من الفريق معك الآن.",
    }
    BACK = {
        Language.ENGLISH: "The person has left. I answer again.",
        Language.GERMAN: "Die Person ist gegangen. Ab jetzt antworte wieder ich.",
        Language.SPANISH: "La persona se ha ido. Vuelvo a responder yo.",
        Language.FRENCH: "La personne est partie. Je réponds de nouveau.",
        Language.TURKISH: "Kişi ayrıldı. Artık yine ben yanıtlıyorum.",
        Language.ARABIC: "غادر الشخص. سأجيب أنا من جديد.",
    }
    LATE = {
        Language.ENGLISH: "Nobody is free at the moment, I am sorry. I answer again; you can leave a message as well.",
        Language.GERMAN: "Leider ist niemand frei. Ich antworte wieder; Sie können auch eine Nachricht hinterlassen.",
        Language.SPANISH: "Lo siento, ahora no hay nadie libre. Vuelvo a responder yo; también puede dejar un mensaje.",
        Language.FRENCH: "Désolé, personne n'est libre. Je réponds de nouveau ; vous pouvez aussi laisser un message.",
        Language.TURKISH: "Üzgünüm, şu anda kimse müsait değil. Yine ben yanıtlıyorum; mesaj da bırakabilirsiniz.",
        Language.ARABIC: "عذرًا، لا يوجد أحد متاح الآن. سأجيب أنا من جديد؛ ويمكنك أيضًا ترك رسالة.",
    }
    DONE = {
        Language.ENGLISH: "This is settled, then. Whatever you write next, I answer.",
        Language.GERMAN: "Das ist damit erledigt. Was Sie als Nächstes schreiben, beantworte wieder ich.",
        Language.SPANISH: "Esto queda resuelto. A lo próximo que escriba respondo yo.",
        Language.FRENCH: "C'est réglé. Je répondrai à ce que vous écrirez ensuite.",
        Language.TURKISH: "Bu konu çözüldü. Bundan sonra yazdıklarınızı ben yanıtlarım.",
        Language.ARABIC: "تم حل هذا الأمر. سأجيب أنا عما تكتبه بعد ذلك.",
    }

    def words(self, chatbot: Chatbot) -> str:
        return str(self.value.get(Language(chatbot.language)) or self.value[Language.ENGLISH])


def say(conversation: Conversation, notice: Notice, *, now: datetime) -> Message:
    """Store the line. The caller has just written to the conversation, and so holds its lock."""
    Conversation.objects.filter(pk=conversation.pk).update(last_at=now)
    return Message.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        author=Message.Author.NOTICE,
        text=notice.words(conversation.chatbot),
        at=now,
    )
