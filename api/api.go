package api

import (
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"xunfang/patrol"
)

// Config is what the doors are built from. All of it is needed, but for Web.
type Config struct {
	Deployment Deployment
	Store      Store
	Keeper     Keeper
	Board      Board
	Warden     *patrol.Warden
	Codes      Codes
	Imports    Importer
	Publisher  patrol.Publisher

	Ingest func(http.ResponseWriter, *http.Request) error // under /ingest/: knows trackers by their own tokens
	Roster func(body []byte) ([]patrol.RosterRow, error)  // reads a list of people
	Live   func(http.ResponseWriter, *http.Request) error // at /live: finds the patrol.Principal in the context
	Web    fs.FS                                          // the client's files; nil serves none

	Metrics    *prometheus.Registry
	TrustProxy bool // believe X-Forwarded-Proto, -Host and -For
	Now        func() time.Time
	Log        *slog.Logger
}

// Handler answers a request, or returns an error and has answered nothing.
type Handler = func(w http.ResponseWriter, r *http.Request) error

// Deployment is what a console says of itself.
type Deployment struct {
	Name      string
	Version   string
	TimeZone  string // IANA name: in which people here read clocks
	Simulated bool   // what moves here is not real, and every screen says so
}

// server holds what handlers share.
type server struct {
	Config
	mux       *http.ServeMux
	open      map[string]bool // patterns that nobody needs to sign in for
	crossSite *http.CrossOriginProtection
	passwords *passwords
	attempts  *attempts
	known     *knownSecrets
	tiles     *tileCache
	meter     *meter
	planning  chan struct{}     // holds one while a survey flight is planned
	away      rate.Sometimes    // says in the log that storage is away
	etags     map[string]string // of the client's files
}

// New returns the handler of every door.
func New(c Config) (http.Handler, error) {
	s := &server{
		Config:    c,
		mux:       http.NewServeMux(),
		open:      map[string]bool{},
		crossSite: http.NewCrossOriginProtection(),
		passwords: newPasswords(),
		attempts:  newAttempts(),
		known:     newKnownSecrets(),
		tiles:     newTileCache(),
		meter:     newMeter(c.Metrics),
		planning:  make(chan struct{}, 1),
		away:      rate.Sometimes{Interval: time.Second},
	}
	var err error
	if s.etags, err = fileTags(c.Web); err != nil {
		return nil, err
	}
	for _, d := range Doors {
		if err := d.check(); err != nil {
			return nil, err
		}
		s.mux.Handle(d.Pattern, s.handler(d))
		s.open[d.Pattern] = d.Open()
	}
	return s.recovered(s.measured(s.compressed(s.forwarded(s.guarded(s.Authenticate(s.mux)))))), nil
}

// handler lets through a door who may pass it, and turns what its function returns into
// an answer.
func (s *server) handler(d Door) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		permitted, err := s.permitted(d, r)
		if err == nil {
			err = d.serve(s, w, permitted)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}
