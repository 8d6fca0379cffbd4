-- Personal links by which a phone becomes a tracker. Of a link's code only the hash is
-- kept. The phone that used it is known by the hash of its own key, so that the same
-- phone may ask again when the answer was lost, and no other may.
CREATE TABLE field_links (
    id         uuid        PRIMARY KEY,
    tracker    uuid        NOT NULL,
    made_by    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    code_hash  bytea       NOT NULL UNIQUE,
    key_hash   bytea,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    revoked_at timestamptz
);
CREATE INDEX ON field_links (tracker);

-- Starts and ends of duty, as the phones told them.
CREATE TABLE duties (
    tracker     uuid        NOT NULL,
    t           timestamptz NOT NULL, -- the device's, whole milliseconds
    on_duty     boolean     NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (tracker, t)
);
CREATE INDEX ON duties (t);
