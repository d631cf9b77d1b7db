"""Turkish."""

PHRASES = {
    "New conversation": "Yeni konuşma",
    "Close": "Kapat",
    "Conversation": "Konuşma",
    "Message": "Mesaj",
    "Write a message…": "Bir mesaj yazın…",
    "Send": "Gönder",
    "Stop": "Durdur",
    "%(name)s is writing": "%(name)s yazıyor",
    "The connection was lost. Your message is still here: please send it again.": (
        "Bağlantı koptu. Mesajınız hâlâ burada: lütfen yeniden gönderin."
    ),
    "Not sent": "Gönderilmedi",
    "Try again": "Yeniden dene",
    "Stopped.": "Durduruldu.",
    "Suggested questions": "Önerilen sorular",
    "You could also ask": "Şunları da sorabilirsiniz",
    "This answer helped": "Bu yanıt işime yaradı",
    "This answer did not help": "Bu yanıt işime yaramadı",
    "Talk to a person": "Bir kişiyle konuş",
    "From a person": "Ekibimizden",
    "Powered by Bureau": "Bureau ile çalışır",
    "From": "Kaynak",
    "From the Q&A": "Soru-yanıtlardan",
    "I could not put this into words of my own just now, so I quote what I have learned.": (
        "Bunu şu anda kendi sözlerimle anlatamadım, bu yüzden öğrendiklerimden alıntı yapıyorum."
    ),
    "This answer broke off. Ask again to hear the rest.": ("Bu yanıt yarıda kesildi. Devamı için yeniden sorun."),
    "I am resting at the moment. Please write to the team directly, or try again later.": (
        "Şu anda dinleniyorum. Lütfen doğrudan ekibe yazın ya da daha sonra yeniden deneyin."
    ),
    "I have to take a break for now. Please try again later, or write to the team directly.": (
        "Şimdilik ara vermem gerekiyor. Lütfen daha sonra yeniden deneyin ya da doğrudan ekibe yazın."
    ),
    "That was a lot for today. Please try again later, or write to the team directly.": (
        "Bugünlük bu kadarı yeter. Lütfen daha sonra yeniden deneyin ya da doğrudan ekibe yazın."
    ),
    "That was a lot at once. Please wait a minute, then ask again.": (
        "Bir seferde çok fazla oldu. Lütfen bir dakika bekleyip yeniden sorun."
    ),
    "I cannot answer at the moment. Please try again in a little while.": (
        "Şu anda yanıt veremiyorum. Lütfen biraz sonra yeniden deneyin."
    ),
    "This message was sent before with other words. Please send it again.": (
        "Bu mesaj daha önce başka sözlerle gönderildi. Lütfen yeniden gönderin."
    ),
    "I am still answering that message. One moment, please.": ("Bu mesajı hâlâ yanıtlıyorum. Bir dakika, lütfen."),
    "No messages can be left here any more. Please write to the team directly.": (
        "Buraya artık mesaj bırakılamıyor. Lütfen doğrudan ekibe yazın."
    ),
    "This page is out of date. Please reload it.": "Bu sayfa güncel değil. Lütfen yeniden yükleyin.",
    "Please write a message first.": "Lütfen önce bir mesaj yazın.",
    "Please write a message.": "Lütfen bir mesaj yazın.",
    "Please keep it to 2000 characters.": "Lütfen en fazla 2000 karakter yazın.",
    "Please keep it to 80 characters.": "Lütfen en fazla 80 karakter yazın.",
    "Please keep it to 254 characters.": "Lütfen en fazla 254 karakter yazın.",
    "Please enter your address: the answer goes there.": "Lütfen adresinizi girin: yanıt oraya gönderilecek.",
    "This is not an e-mail address. An example: name@mail.example": (
        "Bu bir e-posta adresi değil. Örnek: name@mail.example"
    ),
    "Your name": "Adınız",
    "Your e-mail address": "E-posta adresiniz",
    "Your message": "Mesajınız",
    "optional": "isteğe bağlı",
    "A person will write back to you.": "Size bir kişi yanıt yazacak.",
    "Tell us where the answer should go.": "Yanıtın nereye gönderileceğini yazın.",
    "I have to take a break for now.": "Şimdilik ara vermem gerekiyor.",
    "I have no answer to that.": "Buna bir yanıtım yok.",
    "Leave a message here, and the team will read it.": "Buraya bir mesaj bırakın, ekip onu okuyacaktır.",
    "Ask for an answer": "Yanıt iste",
    "Leave the message": "Mesajı bırak",
    "Thank you. A person will write back to": "Teşekkürler. Bir kişi şu adrese yanıt yazacak:",
    "Thank you. Your message is with the team.": "Teşekkürler. Mesajınız ekibe ulaştı.",
    "Open the conversation": "Konuşmayı aç",
    "Close the conversation": "Konuşmayı kapat",
    "Dismiss": "Gizle",
    "There is a new answer": "Yeni bir yanıt var",
    "When are you open?": "Ne zaman açıksınız?",
    "From Monday to Friday, from nine to five.": "Pazartesiden cumaya, dokuzdan on yediye kadar.",
}
