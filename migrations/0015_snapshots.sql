-- What a Keeper knew of a watch at a position of the feed. It can all be read again from
-- the fixes, so that it need not outlive a crash of the database.
CREATE UNLOGGED TABLE watch_snapshots (
    watch           uuid        PRIMARY KEY,
    version         int         NOT NULL,
    subject_version int         NOT NULL,
    seq             bigint      NOT NULL,
    at              timestamptz NOT NULL,
    data            bytea       NOT NULL
);
ALTER TABLE watch_snapshots ALTER COLUMN data SET STORAGE EXTERNAL; -- it is packed already
