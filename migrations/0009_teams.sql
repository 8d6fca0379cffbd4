-- Who stands on whom: what a team, a tracker or an assignment names.
CREATE INDEX features_team_parent  ON features ((props->>'parent'))  WHERE collection = 'teams'       AND replaced_at IS NULL;
CREATE INDEX features_team_area    ON features ((props->>'area'))    WHERE collection = 'teams'       AND replaced_at IS NULL;
CREATE INDEX features_team         ON features ((props->>'team'))    WHERE collection IN ('trackers', 'assignments') AND replaced_at IS NULL;
CREATE INDEX features_assigned     ON features ((props->>'tracker')) WHERE collection = 'assignments' AND replaced_at IS NULL;
CREATE INDEX features_assigned_to  ON features ((props->>'subject')) WHERE collection = 'assignments' AND replaced_at IS NULL;
