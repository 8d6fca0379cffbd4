-- What coverage of each watch was, minute by minute. revised_at: when late evidence last
-- changed it.
CREATE TABLE samples (
    watch        uuid             NOT NULL,
    at           timestamptz      NOT NULL, -- a whole minute
    share        double precision NOT NULL,
    worst_idle_s bigint           NOT NULL,
    mean_idle_s  double precision,          -- NULL: nothing was seen
    gaps         int              NOT NULL,
    revised_at   timestamptz,
    PRIMARY KEY (watch, at)
);
CREATE INDEX samples_at ON samples USING brin (at);
