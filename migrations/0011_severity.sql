-- How much a gap matters (patrol/severity.go); the Keeper's to write.
ALTER TABLE gaps
    ADD COLUMN severity       double precision NOT NULL DEFAULT 0,
    ADD COLUMN severity_level text             NOT NULL DEFAULT 'low'
        CHECK (severity_level IN ('critical', 'high', 'moderate', 'low'));
