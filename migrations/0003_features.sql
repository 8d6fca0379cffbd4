-- Every version of every feature. Versions are never edited; the one in force is
-- the one that nothing has replaced.
CREATE TABLE features (
    collection  text        NOT NULL,
    id          uuid        NOT NULL,
    version     int         NOT NULL CHECK (version > 0),
    geom        geometry(Geometry, 4326),
    props       jsonb       NOT NULL,
    created_at  timestamptz NOT NULL,
    replaced_at timestamptz, -- when a newer version or a deletion took its place
    PRIMARY KEY (collection, id, version)
);
CREATE UNIQUE INDEX features_in_force ON features (collection, id) WHERE replaced_at IS NULL;
CREATE INDEX features_geom ON features USING gist (geom) WHERE replaced_at IS NULL;

CREATE TABLE tracker_tokens (
    token_hash bytea PRIMARY KEY,
    tracker    uuid  NOT NULL
);
