-- A rebuild makes these once all is loaded (services/ledger/swap.py): kept while rows come, they were
-- half of what loading took.
DROP INDEX rebuild_gap_name, rebuild_fact_name;
