"""German."""

PHRASES = {
    "New conversation": "Neue Unterhaltung",
    "Close": "Schließen",
    "Conversation": "Unterhaltung",
    "Message": "Nachricht",
    "Write a message…": "Nachricht schreiben …",
    "Send": "Senden",
    "Stop": "Anhalten",
    "%(name)s is writing": "%(name)s schreibt",
    "The connection was lost. Your message is still here: please send it again.": (
        "Die Verbindung ist abgebrochen. Ihre Nachricht ist noch da: Bitte senden Sie sie noch einmal."
    ),
    "Not sent": "Nicht gesendet",
    "Try again": "Noch einmal versuchen",
    "Stopped.": "Angehalten.",
    "Suggested questions": "Vorgeschlagene Fragen",
    "You could also ask": "Das könnten Sie auch fragen",
    "This answer helped": "Diese Antwort hat geholfen",
    "This answer did not help": "Diese Antwort hat nicht geholfen",
    "Talk to a person": "Mit einem Menschen sprechen",
    "From a person": "Von einem Menschen",
    "Powered by Bureau": "Läuft mit Bureau",
    "From": "Aus",
    "From the Q&A": "Aus den Fragen und Antworten",
    "I could not put this into words of my own just now, so I quote what I have learned.": (
        "Das konnte ich gerade nicht in eigene Worte fassen, deshalb zitiere ich, was ich gelernt habe."
    ),
    "This answer broke off. Ask again to hear the rest.": (
        "Diese Antwort brach ab. Fragen Sie noch einmal, um den Rest zu lesen."
    ),
    "I am resting at the moment. Please write to the team directly, or try again later.": (
        "Ich mache gerade Pause. Bitte schreiben Sie dem Team direkt, oder versuchen Sie es später noch einmal."
    ),
    "I have to take a break for now. Please try again later, or write to the team directly.": (
        "Ich muss eine Pause machen. Bitte versuchen Sie es später noch einmal, oder schreiben Sie dem Team direkt."
    ),
    "That was a lot for today. Please try again later, or write to the team directly.": (
        "Das war viel für heute. Bitte versuchen Sie es später noch einmal, oder schreiben Sie dem Team direkt."
    ),
    "That was a lot at once. Please wait a minute, then ask again.": (
        "Das war viel auf einmal. Bitte warten Sie eine Minute, und fragen Sie dann noch einmal."
    ),
    "I cannot answer at the moment. Please try again in a little while.": (
        "Ich kann gerade nicht antworten. Bitte versuchen Sie es in Kürze noch einmal."
    ),
    "This message was sent before with other words. Please send it again.": (
        "Diese Nachricht wurde schon mit anderen Worten gesendet. Bitte senden Sie sie noch einmal."
    ),
    "I am still answering that message. One moment, please.": (
        "Ich beantworte diese Nachricht noch. Einen Moment, bitte."
    ),
    "No messages can be left here any more. Please write to the team directly.": (
        "Hier können keine Nachrichten mehr hinterlassen werden. Bitte schreiben Sie dem Team direkt."
    ),
    "This page is out of date. Please reload it.": "Diese Seite ist veraltet. Bitte laden Sie sie neu.",
    "Please write a message first.": "Bitte schreiben Sie zuerst eine Nachricht.",
    "Please write a message.": "Bitte schreiben Sie eine Nachricht.",
    "Please keep it to 2000 characters.": "Bitte höchstens 2000 Zeichen.",
    "Please keep it to 80 characters.": "Bitte höchstens 80 Zeichen.",
    "Please keep it to 254 characters.": "Bitte höchstens 254 Zeichen.",
    "Please enter your address: the answer goes there.": "Bitte geben Sie Ihre Adresse an: Dorthin geht die Antwort.",
    "This is not an e-mail address. An example: name@mail.example": (
        "Das ist keine E-Mail-Adresse. Ein Beispiel: name@mail.example"
    ),
    "Your name": "Ihr Name",
    "Your e-mail address": "Ihre E-Mail-Adresse",
    "Your message": "Ihre Nachricht",
    "optional": "freiwillig",
    "A person will write back to you.": "Ein Mensch wird Ihnen antworten.",
    "Tell us where the answer should go.": "Sagen Sie uns, wohin die Antwort gehen soll.",
    "I have to take a break for now.": "Ich muss eine Pause machen.",
    "I have no answer to that.": "Darauf habe ich keine Antwort.",
    "Leave a message here, and the team will read it.": (
        "Hinterlassen Sie hier eine Nachricht, und das Team wird sie lesen."
    ),
    "Ask for an answer": "Um Antwort bitten",
    "Leave the message": "Nachricht hinterlassen",
    "Thank you. A person will write back to": "Danke. Ein Mensch antwortet an",
    "Thank you. Your message is with the team.": "Danke. Ihre Nachricht ist beim Team.",
    "Open the conversation": "Unterhaltung öffnen",
    "Close the conversation": "Unterhaltung schließen",
    "Dismiss": "Ausblenden",
    "There is a new answer": "Es gibt eine neue Antwort",
    "When are you open?": "Wann haben Sie geöffnet?",
    "From Monday to Friday, from nine to five.": "Montag bis Freitag, von neun bis siebzehn Uhr.",
}
