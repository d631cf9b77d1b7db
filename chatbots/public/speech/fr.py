"""French."""

PHRASES = {
    "New conversation": "Nouvelle conversation",
    "Close": "Fermer",
    "Conversation": "Conversation",
    "Message": "Message",
    "Write a message…": "Écrivez un message…",
    "Send": "Envoyer",
    "Stop": "Arrêter",
    "%(name)s is writing": "%(name)s est en train d’écrire",
    "The connection was lost. Your message is still here: please send it again.": (
        "La connexion a été interrompue. Votre message est toujours là : veuillez l’envoyer à nouveau."
    ),
    "Not sent": "Non envoyé",
    "Try again": "Réessayer",
    "Stopped.": "Arrêté.",
    "Suggested questions": "Questions proposées",
    "You could also ask": "Vous pouvez aussi demander",
    "This answer helped": "Cette réponse m’a aidé",
    "This answer did not help": "Cette réponse ne m’a pas aidé",
    "Talk to a person": "Parler à quelqu’un",
    "From a person": "De notre équipe",
    "Powered by Bureau": "Propulsé par Bureau",
    "From": "Source",
    "From the Q&A": "Extrait des questions-réponses",
    "I could not put this into words of my own just now, so I quote what I have learned.": (
        "Je n’ai pas pu le formuler moi-même à l’instant, je cite donc ce que j’ai appris."
    ),
    "This answer broke off. Ask again to hear the rest.": (
        "Cette réponse s’est interrompue. Posez de nouveau la question pour lire la suite."
    ),
    "I am resting at the moment. Please write to the team directly, or try again later.": (
        "Je suis en pause pour le moment. Veuillez écrire directement à l’équipe, ou réessayer plus tard."
    ),
    "I have to take a break for now. Please try again later, or write to the team directly.": (
        "Je dois faire une pause. Veuillez réessayer plus tard, ou écrire directement à l’équipe."
    ),
    "That was a lot for today. Please try again later, or write to the team directly.": (
        "C’était beaucoup pour aujourd’hui. Veuillez réessayer plus tard, ou écrire directement à l’équipe."
    ),
    "That was a lot at once. Please wait a minute, then ask again.": (
        "C’était beaucoup à la fois. Veuillez attendre une minute, puis reposer votre question."
    ),
    "I cannot answer at the moment. Please try again in a little while.": (
        "Je ne peux pas répondre pour le moment. Veuillez réessayer dans un instant."
    ),
    "This message was sent before with other words. Please send it again.": (
        "Ce message a déjà été envoyé avec d’autres mots. Veuillez l’envoyer à nouveau."
    ),
    "I am still answering that message. One moment, please.": (
        "Je suis encore en train de répondre à ce message. Un instant, s’il vous plaît."
    ),
    "No messages can be left here any more. Please write to the team directly.": (
        "On ne peut plus laisser de message ici. Veuillez écrire directement à l’équipe."
    ),
    "This page is out of date. Please reload it.": "Cette page n’est plus à jour. Veuillez la recharger.",
    "Please write a message first.": "Veuillez d’abord écrire un message.",
    "Please write a message.": "Veuillez écrire un message.",
    "Please keep it to 2000 characters.": "2000 caractères au maximum, s’il vous plaît.",
    "Please keep it to 80 characters.": "80 caractères au maximum, s’il vous plaît.",
    "Please keep it to 254 characters.": "254 caractères au maximum, s’il vous plaît.",
    "Please enter your address: the answer goes there.": (
        "Veuillez indiquer votre adresse : c’est là qu’ira la réponse."
    ),
    "This is not an e-mail address. An example: name@mail.example": (
        "Ce n’est pas une adresse e-mail. Un exemple : name@mail.example"
    ),
    "Your name": "Votre nom",
    "Your e-mail address": "Votre adresse e-mail",
    "Your message": "Votre message",
    "optional": "facultatif",
    "A person will write back to you.": "Une personne vous répondra.",
    "Tell us where the answer should go.": "Dites-nous où envoyer la réponse.",
    "I have to take a break for now.": "Je dois faire une pause.",
    "I have no answer to that.": "Je n’ai pas de réponse à cela.",
    "Leave a message here, and the team will read it.": "Laissez un message ici, et l’équipe le lira.",
    "Ask for an answer": "Demander une réponse",
    "Leave the message": "Laisser le message",
    "Thank you. A person will write back to": "Merci. Une personne répondra à",
    "Thank you. Your message is with the team.": "Merci. L’équipe a reçu votre message.",
    "Open the conversation": "Ouvrir la conversation",
    "Close the conversation": "Fermer la conversation",
    "Dismiss": "Masquer",
    "There is a new answer": "Il y a une nouvelle réponse",
    "When are you open?": "Quand êtes-vous ouverts ?",
    "From Monday to Friday, from nine to five.": "Du lundi au vendredi, de neuf heures à dix-sept heures.",
}
