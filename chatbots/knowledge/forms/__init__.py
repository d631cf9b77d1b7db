"""What a chatbot can be taught by a form: texts, websites, files, and many at once."""
