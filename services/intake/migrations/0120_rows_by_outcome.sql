-- The rows of a file of which one thing became, in its order: those that were not taken in are few.
CREATE INDEX import_row_outcome ON import_row (import_id, outcome, row);

-- Whose a file is, is asked with every page of its rows.
CREATE INDEX import_agency ON import (agency);
