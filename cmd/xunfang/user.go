package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"xunfang/api"
	"xunfang/migrations"
	"xunfang/patrol"
	"xunfang/store"
)

const userUsage = `usage: xunfang user [--data FOLDER | --database-url URL] add [--role ROLE] [--area ID] NAME
       xunfang user [--data FOLDER | --database-url URL] list
       xunfang user [--data FOLDER | --database-url URL] password NAME
       xunfang user [--data FOLDER | --database-url URL] grant NAME [ROLE | ROLE@AREA-ID]...
grant gives the roles named in place of all others. A password is the first line of standard input.`

var errUserUsage = errors.New("user takes add NAME, list, password NAME or grant NAME ROLE...; xunfang user -h tells more")

// runUser works on the database itself, beside a running server or without one, for
// whoever may read its folder or knows its URL: so a forgotten password is replaced.
func runUser(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("xunfang user", flag.ContinueOnError)
	flags.Usage = func() { fmt.Fprintln(flags.Output(), userUsage) }
	data := flags.String("data", envOr("XUNFANG_DATA", "./data"), "")
	url := flags.String("database-url", os.Getenv("DATABASE_URL"), "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errUserUsage
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if *url == "" {
		found, stop, err := findOrStart(ctx, filepath.Join(*data, "pg"), log)
		if err != nil {
			return err
		}
		defer stop()
		*url = found
	}
	db, err := store.Open(ctx, *url, migrations.FS, time.Now, log)
	if err != nil {
		return err
	}
	defer db.Close()
	switch rest := flags.Args()[1:]; flags.Arg(0) {
	case "add":
		return addUser(ctx, db, rest)
	case "list":
		return listUsers(ctx, db, out)
	case "password":
		return setPassword(ctx, db, rest)
	case "grant":
		return setGrants(ctx, db, rest)
	default:
		return errUserUsage
	}
}

// findOrStart returns the URL of the private database in dir, a running server's or one
// started for the while, and what ends it.
func findOrStart(ctx context.Context, dir string, log *slog.Logger) (url string, stop func(), err error) {
	url, err = store.FindPrivate(dir)
	if !errors.Is(err, patrol.ErrNotFound) {
		return url, func() {}, err
	}
	private, err := store.StartPrivate(ctx, dir, log)
	if err != nil {
		return "", nil, err
	}
	return private.URL(), func() {
		if err := private.Stop(); err != nil {
			log.Error("PostgreSQL did not stop cleanly", "error", err)
		}
	}, nil
}

func addUser(ctx context.Context, db *store.Store, args []string) error {
	flags := flag.NewFlagSet("xunfang user add", flag.ContinueOnError)
	role := flags.String("role", string(patrol.Viewer), "viewer, field, leader, planner, commander or admin")
	area := flags.String("area", "", "id of the area for which; the whole deployment unless given")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errUserUsage
	}
	grant, err := parseGrant(*role, *area)
	if err != nil {
		return err
	}
	password, err := readPassword()
	if err != nil {
		return err
	}
	return api.CreateUser(ctx, db, flags.Arg(0), []patrol.Grant{grant}, password, time.Now())
}

// parseGrant reads a role on the area with an id, or, without one, on the whole deployment.
func parseGrant(role, area string) (g patrol.Grant, err error) {
	if g.Role, err = patrol.ParseRole("role", role); err != nil || area == "" {
		return g, err
	}
	g.Area, err = patrol.ParseID("area", area)
	return g, err
}

func listUsers(ctx context.Context, db *store.Store, out io.Writer) error {
	users, err := db.Users(ctx)
	if err != nil {
		return err
	}
	for _, u := range users {
		if _, err := fmt.Fprintf(out, "%s\t%s\t%s\n", u.Name, grantsText(u), u.Created.UTC().Format(time.RFC3339)); err != nil {
			return err
		}
	}
	return nil
}

// setGrants gives a user the roles named, and takes away all others.
func setGrants(ctx context.Context, db *store.Store, args []string) error {
	if len(args) == 0 {
		return errUserUsage
	}
	user, _, err := db.UserByName(ctx, args[0])
	if err != nil {
		return fmt.Errorf("user %q: %w", args[0], err)
	}
	user.Grants = nil
	for _, arg := range args[1:] {
		role, area, _ := strings.Cut(arg, "@")
		g, err := parseGrant(role, area)
		if err != nil {
			return err
		}
		user.Grants = append(user.Grants, g)
	}
	return db.ReplaceUser(ctx, user, "")
}

// grantsText writes roles as ROLE, on the whole deployment, or ROLE@AREA, with commas
// between them.
func grantsText(u patrol.User) string {
	var texts []string
	for _, g := range u.Grants {
		text := string(g.Role)
		if g.Area != uuid.Nil {
			text += "@" + g.Area.String()
		}
		texts = append(texts, text)
	}
	if u.Disabled {
		texts = append(texts, "disabled")
	}
	return cmp.Or(strings.Join(texts, ","), "-")
}

// setPassword ends every session of the user.
func setPassword(ctx context.Context, db *store.Store, args []string) error {
	if len(args) != 1 {
		return errUserUsage
	}
	user, _, err := db.UserByName(ctx, args[0])
	if err != nil {
		return fmt.Errorf("user %q: %w", args[0], err)
	}
	password, err := readPassword()
	if err != nil {
		return err
	}
	hash, err := api.HashPassword(password)
	if err != nil {
		return err
	}
	return db.SetPassword(ctx, user.ID, hash, nil)
}

func readPassword() (string, error) {
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.New("no password on standard input")
	}
	return line, nil
}
