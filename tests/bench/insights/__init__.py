"""Pages of numbers while the ledger grows: how long they take, and how many rows they read."""
