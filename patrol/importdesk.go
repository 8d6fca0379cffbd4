package patrol

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

const (
	importsWaiting    = 8   // more are ErrBusy
	importsRemembered = 100 // that have ended
	// MaxImported is how many features one file may hold.
	MaxImported = 1_000_000
)

// ImportFile is an uploaded file. Whoever is given one closes it.
type ImportFile interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// TakeGiven takes one feature of a file, with coordinates as they stand there, or, when
// flaw is not nil, what is wrong with that feature alone.
type TakeGiven func(given Given, flaw *Invalid) error

// ReadImport reads the features of a file in its order, as ingest.ReadShapes does.
type ReadImport func(file io.ReaderAt, size int64, take TakeGiven) error

// ImportStore keeps what is imported.
type ImportStore interface {
	// Imported returns the indexes of the features that an earlier import of the same
	// file into the same collection on the same datum has made and that are still there,
	// and on which other datums there are such.
	Imported(ctx context.Context, order ImportOrder) (indexes map[int]bool, elsewhere []geo.Datum, err error)
	// AreaNamed returns the one area of that name in a scope; ErrNotFound, ErrConflict for
	// several.
	AreaNamed(ctx context.Context, scope *Scope, name string) (uuid.UUID, error)
	// Beyond returns a place where g leaves the ground of a scope, nil when it does not.
	Beyond(ctx context.Context, scope *Scope, g orb.Geometry) (*orb.Point, error)
	// ImportFeatures keeps all that each gives to put, save what Imported names, in one
	// transaction, or nothing.
	ImportFeatures(ctx context.Context, order ImportOrder, each func(put func(ImportedFeature) error) error) (created int, seq int64, err error)
}

// ImportDesk imports one file after the other. Each is read twice, never held whole:
// first to judge every feature, then, when none is wrong, to keep them all.
type ImportDesk struct {
	read      ReadImport
	store     ImportStore
	publisher Publisher
	log       *slog.Logger
	waiting   chan *importJob

	mu   sync.Mutex
	jobs map[uuid.UUID]*importJob
	ends []uuid.UUID // jobs that have ended, oldest first
}

// NewImportDesk returns a desk; Run opens it.
func NewImportDesk(read ReadImport, store ImportStore, publisher Publisher, log *slog.Logger) *ImportDesk {
	return &ImportDesk{
		read: read, store: store, publisher: publisher, log: log,
		waiting: make(chan *importJob, importsWaiting),
		jobs:    map[uuid.UUID]*importJob{},
	}
}

// Begin takes a file, which is the desk's from then on whatever is returned, and returns
// the job's state and what is closed when the job has ended. ErrBusy when too many wait.
func (d *ImportDesk) Begin(order ImportOrder, file ImportFile) (ImportState, <-chan struct{}, error) {
	job := newImportJob(order, file)
	select {
	case d.waiting <- job:
	default:
		_ = file.Close() // nothing was written to it
		return ImportState{}, nil, ErrBusy
	}
	d.mu.Lock()
	d.jobs[order.ID] = job
	d.mu.Unlock()
	return job.now(), job.ended, nil
}

// Import returns how a job stands, to who began it; ErrNotFound to others, and of jobs
// long past or of another server's life.
func (d *ImportDesk) Import(id uuid.UUID, by User) (ImportState, error) {
	d.mu.Lock()
	job := d.jobs[id]
	d.mu.Unlock()
	if job == nil || job.order.By.ID != by.ID {
		return ImportState{}, ErrNotFound
	}
	return job.now(), nil
}

// Run imports until ctx ends. What waits then is given up.
func (d *ImportDesk) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			d.giveUp(ctx)
			return
		case job := <-d.waiting:
			d.work(ctx, job)
		}
	}
}

func (d *ImportDesk) giveUp(ctx context.Context) {
	for {
		select {
		case job := <-d.waiting:
			d.work(ctx, job) // ends at once, as ctx has
		default:
			return
		}
	}
}

func (d *ImportDesk) work(ctx context.Context, job *importJob) {
	seq, err := d.carryOut(ctx, job)
	_ = job.file.Close() // nothing was written to it
	if invalid := (*Invalid)(nil); err != nil && !errors.As(err, &invalid) && ctx.Err() == nil {
		d.log.Error("an import failed", "import", job.order.ID, "error", err)
	}
	if seq > 0 {
		d.publisher.Publish(Event{Seq: seq, Imported: job.order.Collection})
	}
	job.end(err)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ends = append(d.ends, job.order.ID); len(d.ends) > importsRemembered {
		delete(d.jobs, d.ends[0])
		d.ends = d.ends[1:]
	}
}

// carryOut judges the file and keeps it, unless something is wrong or it is a dry run.
func (d *ImportDesk) carryOut(ctx context.Context, job *importJob) (seq int64, err error) {
	plan, err := newImportPlan(job.order, d.store)
	if err != nil {
		return 0, err
	}
	there, elsewhere, err := d.store.Imported(ctx, job.order)
	if err != nil {
		return 0, err
	}
	job.begin("reading")
	job.warn(elsewhere)
	err = d.each(ctx, plan, job, func(made ImportedFeature, err error) error {
		return job.judge(made, there[made.Index], err)
	})
	if err != nil || !job.judged() || job.order.DryRun {
		return 0, err
	}
	job.begin("storing")
	created, seq, err := d.store.ImportFeatures(ctx, job.order, func(put func(ImportedFeature) error) error {
		return d.each(ctx, plan, job, func(made ImportedFeature, err error) error {
			if err != nil {
				return err // it was right a moment ago
			}
			return put(made)
		})
	})
	if err == nil {
		job.kept(created)
	}
	return seq, err
}

// each reads the file and gives take what becomes of every feature, or what is wrong
// with it.
func (d *ImportDesk) each(ctx context.Context, plan *importPlan, job *importJob, take func(ImportedFeature, error) error) error {
	index := 0
	return d.read(job.file, job.file.Size(), func(given Given, flaw *Invalid) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if index >= MaxImported {
			return Invalidf("", "The file holds more than %d features", MaxImported)
		}
		made, err := ImportedFeature{Index: index, Original: given.Geometry, Said: given.Properties}, error(flaw)
		if flaw == nil {
			made, err = plan.feature(ctx, index, given)
		}
		index++
		if invalid := (*Invalid)(nil); err != nil && !errors.As(err, &invalid) {
			return err
		}
		job.read(index)
		return take(made, err)
	})
}
