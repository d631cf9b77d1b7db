"""What clients bring and cost: terms, the month's sums, closing it, partners, and resale beside referral."""
