-- A role on an area and the areas within it; NULL: on the whole deployment.
CREATE TABLE grants (
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    role    text NOT NULL,
    area    uuid,
    UNIQUE NULLS NOT DISTINCT (user_id, role, area)
);
INSERT INTO grants (user_id, role) SELECT id, role FROM users;
ALTER TABLE users DROP COLUMN role;
ALTER TABLE users ADD COLUMN disabled boolean NOT NULL DEFAULT false;

ALTER TABLE api_tokens
    ADD COLUMN role       text, -- no more than this; NULL: all that its user may
    ADD COLUMN expires_at timestamptz;

-- How often the tree of areas or teams has changed, from which scopes are made.
CREATE TABLE scope_ground (
    id      boolean PRIMARY KEY DEFAULT true CHECK (id), -- one row
    version bigint  NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
INSERT INTO scope_ground (version) VALUES (1);

-- subject_seen reports whether a watch's or an assignment's subject lies in a scope: its
-- areas by their ids, all else by meeting its ground.
CREATE FUNCTION subject_seen(subject text, areas uuid[], ground geometry) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE split_part(subject, '/', 1)
           WHEN 'areas' THEN split_part(subject, '/', 2)::uuid = ANY (areas)
           ELSE coalesce((SELECT ST_Intersects(s.geom, ground)
                            FROM features s
                           WHERE s.collection = split_part(subject, '/', 1)
                             AND s.id = split_part(subject, '/', 2)::uuid
                           ORDER BY s.version DESC
                           LIMIT 1), false)
           END
$$;

-- tracker_team returns the team that a tracker is or last was of, as it was written.
CREATE FUNCTION tracker_team(tracker text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT t.props->>'team'
      FROM features t
     WHERE t.collection = 'trackers' AND t.id = tracker::uuid
     ORDER BY t.version DESC
     LIMIT 1
$$;

-- seen reports whether a version of a feature lies in a scope. Of trackers it says
-- whether they are of its teams: where they are is not stored here.
CREATE FUNCTION seen(f features, areas uuid[], teams uuid[], ground geometry) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE f.collection
           WHEN 'areas'       THEN f.id = ANY (areas)
           WHEN 'teams'       THEN f.id = ANY (teams)
           WHEN 'trackers'    THEN coalesce(f.props->>'team' = ANY (teams::text[]), false)
           WHEN 'watches'     THEN subject_seen(f.props->>'subject', areas, ground)
           WHEN 'assignments' THEN subject_seen(f.props->>'subject', areas, ground)
                               AND coalesce(coalesce(f.props->>'team', tracker_team(f.props->>'tracker')) = ANY (teams::text[]), false)
           ELSE coalesce(ST_Intersects(f.geom, ground), false)
           END
$$;

-- within_scope is seen, but that what has a place must lie on the ground whole.
CREATE FUNCTION within_scope(f features, areas uuid[], teams uuid[], ground geometry) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE
           WHEN f.collection IN ('areas', 'teams', 'trackers') THEN seen(f, areas, teams, ground)
           WHEN f.collection IN ('watches', 'assignments') THEN
                seen(f, areas, teams, ground)
                AND (starts_with(f.props->>'subject', 'areas/')
                  OR coalesce(ST_CoveredBy(subject_geom(f.props->>'subject', now()), ground), false))
           ELSE coalesce(ST_CoveredBy(f.geom, ground), false)
           END
$$;

-- gap_seen reports whether a gap's watch, as it is or last was, lies in a scope.
CREATE FUNCTION gap_seen(watch uuid, areas uuid[], teams uuid[], ground geometry) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT seen(f, areas, teams, ground)
                       FROM features f
                      WHERE f.collection = 'watches' AND f.id = watch
                      ORDER BY f.version DESC
                      LIMIT 1), false)
$$;
