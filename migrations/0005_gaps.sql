-- Who keeps a watch. Only this database's clock judges expires_at.
CREATE TABLE watch_leases (
    watch      uuid        PRIMARY KEY,
    holder     text        NOT NULL,
    term       bigint      NOT NULL,
    expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE gaps (
    id         uuid             PRIMARY KEY,
    watch      uuid             NOT NULL,
    watch_name text             NOT NULL,
    kind       text             NOT NULL,
    outline    geometry(MultiPolygon, 4326) NOT NULL,
    label      geometry(Point, 4326)        NOT NULL,
    size_m2    double precision NOT NULL,
    since      timestamptz      NOT NULL,
    cause      text             NOT NULL,
    setting    text             NOT NULL, -- '' where the cause has none
    value      double precision NOT NULL,
    bound      double precision NOT NULL, -- what the setting allows
    state      text             NOT NULL CHECK (state IN ('open', 'closed')),
    opened_at  timestamptz      NOT NULL,
    closed_at  timestamptz,
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX ON gaps (watch, id);
CREATE INDEX gaps_open ON gaps (id) WHERE state = 'open';
CREATE INDEX ON gaps USING gist (outline);
