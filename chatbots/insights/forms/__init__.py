"""Filters of the ledger, and the days that a page of numbers is about."""
