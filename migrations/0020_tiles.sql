-- Where a feature's name is written: a point in it.
ALTER TABLE features
    ADD COLUMN label geometry(Point, 4326) GENERATED ALWAYS AS (ST_PointOnSurface(geom)) STORED;

-- The seq of the last change of each collection's features: what is made of them is good
-- until then.
CREATE TABLE collection_seq (
    collection text   PRIMARY KEY,
    seq        bigint NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);

CREATE FUNCTION note_collection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO collection_seq (collection, seq)
    VALUES (convert_from(CASE NEW.kind WHEN 'imported' THEN NEW.payload ELSE substr(NEW.payload, 17) END, 'UTF8'), NEW.seq)
    ON CONFLICT (collection) DO UPDATE SET seq = excluded.seq;
    RETURN NULL;
END $$;
CREATE TRIGGER note_collection AFTER INSERT ON feed
    FOR EACH ROW WHEN (NEW.kind IN ('created', 'feature', 'imported')) EXECUTE FUNCTION note_collection();
