-- What trackers tell of their presence without a position: heartbeats, and check-ins with
-- a checkpoint's code. Never changed.
CREATE TABLE signs (
    tracker     uuid        NOT NULL,
    t           timestamptz NOT NULL, -- whole milliseconds
    checkpoint  uuid        NOT NULL, -- of a check-in; all zeros: a heartbeat
    received_at timestamptz NOT NULL,
    PRIMARY KEY (tracker, t, checkpoint)
);
CREATE INDEX signs_t ON signs USING brin (t);
CREATE INDEX signs_checkpoint ON signs (checkpoint, t) WHERE checkpoint <> '00000000-0000-0000-0000-000000000000';

-- What a checkpoint's codes are made of.
CREATE TABLE checkpoint_secrets (
    checkpoint uuid  PRIMARY KEY,
    secret     bytea NOT NULL
);

-- A gap of a post is a point, its size the people it lacks.
ALTER TABLE gaps
    ADD COLUMN present   int,
    ADD COLUMN min_staff int;

ALTER TABLE feed DROP CONSTRAINT feed_kind_check,
    ADD CONSTRAINT feed_kind_check CHECK (kind IN ('fixes', 'feature', 'gaps', 'created', 'footprints', 'signs'));
