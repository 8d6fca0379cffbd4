package main

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"xunfang/ingest"
)

// Config is everything that serve can be told, by flag or environment.
type Config struct {
	Addr          string // host:port to listen on
	Data          string // folder of the private database and of what the server keeps
	DatabaseURL   string // empty: a private PostgreSQL under Data
	AdminPassword string // of the first user, when there is none yet; empty: made up
	RetentionDays int    // that fixes are kept; 0 = for ever
	TLSCert       string // PEM files; both or none
	TLSKey        string
	TrustProxy    bool // believe X-Forwarded-For, -Proto and -Host
	Name          string
	TimeZone      string
	MAVLink       []ingest.MAVLinkSource // drones that are heard; none: no port is opened
	Simulated     bool                   // what moves here is not real; every screen says so
	Web           fs.FS                  // the built page; nil serves none
}

// serveFlags declares serve's flags, whose defaults come from the environment.
func serveFlags(name string) (*flag.FlagSet, *Config) {
	cfg := &Config{AdminPassword: os.Getenv("XUNFANG_ADMIN_PASSWORD")}
	flags := flag.NewFlagSet("xunfang "+name, flag.ContinueOnError)
	text := func(v *string, name, env, fallback, usage string) {
		flags.StringVar(v, name, envOr(env, fallback), usage+" ($"+env+")")
	}
	text(&cfg.Addr, "addr", "XUNFANG_ADDR", ":8080", "`HOST:PORT` to listen on")
	text(&cfg.Data, "data", "XUNFANG_DATA", "./data", "`FOLDER` of the private database and other state")
	text(&cfg.DatabaseURL, "database-url", "DATABASE_URL", "", "`URL` of a PostGIS database; none: a private one under the data folder")
	text(&cfg.TLSCert, "tls-cert", "XUNFANG_TLS_CERT", "", "PEM `FILE` of the certificate: serve HTTPS")
	text(&cfg.TLSKey, "tls-key", "XUNFANG_TLS_KEY", "", "PEM `FILE` of its key")
	text(&cfg.Name, "name", "XUNFANG_NAME", "巡防 Xunfang", "the deployment's `NAME`")
	text(&cfg.TimeZone, "time-zone", "XUNFANG_TIME_ZONE", "Asia/Shanghai", "IANA `ZONE` in which people here read clocks")
	flags.Func("mavlink", "drones to hear over MAVLink: udp:HOST:`PORT/SYSTEM=TRACKER-ID`[@CAMERA], … ($XUNFANG_MAVLINK)", cfg.setMAVLink)
	flags.Func("retention", "`DAYS` that fixes are kept, 0 = for ever ($XUNFANG_RETENTION) (default 30)", cfg.setRetention)
	flags.BoolVar(&cfg.TrustProxy, "trust-proxy", os.Getenv("XUNFANG_TRUST_PROXY") == "1", "believe X-Forwarded-For, -Proto and -Host ($XUNFANG_TRUST_PROXY=1)")
	return flags, cfg
}

// parse reads the command line and checks what flags alone cannot.
func (cfg *Config) parse(flags *flag.FlagSet, args []string) error {
	if err := cfg.setRetention(envOr("XUNFANG_RETENTION", "30")); err != nil {
		return fmt.Errorf("XUNFANG_RETENTION %w", err)
	}
	if err := cfg.setMAVLink(os.Getenv("XUNFANG_MAVLINK")); err != nil {
		return fmt.Errorf("XUNFANG_MAVLINK %w", err)
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%s takes no argument %q", flags.Name(), flags.Arg(0))
	}
	if (cfg.TLSCert == "") != (cfg.TLSKey == "") {
		return fmt.Errorf("HTTPS needs both a certificate and its key")
	}
	if _, err := time.LoadLocation(cfg.TimeZone); err != nil {
		return fmt.Errorf("time zone: %w", err)
	}
	return nil
}

func (cfg *Config) setRetention(text string) error {
	days, err := strconv.Atoi(text)
	if err != nil || days < 0 {
		return fmt.Errorf("is %q, not a number of days", text)
	}
	cfg.RetentionDays = days
	return nil
}

func (cfg *Config) setMAVLink(text string) (err error) {
	cfg.MAVLink, err = ingest.ParseMAVLinkSources(text)
	return err
}

func envOr(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return fallback
}
