package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"xunfang/patrol"
	"xunfang/store/storetest"
)

// A snapshot is laid by under the watch's lease, in the place of the one before.
func TestSnapshots(t *testing.T) {
	ctx, url := t.Context(), storetest.URL(t)
	s := storetest.OpenURL(t, url, time.Now)
	watch := uuid.New()
	lease := takeLease(t, s, "ours", watch)
	if _, err := s.Snapshot(ctx, watch); !errors.Is(err, patrol.ErrNotFound) {
		t.Fatalf("before the first: %v, want not found", err)
	}
	var want patrol.Snapshot
	for seq := range int64(2) {
		want = patrol.Snapshot{Watch: watch, Version: 2, SubjectVersion: 3, Seq: 40 + seq, At: 1_700_000_000, Data: []byte{1, 2, byte(seq)}}
		if err := s.SaveSnapshot(ctx, lease, want); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Snapshot(ctx, watch); err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v\n%s", err, cmp.Diff(want, got))
	}
	storetest.Exec(t, url, `UPDATE watch_leases SET expires_at = clock_timestamp() WHERE watch = $1`, watch)
	if err := s.SaveSnapshot(ctx, lease, want); !errors.Is(err, patrol.ErrLeaseLost) {
		t.Errorf("after the lease ran out: %v, want ErrLeaseLost", err)
	}
}
