-- A gap of a perimeter is a line, its size metres; where on the ring it lies is NULL for
-- other kinds.
ALTER TABLE gaps ALTER COLUMN outline TYPE geometry(Geometry, 4326);
ALTER TABLE gaps RENAME COLUMN size_m2 TO size;
ALTER TABLE gaps
    ADD COLUMN part   int,
    ADD COLUMN ring   int,
    ADD COLUMN from_m double precision,
    ADD COLUMN to_m   double precision;
