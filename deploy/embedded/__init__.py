"""The whole of Referral Watch on one machine: real broker and database, every service, no root."""
