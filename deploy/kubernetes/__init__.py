"""Kubernetes: what is written by hand is in `base`, what follows from the catalogue is made."""
