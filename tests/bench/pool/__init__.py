"""What a hold, a settlement and a rollup cost, beside PostgreSQL itself, and whether they grow with the history."""
