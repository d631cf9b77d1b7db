"""Whether finding passages grows with what other chatbots know, and what it takes beside bm25s in memory."""
