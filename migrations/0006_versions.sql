-- A version applies from applies_from until replaced_at: its successor's applies_from,
-- or a deletion. Of a zone both may still lie ahead. A first version holds for all
-- earlier times. in_force_from and in_force_to say when a zone's order holds, as long
-- as the version applies; NULL for drafts and for all that is no zone.
ALTER TABLE features
    ADD COLUMN applies_from  timestamptz NOT NULL DEFAULT '0001-01-01 00:00:00Z',
    ADD COLUMN in_force_from timestamptz,
    ADD COLUMN in_force_to   timestamptz;
UPDATE features
   SET in_force_from = (props->>'valid_from')::timestamptz,
       in_force_to   = (props->>'valid_to')::timestamptz
 WHERE collection = 'zones' AND props ? 'order_no' AND props ? 'valid_from'
   AND (props ? 'valid_to' OR props ? 'review_at');
ALTER TABLE features ALTER COLUMN applies_from DROP DEFAULT;

-- The newest version of what is not deleted, whether it applies already or not.
ALTER INDEX features_in_force RENAME TO features_newest;
DROP INDEX features_geom;
CREATE INDEX features_geom ON features USING gist (geom);
-- Who stands on whom.
CREATE INDEX features_parent  ON features ((props->>'parent'))  WHERE collection = 'areas'   AND replaced_at IS NULL;
CREATE INDEX features_subject ON features ((props->>'subject')) WHERE collection = 'watches' AND replaced_at IS NULL;

CREATE FUNCTION applies(f features, at timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE AS
    'SELECT f.applies_from <= at AND (f.replaced_at IS NULL OR f.replaced_at > at)';

-- in_force reports whether the order of a zone's version holds at any moment from
-- first to last, both included.
CREATE FUNCTION in_force(f features, first timestamptz, last timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT f.in_force_from IS NOT NULL
       AND greatest(f.in_force_from, f.applies_from) <= last
       AND coalesce(least(f.in_force_to, f.replaced_at), 'infinity') > greatest(f.in_force_from, f.applies_from, first)
$$;

-- subject_geom returns the shape that a subject, areas/ID or zones/ID, has at a time.
CREATE FUNCTION subject_geom(subject text, at timestamptz) RETURNS geometry LANGUAGE sql STABLE AS $$
    SELECT f.geom
      FROM features f
     WHERE f.collection = split_part(subject, '/', 1)
       AND f.id = split_part(subject, '/', 2)::uuid
       AND applies(f, at)
$$;

-- A watch has no shape of its own: it has its subject's.
UPDATE features SET geom = NULL WHERE collection = 'watches';

CREATE INDEX tracker_tokens_tracker ON tracker_tokens (tracker);

-- Until when the clock's changes of zones have been told.
CREATE TABLE zone_clock (
    id   boolean     PRIMARY KEY DEFAULT true CHECK (id), -- one row
    told timestamptz NOT NULL
);
INSERT INTO zone_clock (told) VALUES (now());

-- 'created' is a feature's first version, 'feature' any other change of one.
ALTER TABLE feed DROP CONSTRAINT feed_kind_check;
ALTER TABLE feed ADD CHECK (kind IN ('fixes', 'created', 'feature', 'gaps'));
