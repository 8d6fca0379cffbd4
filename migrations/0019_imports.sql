-- What files brought. An import's features are like any others; here stands what the
-- files said of them, on the files' own datum.
CREATE TABLE imports (
    id          uuid        PRIMARY KEY,
    collection  text        NOT NULL,
    datum       text        NOT NULL, -- wgs84, gcj02, bd09 or cgcs2000, as was declared
    file        text        NOT NULL, -- its name
    digest      bytea       NOT NULL, -- SHA-256 of the file
    imported_by text        NOT NULL, -- user name
    imported_at timestamptz NOT NULL
);
CREATE INDEX ON imports (digest, collection);

CREATE TABLE import_originals (
    feature uuid     PRIMARY KEY, -- of the import's collection
    import  uuid     NOT NULL REFERENCES imports,
    index   int      NOT NULL,    -- in the file, from 0
    geom    geometry NOT NULL,    -- in the import's datum, without an SRID
    props   jsonb    NOT NULL
);
CREATE INDEX ON import_originals (import);

ALTER TABLE feed DROP CONSTRAINT feed_kind_check,
    ADD CONSTRAINT feed_kind_check CHECK (kind IN ('fixes', 'feature', 'gaps', 'created', 'footprints', 'signs', 'imported'));
