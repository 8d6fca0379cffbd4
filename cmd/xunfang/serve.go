package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"xunfang/api"
	"xunfang/ingest"
	"xunfang/live"
	"xunfang/migrations"
	"xunfang/patrol"
	"xunfang/store"
	"xunfang/web"
)

// hintsBuffer is how many events a slow reader of the bus may lag behind.
const hintsBuffer = 1024

func runServe(ctx context.Context, args []string, out io.Writer) error {
	flags, cfg := serveFlags("serve")
	if err := cfg.parse(flags, args); err != nil {
		return err
	}
	var err error
	if cfg.Web, err = web.Files(); err != nil {
		return err
	}
	return serve(ctx, *cfg, func(_ context.Context, s *server) error {
		return s.announce(out)
	})
}

// server is a console that is up.
type server struct {
	url          string // http://HOST:PORT, as people may type it
	store        *store.Store
	drones       *ingest.MAVLink
	madePassword string // of the first user, when it was made up just now
}

// announce tells the operator that the console is up, and a password that was made up.
func (s *server) announce(out io.Writer) error {
	if s.madePassword != "" {
		fmt.Fprintf(out, "first user %s, password %s (shown this once)\n", api.AdminName, s.madePassword)
	}
	_, err := fmt.Fprintln(out, "listening on", s.url)
	return err
}

// serve runs the console until ctx ends or something that it cannot do without does.
// ready is called once it is up; its error ends the console too. What serve started
// has ended when it returns, in this order: no more is taken in, what was taken is
// stored, viewers are told, requests end, the database is closed.
func serve(ctx context.Context, cfg Config, ready func(context.Context, *server) error) error {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	url := cfg.DatabaseURL
	var died <-chan struct{} // nil: the database is somebody else's
	if url == "" {
		private, err := store.StartPrivate(ctx, filepath.Join(cfg.Data, "pg"), log)
		if err != nil {
			return err
		}
		defer func() {
			if err := private.Stop(); err != nil {
				log.Error("PostgreSQL did not stop cleanly", "error", err)
			}
		}()
		url, died = private.URL(), private.Done()
	}
	db, err := store.Open(ctx, url, migrations.FS, time.Now, log)
	if err != nil {
		return err
	}
	defer db.Close()
	made, err := api.EnsureAdmin(ctx, db, cfg.AdminPassword, time.Now())
	if err != nil {
		return err
	}

	var bus live.Bus
	intake := patrol.NewIntake(patrol.IntakeConfig{
		Flusher: store.NewFlusher(db), Publisher: &bus, Now: time.Now, Retention: cfg.RetentionDays,
	})
	images := patrol.NewImageDesk(patrol.ImageDeskConfig{
		Store: db, Publisher: &bus, Now: time.Now, Retention: cfg.RetentionDays,
	})
	signs := patrol.NewSignDesk(patrol.SignDeskConfig{
		Store: db, Publisher: &bus, Now: time.Now, Retention: cfg.RetentionDays,
	})
	zone, err := time.LoadLocation(cfg.TimeZone)
	if err != nil {
		return fmt.Errorf("time zone: %w", err)
	}
	keeper := patrol.NewKeeper(patrol.KeeperConfig{
		Archive: db, Demands: db, Ledger: db, Shelf: db, Publisher: &bus,
		Now: time.Now, Holder: uuid.NewString(), TimeZone: zone, Log: log,
	})
	board := live.NewBoard()
	warden := patrol.NewWarden(db)
	hub := live.NewHub(live.HubConfig{Board: board, Sights: db, AccessChanged: warden.Changed, Now: time.Now, Log: log})
	follower := live.NewFollower(live.FollowerConfig{
		Archive: db, Opening: db, Documents: db, Sights: db, Hints: bus.Subscribe(hintsBuffer),
		Sink: hub, Now: time.Now, Log: log,
	})
	if err := follower.Open(ctx); err != nil {
		return err
	}
	imports := patrol.NewImportDesk(ingest.ReadShapes, db, &bus, log)
	metrics := newMetrics(intake, hub)
	disk := newDiskGuard(cfg, time.Now)
	evidence := ingest.NewDoor(newFixMeter(guardedFixes{intake, disk}, metrics), guardedImages{images, disk}, guardedSigns{signs, disk}, db, time.Now)

	handler, err := api.New(api.Config{
		Deployment: api.Deployment{Name: cfg.Name, Version: release(), TimeZone: cfg.TimeZone, Simulated: cfg.Simulated},
		Store:      db, Keeper: keeper, Board: board, Warden: warden, Codes: signs, Publisher: &bus,
		Ingest: evidence.Serve, Roster: ingest.ReadRoster, Live: hub.Serve, Web: cfg.Web,
		Imports: imports,
		Metrics: metrics, TrustProxy: cfg.TrustProxy, Now: time.Now, Log: log,
	})
	if err != nil {
		return err
	}
	door, err := newHTTPServer(handler, cfg, log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return err
	}
	drones, err := ingest.ListenMAVLink(ingest.MAVLinkConfig{
		Sources: cfg.MAVLink, Intake: newFixMeter(guardedFixes{intake, disk}, metrics), Images: guardedImages{images, disk},
		Trackers: db, Now: time.Now, Log: log,
	})
	if err != nil {
		return err
	}
	defer drones.Close()
	meterMAVLink(drones, metrics)
	broken := make(chan error, 2) // of what serves and what keeps: why the console ends
	serving := begin(ctx, func(context.Context) { broken <- serveHTTP(door, listener) })
	defer func() {
		shutDown(ctx, door)
		serving.stop()
	}()

	// Each is stopped before those above it.
	defer begin(ctx, hub.Run).stop()
	defer begin(ctx, follower.Run).stop()
	defer begin(ctx, func(ctx context.Context) { sweep(ctx, db, cfg.RetentionDays, log) }).stop()
	desk := patrol.NewZoneDesk(db, &bus, wallClock{}, log)
	hints := bus.Subscribe(hintsBuffer)
	defer begin(ctx, func(ctx context.Context) { relay(ctx, hints, keeper, desk) }).stop()
	defer begin(ctx, desk.Run).stop()
	defer begin(ctx, func(ctx context.Context) {
		if err := keeper.Run(ctx); err != nil && ctx.Err() == nil {
			broken <- fmt.Errorf("the keeper of watches ended: %w", err)
		}
	}).stop()
	defer begin(ctx, imports.Run).stop()
	defer begin(ctx, intake.Run).stop()
	defer begin(ctx, drones.Run).stop()

	up := &server{url: publicURL(listener.Addr(), cfg), store: db, drones: drones, madePassword: made}
	if err := ready(ctx, up); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case <-died:
		return errors.New("the private PostgreSQL has ended; its log above says why")
	case err := <-broken:
		return err
	}
}
