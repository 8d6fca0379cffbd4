package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// Enrol keeps what a list of people makes and changes, all of it or nothing.
// patrol.ErrConflict when something that it stands on was changed by somebody else.
func (s *Store) Enrol(ctx context.Context, r patrol.Enrolment) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		for _, made := range [][]patrol.Feature{r.Teams, r.Trackers} {
			for _, f := range made {
				if _, err := createFeature(ctx, tx, f); err != nil {
					return err
				}
			}
		}
		for _, f := range r.Changed {
			if _, err := replaceFeature(ctx, tx, f); err != nil {
				return err
			}
		}
		return nil
	})
	return failed("keep a roster", err)
}
