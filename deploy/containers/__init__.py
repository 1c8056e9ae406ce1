"""Referral Watch in containers: what docker-compose.yml is made from, its secrets, and a trial."""
