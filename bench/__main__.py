"""Measure what the docs claim: `make bench`."""

from bench.post_to_gap import main

main()
