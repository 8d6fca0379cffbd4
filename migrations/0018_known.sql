-- applied reports whether a version is the one that applied at a time, as far as was
-- recorded by known. A row that ends without another that takes over
-- was deleted, which was recorded as it happened.
CREATE FUNCTION applied(f features, at timestamptz, known timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT f.created_at <= known AND f.applies_from <= at
       AND NOT EXISTS (SELECT FROM features n
                        WHERE n.collection = f.collection AND n.id = f.id AND n.version > f.version
                          AND n.created_at <= known AND n.applies_from <= at)
       AND NOT (f.replaced_at IS NOT NULL AND f.replaced_at <= least(at, known)
           AND NOT EXISTS (SELECT FROM features n
                            WHERE n.collection = f.collection AND n.id = f.id AND n.version > f.version
                              AND n.applies_from <= f.replaced_at))
$$;
