"""Grafana's dashboards: what they ask, and how that is written for Grafana."""
