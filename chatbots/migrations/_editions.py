"""A change of passages is written into their chatbot's row, by `0006_retrieval` and the squashed migration."""

FUNCTIONS = """
CREATE FUNCTION chatbots_passages_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE chatbots_chatbot SET edition = gen_random_uuid() WHERE id IN (SELECT chatbot_id FROM changed);
    RETURN NULL;
END $$;
CREATE FUNCTION chatbots_source_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE chatbots_chatbot SET edition = gen_random_uuid() WHERE id = NEW.chatbot_id;
    RETURN NULL;
END $$;
CREATE FUNCTION chatbots_page_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE chatbots_chatbot SET edition = gen_random_uuid()
    WHERE id = (SELECT chatbot_id FROM chatbots_datasource WHERE id = NEW.source_id);
    RETURN NULL;
END $$;
"""

PASSAGES = """
CREATE TRIGGER passages_added AFTER INSERT ON chatbots_passage
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION chatbots_passages_changed();
CREATE TRIGGER passages_revised AFTER UPDATE ON chatbots_passage
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION chatbots_passages_changed();
CREATE TRIGGER passages_deleted AFTER DELETE ON chatbots_passage
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION chatbots_passages_changed();
"""

WITH_ADDRESSES = """
CREATE TRIGGER source_renamed AFTER UPDATE OF title, url, kind ON chatbots_datasource
    FOR EACH ROW WHEN ((OLD.title, OLD.url, OLD.kind) IS DISTINCT FROM (NEW.title, NEW.url, NEW.kind))
    EXECUTE FUNCTION chatbots_source_renamed();
CREATE TRIGGER page_renamed AFTER UPDATE OF title, url ON chatbots_page
    FOR EACH ROW WHEN ((OLD.title, OLD.url) IS DISTINCT FROM (NEW.title, NEW.url))
    EXECUTE FUNCTION chatbots_page_renamed();
"""
