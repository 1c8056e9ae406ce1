-- Queries that a person has closed by a review: few, and counted again and again.
CREATE INDEX gap_overruled ON gap (rule)
    WHERE known_to IS NULL AND kind = 'query'
          AND why -> 'params' ->> 'closed_by' = 'oversight.reviewed.v1';
