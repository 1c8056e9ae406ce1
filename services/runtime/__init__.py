"""How it runs: plumbing that knows no rule and imports no service."""
