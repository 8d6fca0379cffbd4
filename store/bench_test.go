package store_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

const (
	benchTrackers = 1000
	benchBatch    = 10_000 // fixes
)

// shift is a stream of fixes as a working city sends them: every tracker walks, a
// fix in 10 seconds each.
type shift struct {
	trackers []uuid.UUID
	tick     int64
}

func newShift() *shift {
	s := &shift{}
	for range benchTrackers {
		s.trackers = append(s.trackers, uuid.Must(uuid.NewV7()))
	}
	return s
}

// batch returns the next 10,000 fixes.
func (s *shift) batch() []patrol.Fix {
	fixes := make([]patrol.Fix, 0, benchBatch)
	for len(fixes) < benchBatch {
		for i, id := range s.trackers {
			f := fixAt(id, s.tick*10_000+int64(i))
			f.Lon += 0.1*float64(i%30) + 0.0001*float64(s.tick%100)
			f.Lat += 0.1 * float64(i/30)
			fixes = append(fixes, f)
		}
		s.tick++
	}
	return fixes
}

// BenchmarkFlush holds the flusher (duplicates, visits and feed included) against a
// bare binary COPY of the same rows into the same kind of table, batch by batch in
// turn. The product demands a ratio of at least 0.5.
func BenchmarkFlush(b *testing.B) {
	url := storetest.URL(b)
	flusher := store.NewFlusher(storetest.OpenURL(b, url, time.Now))
	storetest.Exec(b, url, `CREATE TABLE bare (LIKE fixes INCLUDING ALL) PARTITION BY RANGE (t)`)
	storetest.Exec(b, url, `CREATE TABLE bare_days PARTITION OF bare DEFAULT`)
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.Background())

	shift := newShift()
	var flushing, copying time.Duration
	for b.Loop() {
		fixes := shift.batch()
		begin := time.Now()
		if _, err := flusher.Flush(b.Context(), fixes); err != nil {
			b.Fatal(err)
		}
		flushing += time.Since(begin)
		begin = time.Now()
		bareCopy(b, conn, fixes)
		copying += time.Since(begin)
	}
	n := float64(b.N) * benchBatch
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(n/flushing.Seconds(), "flushed-fixes/s")
	b.ReportMetric(n/copying.Seconds(), "copied-fixes/s")
	b.ReportMetric(copying.Seconds()/flushing.Seconds(), "flush/copy")
}

// bareCopy writes fixes by binary COPY and nothing else, with its own encoder.
func bareCopy(b *testing.B, conn *pgx.Conn, fixes []patrol.Fix) {
	const epochMs = 946_684_800_000 // 2000-01-01
	be := binary.BigEndian
	data := append([]byte("PGCOPY\n\xff\r\n\x00"), make([]byte, 8)...)
	for _, f := range fixes {
		data = be.AppendUint16(data, 10)
		data = append(be.AppendUint32(data, 16), f.Tracker[:]...)
		for _, v := range []uint64{
			uint64(f.TMs-epochMs) * 1000, uint64(f.ReceivedMs-epochMs) * 1000,
			math.Float64bits(f.Lon), math.Float64bits(f.Lat),
		} {
			data = be.AppendUint64(be.AppendUint32(data, 8), v)
		}
		for _, v := range []float32{f.AccuracyM, f.AltitudeM, f.SpeedMPS, f.HeadingDeg, f.Battery} {
			if v == patrol.Unknown {
				data = be.AppendUint32(data, math.MaxUint32)
				continue
			}
			data = be.AppendUint32(be.AppendUint32(data, 4), math.Float32bits(v))
		}
	}
	data = be.AppendUint16(data, math.MaxUint16)
	if _, err := conn.PgConn().CopyFrom(b.Context(), bytes.NewReader(data), `COPY bare FROM STDIN (FORMAT binary)`); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkTracks reads what coverage of a watch is computed from: 28 people for an
// hour at 1 Hz within 1 km².
func BenchmarkTracks(b *testing.B) {
	const people, seconds = 28, 3600
	s := storetest.Open(b)
	flusher := store.NewFlusher(s)
	for range people {
		tracker := feature("trackers", nil, `{"name":"x","kind":"person"}`)
		if _, err := s.CreateTracker(b.Context(), tracker, tracker.ID[:]); err != nil {
			b.Fatal(err)
		}
		var fixes []patrol.Fix
		for i := range int64(seconds) {
			f := fixAt(tracker.ID, i*1000)
			f.Lon += 0.00001 * float64(i%1000)
			fixes = append(fixes, f)
		}
		if _, err := flusher.Flush(b.Context(), fixes); err != nil {
			b.Fatal(err)
		}
	}
	query := patrol.TrackQuery{
		Where:  []orb.Bound{{Min: orb.Point{113.62, 34.745}, Max: orb.Point{113.63, 34.755}}},
		FromMs: t0, ToMs: t0 + seconds*1000, MarginMs: 11 * minute, Kinds: patrol.Kinds[:],
	}
	for b.Loop() {
		err := s.At(b.Context(), func(p patrol.Past) error {
			tracks, err := p.Tracks(b.Context(), query)
			if len(tracks) != people {
				b.Errorf("%d tracks, want %d", len(tracks), people)
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*people*seconds/b.Elapsed().Seconds(), "fixes/s")
}
