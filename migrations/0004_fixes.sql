-- One row per tracker and millisecond. No statement on it goes without a range of
-- t: partitions it does not name are neither planned nor locked.
CREATE TABLE fixes (
    tracker     uuid             NOT NULL,
    t           timestamptz      NOT NULL, -- the device's, whole milliseconds
    received_at timestamptz      NOT NULL,
    lon         double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
    lat         double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
    accuracy_m  real, -- NULL: not reported; likewise the next four
    altitude_m  real,
    speed_mps   real,
    heading_deg real,
    battery     real,
    PRIMARY KEY (tracker, t)
) PARTITION BY RANGE (t);
CREATE INDEX fixes_t ON fixes USING brin (t);

-- What lost against another fix of its tracker and millisecond.
CREATE TABLE fixes_superseded (LIKE fixes);
CREATE INDEX ON fixes_superseded (tracker, t);
CREATE INDEX ON fixes_superseded USING brin (t);

-- Who was in which map cell in which ten minutes (store/cell.go).
CREATE TABLE visits (
    cell    bigint NOT NULL,
    slot    int    NOT NULL,
    tracker uuid   NOT NULL,
    PRIMARY KEY (cell, slot, tracker)
);

-- The UTC days that hold fixes of a tracker.
CREATE TABLE tracker_days (
    tracker uuid NOT NULL,
    day     date NOT NULL,
    PRIMARY KEY (tracker, day)
);

-- Evidence before the horizon may have been dropped.
CREATE TABLE retention (
    id      boolean     PRIMARY KEY DEFAULT true CHECK (id), -- one row
    horizon timestamptz NOT NULL
);
INSERT INTO retention (horizon) VALUES ('-infinity');

-- add_fix_day makes the partition of one UTC day unless it is there. Attaching a
-- table does not stop readers of fixes, as CREATE TABLE … PARTITION OF would.
CREATE FUNCTION add_fix_day(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    part text := 'fixes_' || to_char(day, 'YYYYMMDD');
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('xunfang fix days'));
    IF to_regclass(part) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE fixes INCLUDING CONSTRAINTS)', part);
    EXECUTE format('ALTER TABLE fixes ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   part, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
END $$;

-- fix_days lists the days that have a partition.
CREATE FUNCTION fix_days() RETURNS SETOF date LANGUAGE sql STABLE AS $$
    SELECT to_date(right(c.relname, 8), 'YYYYMMDD')
      FROM pg_inherits i
      JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'fixes'::regclass AND c.relkind = 'r'
     ORDER BY 1
$$;

-- drop_fix_day forgets a day unless something in it was received at or after kept,
-- and says whether it did. Who waits for its locks longer than 5 s gives up: behind it
-- everybody would wait.
CREATE FUNCTION drop_fix_day(day date, kept timestamptz) RETURNS boolean
LANGUAGE plpgsql SET lock_timeout = '5s' AS $$
DECLARE
    part  text := 'fixes_' || to_char(day, 'YYYYMMDD');
    from_ timestamptz := day::timestamp AT TIME ZONE 'UTC';
    to_   timestamptz := (day + 1)::timestamp AT TIME ZONE 'UTC';
    late  boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('xunfang fix days'));
    IF to_regclass(part) IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('LOCK TABLE %I IN SHARE MODE', part); -- who is writing finishes first
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE received_at >= $1)', part) INTO late USING kept;
    IF late THEN
        RETURN false;
    END IF;
    EXECUTE format('DROP TABLE %I', part);
    DELETE FROM fixes_superseded WHERE t >= from_ AND t < to_;
    DELETE FROM visits
     WHERE slot >= floor(extract(epoch FROM from_) / 600) AND slot < floor(extract(epoch FROM to_) / 600);
    DELETE FROM tracker_days d WHERE d.day = drop_fix_day.day;
    UPDATE retention SET horizon = greatest(horizon, to_);
    RETURN true;
END $$;
