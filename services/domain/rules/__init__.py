"""The rules, one family a file; `catalogue` lists them all."""
