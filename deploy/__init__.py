"""How Referral Watch is started, fed and shown: nothing in services depends on it."""
