"""The pages of money. The agency's people read them; no client does."""
