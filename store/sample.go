package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// AddSamples keeps those samples whose leases are still held. One that is there already
// gives way only to one that carries a time of revision and says something else.
func (s *Store) AddSamples(ctx context.Context, samples []patrol.WatchSample) error {
	const q = `
		INSERT INTO samples AS s (watch, at, share, worst_idle_s, mean_idle_s, gaps, revised_at)
		SELECT n.watch, n.at, n.share, n.worst, n.mean, n.gaps, n.revised
		  FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::timestamptz[], $5::float8[], $6::bigint[], $7::float8[], $8::int[], $9::timestamptz[])
		       AS n (watch, holder, term, at, share, worst, mean, gaps, revised)
		  JOIN watch_leases l ON l.watch = n.watch AND l.holder = n.holder AND l.term = n.term AND l.expires_at > clock_timestamp()
		 ORDER BY n.watch
		    ON CONFLICT (watch, at) DO UPDATE
		   SET share        = excluded.share,
		       worst_idle_s = excluded.worst_idle_s,
		       mean_idle_s  = excluded.mean_idle_s,
		       gaps         = excluded.gaps,
		       revised_at   = excluded.revised_at
		 WHERE excluded.revised_at IS NOT NULL
		   AND (s.share, s.worst_idle_s, s.mean_idle_s, s.gaps)
		       IS DISTINCT FROM (excluded.share, excluded.worst_idle_s, excluded.mean_idle_s, excluded.gaps)`
	var (
		watches   []uuid.UUID
		holders   []string
		terms     []int64
		ats       []time.Time
		shares    []float64
		worsts    []int64
		means     []*float64
		gaps      []int
		revisions []*time.Time
	)
	for _, w := range samples {
		watches, holders, terms = append(watches, w.Lease.Watch), append(holders, w.Lease.Holder), append(terms, w.Lease.Term)
		ats, shares, worsts = append(ats, timeOf(w.Sample.AtMs)), append(shares, w.Sample.Share), append(worsts, w.Sample.WorstIdleS)
		means, gaps, revisions = append(means, w.Sample.MeanIdleS), append(gaps, w.Sample.Gaps), append(revisions, timeOrNil(w.Sample.RevisedMs))
	}
	_, err := s.db.Exec(ctx, q, watches, holders, terms, ats, shares, worsts, means, gaps, revisions)
	return failed("add samples", err)
}

// Samples returns what is kept of a watch's samples between two times, both included, in
// steps of stepS seconds that begin on multiples of it since 1970: of each step the mean
// share and idleness, the worst idleness, the most gaps and the last revision.
func (s *Store) Samples(ctx context.Context, watch uuid.UUID, during patrol.Times, stepS int64) ([]patrol.Sample, error) {
	const q = `
		SELECT date_bin(make_interval(secs => $4), at, 'epoch') AS step,
		       avg(share), max(worst_idle_s), avg(mean_idle_s), max(gaps), max(revised_at)
		  FROM samples
		 WHERE watch = $1 AND at BETWEEN $2 AND $3
		 GROUP BY step
		 ORDER BY step`
	rows, _ := s.db.Query(ctx, q, watch, timeOf(during.FromMs), timeOf(during.ToMs), stepS)
	samples, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (out patrol.Sample, err error) {
		var at time.Time
		var revised *time.Time
		err = row.Scan(&at, &out.Share, &out.WorstIdleS, &out.MeanIdleS, &out.Gaps, &revised)
		out.AtMs, out.RevisedMs = at.UnixMilli(), msOrZero(revised)
		return out, err
	})
	return samples, failed("read samples", err)
}

// sweepSamples drops the samples of before a time.
func (s *Store) sweepSamples(ctx context.Context, before time.Time) error {
	_, err := s.db.Exec(ctx, `DELETE FROM samples WHERE at < $1`, before)
	return err
}
