package patrol

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
	"unsafe"
)

// Flusher commits batches of fixes. Its errors wrap ErrUnavailable: nothing of the
// batch is known to be stored, and the same may be sent again.
type Flusher interface {
	Flush(ctx context.Context, fixes []Fix) (Flushed, error)
}

const (
	batchFixes   = 10_000                // a batch is flushed at so many fixes,
	batchPace    = 50 * time.Millisecond // and otherwise no sooner than this after the last
	flushTimeout = 30 * time.Second      // then the commit's outcome counts as unknown
	fixBytes     = int(unsafe.Sizeof(Fix{}))
)

// IntakeConfig is what an Intake needs.
type IntakeConfig struct {
	Flusher   Flusher
	Publisher Publisher
	Now       func() time.Time
	// Retention is how many days fixes are kept; 0 = for ever.
	Retention int
	// QueueBytes bounds the fixes that wait to be stored; 0 = 64 MiB.
	QueueBytes int
}

// Intake takes fixes in. Submissions of all senders wait in one bounded queue; one
// goroutine, Run, commits them in batches, passes what was stored on, and only then
// answers the senders.
type Intake struct {
	flusher   Flusher
	publisher Publisher
	now       func() time.Time
	limits    timeLimits
	capacity  int // fixes

	arrived chan struct{} // holds one token when the queue grew or intake closed

	mu     sync.Mutex
	queue  []*submission
	queued int // fixes in queue
	closed bool
}

// submission is what one sender waits for. It is flushed whole, in one batch.
type submission struct {
	fixes  []Fix
	index  []int        // of each fix in what was sent
	answer chan outcome // has room for the one answer
}

type outcome struct {
	outcomes []Outcome // one for each fix
	err      error
}

// NewIntake makes an Intake; nothing is stored until Run.
func NewIntake(cfg IntakeConfig) *Intake {
	bytes := cfg.QueueBytes
	if bytes == 0 {
		bytes = 64 << 20
	}
	return &Intake{
		flusher:   cfg.Flusher,
		publisher: cfg.Publisher,
		now:       cfg.Now,
		limits:    timeLimits{anyPast: cfg.Retention == 0},
		capacity:  bytes / fixBytes,
		arrived:   make(chan struct{}, 1),
	}
}

// Submit checks the fixes of one tracker, has the good ones committed and returns
// what became of each, after commit. A bad fix is rejected alone. ErrBusy: the queue
// is full; ErrUnavailable: storage is away or the commit's outcome unknown. In both
// cases the sender keeps its fixes and sends them again. The fixes' Tracker and
// ReceivedMs are set here.
func (in *Intake) Submit(ctx context.Context, tracker Tracker, fixes []Fix) (Receipt, error) {
	now := in.now()
	receipt := Receipt{Rejected: []Rejection{}}
	sub := &submission{answer: make(chan outcome, 1)}
	for i, fix := range fixes {
		fix, err := checkFix(fix, in.limits.of(tracker, now))
		if err != nil {
			receipt.Rejected = append(receipt.Rejected, Rejection{Index: i, Reason: err.Error()})
			continue
		}
		fix.Tracker, fix.ReceivedMs = tracker.ID, now.UnixMilli()
		sub.fixes, sub.index = append(sub.fixes, fix), append(sub.index, i)
	}
	if len(sub.fixes) == 0 {
		return receipt, nil
	}
	if err := in.enqueue(sub); err != nil {
		return Receipt{}, err
	}
	select {
	case <-ctx.Done():
		return Receipt{}, fmt.Errorf("wait for the commit: %w", ctx.Err())
	case done := <-sub.answer:
		if done.err != nil {
			return Receipt{}, done.err
		}
		receipt.add(sub.index, done.outcomes)
		return receipt, nil
	}
}

// Waiting returns how many fixes wait to be committed, those of the batch under way
// left out.
func (in *Intake) Waiting() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.queued
}

func (r *Receipt) add(index []int, outcomes []Outcome) {
	for i, o := range outcomes {
		switch o {
		case Stored:
			r.Stored++
		case Duplicate:
			r.Duplicate++
		case Refused:
			r.Rejected = append(r.Rejected, Rejection{Index: index[i], Reason: "the database would not take this fix"})
		}
	}
}

func (in *Intake) enqueue(sub *submission) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	switch {
	case in.closed:
		return fmt.Errorf("take fixes: the server is stopping: %w", ErrUnavailable)
	case in.queued+len(sub.fixes) > in.capacity:
		return fmt.Errorf("take fixes: %w", ErrBusy)
	}
	in.queue = append(in.queue, sub)
	in.queued += len(sub.fixes)
	in.wake()
	return nil
}

func (in *Intake) wake() {
	select {
	case in.arrived <- struct{}{}:
	default: // a token is there already
	}
}

// Run commits what is submitted until ctx ends; then it takes no more, commits what
// waits, answers it, and returns.
func (in *Intake) Run(ctx context.Context) {
	stop := context.AfterFunc(ctx, in.close)
	defer stop()

	pace := time.NewTimer(0)
	defer pace.Stop()
	for {
		in.gather(ctx, pace.C)
		batch, last := in.take()
		if len(batch) > 0 {
			pace.Reset(batchPace)
			in.flush(ctx, batch)
		}
		if last {
			return
		}
	}
}

func (in *Intake) close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.closed = true
	in.wake()
}

// gather waits until something is queued and then until a batch is full or the pace
// allows another, whichever comes first; or until ctx ends.
func (in *Intake) gather(ctx context.Context, pace <-chan time.Time) {
	due := false
	for {
		in.mu.Lock()
		n, closed := in.queued, in.closed
		in.mu.Unlock()
		if closed || n >= batchFixes || (n > 0 && due) {
			return
		}
		select {
		case <-in.arrived:
		case <-pace:
			due = true
		}
	}
}

// take removes the oldest submissions that fit into one batch, at least one if any
// waits. last reports that nothing waits any more and nothing more will come.
func (in *Intake) take() (batch []*submission, last bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	n, fixes := 0, 0
	for n < len(in.queue) && (n == 0 || fixes+len(in.queue[n].fixes) <= batchFixes) {
		fixes += len(in.queue[n].fixes)
		n++
	}
	batch = in.queue[:n:n]
	in.queue = in.queue[n:]
	in.queued -= fixes
	return batch, in.closed && len(in.queue) == 0
}

// flush commits one batch, publishes what it stored, and answers its senders. It is
// finished even when ctx has ended: who was taken in gets an answer.
func (in *Intake) flush(ctx context.Context, batch []*submission) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTimeout)
	defer cancel()

	var fixes []Fix
	for _, sub := range batch {
		fixes = append(fixes, sub.fixes...)
	}
	flushed, err := in.flusher.Flush(ctx, fixes)
	if err != nil {
		if !errors.Is(err, ErrUnavailable) {
			err = fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		err = fmt.Errorf("store fixes: %w", err)
		for _, sub := range batch {
			sub.answer <- outcome{err: err}
		}
		return
	}
	if flushed.Seq != 0 {
		in.publisher.Publish(Event{Seq: flushed.Seq, Fixes: flushed.Stored})
	}
	rest := flushed.Outcomes
	for _, sub := range batch {
		n := len(sub.fixes)
		sub.answer <- outcome{outcomes: rest[:n:n]}
		rest = rest[n:]
	}
}
