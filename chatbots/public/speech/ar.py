"""Arabic."""

PHRASES = {
    "New conversation": "محادثة جديدة",
    "Close": "إغلاق",
    "Conversation": "المحادثة",
    "Message": "الرسالة",
    "Write a message…": "اكتب رسالة…",
    "Send": "إرسال",
    "Stop": "إيقاف",
    "%(name)s is writing": "يكتب %(name)s الآن",
    "The connection was lost. Your message is still here: please send it again.": (
        "انقطع الاتصال. رسالتك ما زالت هنا، يُرجى إرسالها مرة أخرى."
    ),
    "Not sent": "لم تُرسَل",
    "Try again": "حاول مرة أخرى",
    "Stopped.": "تم الإيقاف.",
    "Suggested questions": "أسئلة مقترحة",
    "You could also ask": "يمكنك أيضًا أن تسأل",
    "This answer helped": "كانت هذه الإجابة مفيدة",
    "This answer did not help": "لم تكن هذه الإجابة مفيدة",
    "Talk to a person": "تحدَّث إلى شخص",
    "From a person": "من أحد أفراد الفريق",
    "Powered by Bureau": "يعمل بواسطة Bureau",
    "From": "المصدر",
    "From the Q&A": "من الأسئلة والأجوبة",
    "I could not put this into words of my own just now, so I quote what I have learned.": (
        "لم أتمكن الآن من صياغة هذا بكلماتي، لذلك أقتبس مما تعلمته."
    ),
    "This answer broke off. Ask again to hear the rest.": "انقطعت هذه الإجابة. اسأل مرة أخرى لقراءة بقيتها.",
    "I am resting at the moment. Please write to the team directly, or try again later.": (
        "أنا في استراحة الآن. يُرجى الكتابة إلى الفريق مباشرة أو المحاولة لاحقًا."
    ),
    "I have to take a break for now. Please try again later, or write to the team directly.": (
        "عليَّ أن آخذ استراحة الآن. يُرجى المحاولة لاحقًا أو الكتابة إلى الفريق مباشرة."
    ),
    "That was a lot for today. Please try again later, or write to the team directly.": (
        "كان هذا كثيرًا لهذا اليوم. يُرجى المحاولة لاحقًا أو الكتابة إلى الفريق مباشرة."
    ),
    "That was a lot at once. Please wait a minute, then ask again.": (
        "كان هذا كثيرًا دفعة واحدة. يُرجى الانتظار دقيقة ثم السؤال مرة أخرى."
    ),
    "I cannot answer at the moment. Please try again in a little while.": (
        "لا أستطيع الإجابة الآن. يُرجى المحاولة مرة أخرى بعد قليل."
    ),
    "This message was sent before with other words. Please send it again.": (
        "أُرسلت هذه الرسالة من قبل بكلمات أخرى. يُرجى إرسالها مرة أخرى."
    ),
    "I am still answering that message. One moment, please.": "ما زلت أجيب عن هذه الرسالة. لحظة من فضلك.",
    "No messages can be left here any more. Please write to the team directly.": (
        "لم يعد ترك الرسائل هنا ممكنًا. يُرجى الكتابة إلى الفريق مباشرة."
    ),
    "This page is out of date. Please reload it.": "هذه الصفحة قديمة. يُرجى إعادة تحميلها.",
    "Please write a message first.": "يُرجى كتابة رسالة أولًا.",
    "Please write a message.": "يُرجى كتابة رسالة.",
    "Please keep it to 2000 characters.": "يُرجى ألّا يزيد النص على 2000 حرف.",
    "Please keep it to 80 characters.": "يُرجى ألّا يزيد النص على 80 حرفًا.",
    "Please keep it to 254 characters.": "يُرجى ألّا يزيد النص على 254 حرفًا.",
    "Please enter your address: the answer goes there.": "يُرجى إدخال عنوانك، فإليه يُرسَل الرد.",
    "This is not an e-mail address. An example: name@mail.example": (
        "هذا ليس عنوان بريد إلكتروني. مثال: name@mail.example"
    ),
    "Your name": "اسمك",
    "Your e-mail address": "بريدك الإلكتروني",
    "Your message": "رسالتك",
    "optional": "اختياري",
    "A person will write back to you.": "سيرد عليك شخص من الفريق.",
    "Tell us where the answer should go.": "أخبرنا إلى أين نرسل الرد.",
    "I have to take a break for now.": "عليَّ أن آخذ استراحة الآن.",
    "I have no answer to that.": "ليست لديَّ إجابة عن ذلك.",
    "Leave a message here, and the team will read it.": "اترك رسالة هنا، وسيقرؤها الفريق.",
    "Ask for an answer": "اطلب ردًّا",
    "Leave the message": "اترك الرسالة",
    "Thank you. A person will write back to": "شكرًا لك. سيصلك الرد من شخص على العنوان",
    "Thank you. Your message is with the team.": "شكرًا لك. وصلت رسالتك إلى الفريق.",
    "Open the conversation": "افتح المحادثة",
    "Close the conversation": "أغلق المحادثة",
    "Dismiss": "إخفاء",
    "There is a new answer": "هناك إجابة جديدة",
    "When are you open?": "ما هي أوقات العمل؟",
    "From Monday to Friday, from nine to five.": "من الاثنين إلى الجمعة، من التاسعة إلى الخامسة.",
}
