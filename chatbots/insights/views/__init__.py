"""The ledger, analytics and the overview of all clients."""
