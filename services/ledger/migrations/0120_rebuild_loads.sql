-- A rebuild makes these once all is loaded (services/ledger/swap.py), in order and at one go.
DROP INDEX rebuild_gap_name, rebuild_fact_name;
