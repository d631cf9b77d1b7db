"""Chatbots, what they know, and their conversations."""

from chatbots.models.blueprints import Blueprint, BlueprintLink, BlueprintPush
from chatbots.models.bots import Chatbot, new_public_id
from chatbots.models.changes import Avatar, SettingsChange
from chatbots.models.conversations import Conversation, Lead, Message
from chatbots.models.embedding import Embedding, IdentitySecret
from chatbots.models.keys import ApiKey
from chatbots.models.knowledge import DataSource, Page, Passage, Upload
from chatbots.models.metrics import MetricsDay, MetricsMark, MetricsTerm
from chatbots.models.onboarding import HiddenOnboarding, OnboardingStep
from chatbots.models.people import CaughtUp, Duty, Forgotten, Note, Reading, RightAnswer, SavedView
from chatbots.models.providers import AgencyProvider, ChatbotProvider, Endpoint
from chatbots.models.reports import Report, ReportRule

__all__ = [
    "AgencyProvider",
    "ApiKey",
    "Avatar",
    "Blueprint",
    "BlueprintLink",
    "BlueprintPush",
    "CaughtUp",
    "Chatbot",
    "ChatbotProvider",
    "Conversation",
    "DataSource",
    "Duty",
    "Embedding",
    "Endpoint",
    "Forgotten",
    "HiddenOnboarding",
    "IdentitySecret",
    "Lead",
    "Message",
    "MetricsDay",
    "MetricsMark",
    "MetricsTerm",
    "Note",
    "OnboardingStep",
    "Page",
    "Passage",
    "Reading",
    "Report",
    "ReportRule",
    "RightAnswer",
    "SavedView",
    "SettingsChange",
    "Upload",
    "new_public_id",
]
