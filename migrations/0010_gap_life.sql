-- What people say of a gap: theirs alone to write, as the rest of the row is the Keeper's.
-- '' is nothing said.
ALTER TABLE gaps
    DROP CONSTRAINT gaps_state_check,
    DROP CONSTRAINT gaps_check,
    ADD CHECK (state IN ('open', 'acknowledged', 'assigned', 'waived', 'closed')),
    ADD CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    ADD COLUMN acknowledged_at timestamptz,
    ADD COLUMN acknowledged_by text NOT NULL DEFAULT '',
    ADD COLUMN assigned_to     text NOT NULL DEFAULT '', -- teams/ID, trackers/ID or users/NAME
    ADD COLUMN assigned_name   text NOT NULL DEFAULT '', -- whose that was
    ADD COLUMN note            text NOT NULL DEFAULT '',
    ADD COLUMN reason          text NOT NULL DEFAULT '';
DROP INDEX gaps_open;
CREATE INDEX gaps_standing ON gaps (id) WHERE state <> 'closed';

-- The life of each gap, in the order of n; never edited.
CREATE TABLE gap_events (
    n           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gap         uuid        NOT NULL REFERENCES gaps,
    at          timestamptz NOT NULL,
    event       text        NOT NULL
        CHECK (event IN ('opened', 'split', 'acknowledged', 'assigned', 'waived', 'reopened', 'merged', 'closed')),
    by          text        NOT NULL, -- '' = the evidence
    note        text        NOT NULL,
    assigned_to text        NOT NULL,
    other       uuid -- split: off which gap; merged: into which
);
CREATE INDEX ON gap_events (gap, n);
INSERT INTO gap_events (gap, at, event, by, note, assigned_to)
SELECT id, opened_at, 'opened', '', '', '' FROM gaps
UNION ALL
SELECT id, closed_at, 'closed', '', '', '' FROM gaps WHERE state = 'closed'
ORDER BY 2;
