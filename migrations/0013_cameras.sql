-- Where the camera was that took each image. Of those stored before, the middle of what
-- they show stands for it.
ALTER TABLE footprints
    ADD COLUMN lon double precision,
    ADD COLUMN lat double precision;
UPDATE footprints SET lon = ST_X(ST_Centroid(geom)), lat = ST_Y(ST_Centroid(geom));
ALTER TABLE footprints
    ALTER COLUMN lon SET NOT NULL,
    ALTER COLUMN lat SET NOT NULL;
