"""Spanish."""

PHRASES = {
    "New conversation": "Nueva conversación",
    "Close": "Cerrar",
    "Conversation": "Conversación",
    "Message": "Mensaje",
    "Write a message…": "Escriba un mensaje…",
    "Send": "Enviar",
    "Stop": "Detener",
    "%(name)s is writing": "%(name)s está escribiendo",
    "The connection was lost. Your message is still here: please send it again.": (
        "Se perdió la conexión. Su mensaje sigue aquí: envíelo de nuevo, por favor."
    ),
    "Not sent": "No enviado",
    "Try again": "Intentar de nuevo",
    "Stopped.": "Detenido.",
    "Suggested questions": "Preguntas sugeridas",
    "You could also ask": "También puede preguntar",
    "This answer helped": "Esta respuesta me ayudó",
    "This answer did not help": "Esta respuesta no me ayudó",
    "Talk to a person": "Hablar con una persona",
    "From a person": "De una persona",
    "Powered by Bureau": "Funciona con Bureau",
    "From": "Fuente",
    "From the Q&A": "De las preguntas y respuestas",
    "I could not put this into words of my own just now, so I quote what I have learned.": (
        "Ahora mismo no pude decirlo con mis propias palabras, así que cito lo que he aprendido."
    ),
    "This answer broke off. Ask again to hear the rest.": (
        "Esta respuesta se interrumpió. Pregunte de nuevo para leer el resto."
    ),
    "I am resting at the moment. Please write to the team directly, or try again later.": (
        "En este momento estoy en pausa. Escriba directamente al equipo o inténtelo más tarde, por favor."
    ),
    "I have to take a break for now. Please try again later, or write to the team directly.": (
        "Tengo que hacer una pausa. Inténtelo más tarde o escriba directamente al equipo, por favor."
    ),
    "That was a lot for today. Please try again later, or write to the team directly.": (
        "Ha sido mucho por hoy. Inténtelo más tarde o escriba directamente al equipo, por favor."
    ),
    "That was a lot at once. Please wait a minute, then ask again.": (
        "Ha sido mucho de una vez. Espere un minuto y pregunte de nuevo, por favor."
    ),
    "I cannot answer at the moment. Please try again in a little while.": (
        "En este momento no puedo responder. Inténtelo de nuevo dentro de un rato, por favor."
    ),
    "This message was sent before with other words. Please send it again.": (
        "Este mensaje ya se envió con otras palabras. Envíelo de nuevo, por favor."
    ),
    "I am still answering that message. One moment, please.": (
        "Todavía estoy respondiendo a ese mensaje. Un momento, por favor."
    ),
    "No messages can be left here any more. Please write to the team directly.": (
        "Aquí ya no se pueden dejar mensajes. Escriba directamente al equipo, por favor."
    ),
    "This page is out of date. Please reload it.": "Esta página está desactualizada. Vuelva a cargarla, por favor.",
    "Please write a message first.": "Escriba primero un mensaje, por favor.",
    "Please write a message.": "Escriba un mensaje, por favor.",
    "Please keep it to 2000 characters.": "Como máximo 2000 caracteres, por favor.",
    "Please keep it to 80 characters.": "Como máximo 80 caracteres, por favor.",
    "Please keep it to 254 characters.": "Como máximo 254 caracteres, por favor.",
    "Please enter your address: the answer goes there.": "Indique su dirección, por favor: allí irá la respuesta.",
    "This is not an e-mail address. An example: name@mail.example": (
        "Esto no es una dirección de correo. Un ejemplo: name@mail.example"
    ),
    "Your name": "Su nombre",
    "Your e-mail address": "Su correo electrónico",
    "Your message": "Su mensaje",
    "optional": "opcional",
    "A person will write back to you.": "Una persona le responderá.",
    "Tell us where the answer should go.": "Díganos adónde debe ir la respuesta.",
    "I have to take a break for now.": "Tengo que hacer una pausa.",
    "I have no answer to that.": "No tengo respuesta a eso.",
    "Leave a message here, and the team will read it.": "Deje aquí un mensaje y el equipo lo leerá.",
    "Ask for an answer": "Pedir una respuesta",
    "Leave the message": "Dejar el mensaje",
    "Thank you. A person will write back to": "Gracias. Una persona responderá a",
    "Thank you. Your message is with the team.": "Gracias. El equipo tiene su mensaje.",
    "Open the conversation": "Abrir la conversación",
    "Close the conversation": "Cerrar la conversación",
    "Dismiss": "Descartar",
    "There is a new answer": "Hay una respuesta nueva",
    "When are you open?": "¿Cuál es su horario?",
    "From Monday to Friday, from nine to five.": "De lunes a viernes, de nueve a cinco.",
}
