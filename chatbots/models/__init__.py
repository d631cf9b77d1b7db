"""Chatbots, what they know, and their conversations."""

from chatbots.models.bots import Chatbot, new_public_id
from chatbots.models.conversations import Conversation, Lead, Message
from chatbots.models.keys import ApiKey
from chatbots.models.knowledge import DataSource, Page, Passage, Upload

__all__ = [
    "ApiKey",
    "Chatbot",
    "Conversation",
    "DataSource",
    "Lead",
    "Message",
    "Page",
    "Passage",
    "Upload",
    "new_public_id",
]
