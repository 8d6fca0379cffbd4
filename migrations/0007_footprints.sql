-- The ground that a drone's camera showed: one row per tracker and millisecond, never
-- changed.
CREATE TABLE footprints (
    tracker     uuid             NOT NULL,
    t           timestamptz      NOT NULL, -- the image's, whole milliseconds
    received_at timestamptz      NOT NULL,
    geom        geometry(Polygon, 4326) NOT NULL, -- convex; across ±180 it goes on beyond
    height_m    double precision NOT NULL,
    height_kind text             NOT NULL CHECK (height_kind IN ('ground', 'takeoff')),
    gsd_cm      double precision NOT NULL, -- 0: unknown
    PRIMARY KEY (tracker, t)
);
CREATE INDEX ON footprints (t);

-- Whose images showed something of a map cell in which ten minutes (store/cell.go).
CREATE TABLE sightings (
    cell    bigint NOT NULL,
    slot    int    NOT NULL,
    tracker uuid   NOT NULL,
    PRIMARY KEY (cell, slot, tracker)
);

ALTER TABLE feed DROP CONSTRAINT feed_kind_check,
    ADD CONSTRAINT feed_kind_check CHECK (kind IN ('fixes', 'feature', 'gaps', 'created', 'footprints'));
