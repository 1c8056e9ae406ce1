"""Referral Watch: what was owed to a child and not done, found while it can still be mended."""
