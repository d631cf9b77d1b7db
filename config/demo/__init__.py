"""The demo: a small cast, what their chatbots know, and two months of use, written through the product's own tables."""
