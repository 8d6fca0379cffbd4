package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"xunfang/api"
	"xunfang/client"
	"xunfang/client/demo"
	"xunfang/patrol"
	"xunfang/store"
	"xunfang/web"
)

func runDemo(ctx context.Context, args []string, out io.Writer) error {
	flags, cfg := serveFlags("demo")
	cfg.Name = envOr("XUNFANG_NAME", "示范街道(模拟)")
	if err := cfg.parse(flags, args); err != nil {
		return err
	}
	var err error
	if cfg.Web, err = web.Files(); err != nil {
		return err
	}
	return serveDemo(ctx, *cfg, func(s *server) error {
		if err := s.announce(out); err != nil {
			return err
		}
		if s.madePassword == "" {
			fmt.Fprintf(out, "sign in as %s with the password of the first start (forgotten: echo PASSWORD | bin/xunfang user password %[1]s)\n", api.AdminName)
		}
		_, err := fmt.Fprintln(out, "an invented district moves in; all of it is simulated. Ctrl+C ends it")
		return err
	})
}

// serveDemo runs the console, and once it is up, the demonstration against its public
// API, until ctx ends or one of them does.
func serveDemo(ctx context.Context, cfg Config, ready func(*server) error) error {
	cfg.Simulated = true
	both, ctx := errgroup.WithContext(ctx)
	up := make(chan *server, 1)
	both.Go(func() error {
		return serve(ctx, cfg, func(_ context.Context, s *server) error {
			up <- s
			return ready(s)
		})
	})
	both.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case s := <-up:
			err := moveDistrict(ctx, cfg, s)
			if ctx.Err() != nil { // what breaks off then is no failure
				return nil
			}
			return err
		}
	})
	return both.Wait()
}

// moveDistrict runs the demonstration until ctx ends.
func moveDistrict(ctx context.Context, cfg Config, s *server) error {
	auth, err := demoAccount(ctx, s.store)
	if err != nil {
		return fmt.Errorf("an account for the demonstration: %w", err)
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	server := client.New(s.url, auth)
	defer server.Close()
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	district, err := demo.New(server, filepath.Join(cfg.Data, "demo.json"), time.Now, log)
	if err != nil {
		return err
	}
	return district.Run(ctx)
}

// demoAccount lets the demonstration in, under a password that only this run knows.
func demoAccount(ctx context.Context, db *store.Store) (client.Auth, error) {
	const name = "demo"
	auth := client.Auth{User: name, Password: rand.Text()}
	err := api.CreateUser(ctx, db, name, []patrol.Grant{{Role: patrol.Planner}}, auth.Password, time.Now())
	if !errors.Is(err, patrol.ErrConflict) {
		return auth, err
	}
	user, _, err := db.UserByName(ctx, name)
	if err != nil {
		return client.Auth{}, err
	}
	hash, err := api.HashPassword(auth.Password)
	if err != nil {
		return client.Auth{}, err
	}
	return auth, db.SetPassword(ctx, user.ID, hash, nil)
}
