"""What must always hold of conversations: charged if, and only if, words are stored; children in their workspace."""

from django.db import connection

CHARGES = {
    "a charge without its message": """
        SELECT l.id FROM billing_ledgerentry l
        LEFT JOIN chatbots_message m ON m.id = l.message_id AND m.hold_id = l.hold_id
        LEFT JOIN workspaces_workspace w ON w.id = m.workspace_id
        WHERE (m.id IS NULL OR m.text = '' OR w.agency_id <> l.agency_id)  -- a moved chatbot's old units stay put
          AND EXISTS (SELECT FROM chatbots_chatbot c WHERE c.id = l.chatbot_id)
    """,
    "a message without its charge": """
        SELECT m.id FROM chatbots_message m
        WHERE NOT EXISTS (SELECT FROM billing_ledgerentry l WHERE l.message_id = m.id)
    """,
}
PARENTS = {  # child table → (its column, the parent's table)
    "chatbots_datasource": ("chatbot_id", "chatbots_chatbot"),
    "chatbots_passage": ("source_id", "chatbots_datasource"),
    "chatbots_conversation": ("chatbot_id", "chatbots_chatbot"),
    "chatbots_message": ("conversation_id", "chatbots_conversation"),
}


def breaches() -> list[str]:
    """A sentence for each charge without words, each line without a charge, and each row in another's workspace."""
    charges = [f"{what}: {pk}" for what, query in CHARGES.items() for pk in ids(query)]
    return charges + [f"{child} {pk}: another workspace than its parent's" for child in PARENTS for pk in strays(child)]


def strays(child: str) -> list[int]:
    """Rows whose workspace is not that of their parent."""
    column, parent = PARENTS[child]
    query = "SELECT c.id FROM {} c JOIN {} p ON p.id = c.{} WHERE c.workspace_id <> p.workspace_id"
    return ids(query.format(child, parent, column))


def ids(query: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]
