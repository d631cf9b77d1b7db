"""Going anywhere by a few letters: pages and actions of where one is, workspaces, chatbots. And the keys there are."""
