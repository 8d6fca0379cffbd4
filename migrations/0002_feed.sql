-- Every transaction that changes fixes, features or gaps ends by taking the next
-- seq: the lock on this row is held to the commit, so the order of seq is the order
-- of commit, without holes.
CREATE TABLE feed_head (
    id  boolean PRIMARY KEY DEFAULT true CHECK (id), -- one row
    seq bigint  NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
INSERT INTO feed_head (seq) VALUES (0);

CREATE TABLE feed (
    seq     bigint      PRIMARY KEY,
    kind    text        NOT NULL CHECK (kind IN ('fixes', 'feature', 'gaps')),
    payload bytea       NOT NULL, -- store/feedrow.go
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
