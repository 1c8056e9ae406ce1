"""An invented county: a year of events with known failings, and the truth about them."""
