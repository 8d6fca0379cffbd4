package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"xunfang/client"
	"xunfang/ingest"
	"xunfang/patrol"
)

const (
	replayBatch    = 1000                   // fixes a request at most
	replayPace     = 250 * time.Millisecond // at --speed N, requests of one tracker
	replayParallel = 4                      // files at once, at full speed
)

// replay sends recorded tracks through the public ingest API, one tracker a file.
type replay struct {
	server  *client.Client
	kind    patrol.Kind
	name    string        // of the tracker; empty: the file's
	speed   float64       // times as fast as it was; 0 = as fast as it goes
	shift   time.Duration // is added to every fix's time
	firstMs int64         // of the earliest fix of all files, shifted
	began   time.Time

	mu  sync.Mutex // for out
	out *json.Encoder
}

// replayed is what became of one file.
type replayed struct {
	File      string         `json:"file"`
	Tracker   uuid.UUID      `json:"tracker"`
	Stored    int            `json:"stored"`
	Duplicate int            `json:"duplicate"`
	Rejected  int            `json:"rejected"`          // by the server
	Refused   ingest.Refused `json:"refused,omitempty"` // points of the file that are no fixes
}

func runReplay(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("xunfang replay", flag.ContinueOnError)
	server := serverFlag(flags)
	speed := flags.String("speed", "max", "`N` times as fast as it was, or max")
	shiftTo := flags.String("shift-to", "", "move the earliest fix of all files to `TIME` (RFC 3339)")
	kind := flags.String("kind", string(patrol.Person), "what moved: `person, vehicle or drone`")
	name := flags.String("name", "", "the tracker's `NAME`; with several files, the files' names follow (default the file's name)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	files := flags.Args()
	if len(files) == 0 {
		return errors.New("replay needs at least one file")
	}
	r := &replay{server: connect(*server), kind: patrol.Kind(*kind), name: *name, out: json.NewEncoder(out), began: time.Now()}
	defer r.server.Close()
	if *speed != "max" {
		var err error
		if r.speed, err = strconv.ParseFloat(*speed, 64); err != nil || !(r.speed > 0) {
			return fmt.Errorf("--speed is %q, neither a positive number nor max", *speed)
		}
	}
	if err := r.align(files, *shiftTo); err != nil {
		return err
	}
	sending, ctx := errgroup.WithContext(ctx)
	if r.speed == 0 {
		sending.SetLimit(replayParallel)
	}
	for _, file := range files {
		sending.Go(func() error { return r.file(ctx, file, len(files) > 1) })
	}
	return sending.Wait()
}

// align finds where the files' common time line begins and moves it to shiftTo.
func (r *replay) align(files []string, shiftTo string) error {
	if r.speed == 0 && shiftTo == "" {
		return nil
	}
	first := int64(-1)
	for _, file := range files {
		_, err := readTrack(file, func(f patrol.Fix) error {
			if first < 0 || f.TMs < first {
				first = f.TMs
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	r.firstMs = first
	if shiftTo != "" && first >= 0 {
		to, err := time.Parse(time.RFC3339, shiftTo)
		if err != nil {
			return fmt.Errorf("--shift-to is %q, not an RFC 3339 time", shiftTo)
		}
		r.shift = time.Duration(to.UnixMilli()-first) * time.Millisecond
		r.firstMs = to.UnixMilli()
	}
	return nil
}

// file sends one file and prints what became of it.
func (r *replay) file(ctx context.Context, file string, several bool) error {
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	switch {
	case r.name != "" && several:
		name = r.name + " " + name
	case r.name != "":
		name = r.name
	}
	s := &sender{replay: r, tracker: name, result: replayed{File: file}}
	var err error
	s.result.Refused, err = readTrack(file, func(f patrol.Fix) error { return s.take(ctx, f) })
	if err == nil {
		err = s.flush(ctx)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		return fmt.Errorf("replay %s after %d fixes: %w", file, s.result.Stored+s.result.Duplicate+s.result.Rejected, err)
	}
	return r.out.Encode(s.result)
}

func readTrack(path string, take func(patrol.Fix) error) (ingest.Refused, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return ingest.ReadFile(path, file, take)
}

// sender is one tracker on its way through its file. It is made on the server when the
// first fixes are sent: a file that cannot be read leaves none behind.
type sender struct {
	*replay
	tracker string // its name
	token   string // empty: not made yet
	batch   []patrol.Fix
	result  replayed
}

// take adds a fix to the batch, having waited for its time if the speed says so.
func (s *sender) take(ctx context.Context, f patrol.Fix) error {
	f.TMs += s.shift.Milliseconds()
	if s.speed > 0 {
		due := s.began.Add(time.Duration(float64(f.TMs-s.firstMs) / s.speed * float64(time.Millisecond)))
		if time.Until(due) > replayPace {
			if err := s.flush(ctx); err != nil {
				return err
			}
			if err := sleepUntil(ctx, due); err != nil {
				return err
			}
		}
	}
	s.batch = append(s.batch, f)
	if len(s.batch) == replayBatch {
		return s.flush(ctx)
	}
	return nil
}

// flush sends the batch and counts what became of it.
func (s *sender) flush(ctx context.Context) error {
	if err := s.introduce(ctx); err != nil || len(s.batch) == 0 {
		return err
	}
	receipt, err := s.server.SendFixes(ctx, s.token, s.batch)
	if err != nil {
		return err
	}
	s.batch = s.batch[:0]
	s.result.Stored += receipt.Stored
	s.result.Duplicate += receipt.Duplicate
	if len(receipt.Rejected) > 0 && s.result.Rejected == 0 {
		fmt.Fprintf(os.Stderr, "%s: rejected: %s\n", s.result.File, receipt.Rejected[0].Reason)
	}
	s.result.Rejected += len(receipt.Rejected)
	fmt.Fprintf(os.Stderr, "%s: %d stored\n", s.result.File, s.result.Stored)
	return nil
}

// introduce makes the tracker, unless it is there.
func (s *sender) introduce(ctx context.Context) (err error) {
	if s.token == "" {
		props := map[string]any{"name": s.tracker, "kind": s.kind, "import": true}
		s.result.Tracker, s.token, err = s.server.CreateTracker(ctx, props)
	}
	return err
}

func sleepUntil(ctx context.Context, due time.Time) error {
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
