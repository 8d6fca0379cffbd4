package api

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
)

// Store is what the doors ask of storage, by noun. Errors are patrol's kinds.
type Store interface {
	Originals
	Tiles
	Users
	Sessions
	Tokens
	Features
	Trackers
	Fixes
	Footprints
	Gaps
	Series
	FieldLinks
	Duties
	Scopes
	Enrolments
	// Ping reports whether the database answers.
	Ping(ctx context.Context) error
}

// Users are the people with accounts.
type Users interface {
	CreateUser(ctx context.Context, u patrol.User, hash string) error
	Users(ctx context.Context) ([]patrol.User, error)
	// ReplaceUser sets grants, whether the user is disabled and, unless hash is "", the
	// password; DeleteUser ends the account. A *patrol.Conflict keeps the last admin.
	ReplaceUser(ctx context.Context, u patrol.User, hash string) error
	DeleteUser(ctx context.Context, user uuid.UUID) error
	// Account returns who has that name, disabled or not.
	Account(ctx context.Context, name string) (p patrol.Principal, hash string, err error)
	// SetPassword ends every session of the user but the one kept (nil: none).
	SetPassword(ctx context.Context, user uuid.UUID, hash string, keepSession []byte) error
}

// Sessions are signed-in browsers, known by the hash of their cookie.
type Sessions interface {
	CreateSession(ctx context.Context, user uuid.UUID, tokenHash []byte, expires time.Time) error
	SessionUser(ctx context.Context, tokenHash []byte) (patrol.Principal, error)
	EndSession(ctx context.Context, tokenHash []byte) error
}

// Tokens are programs' keys, known by their hash.
type Tokens interface {
	CreateAPIToken(ctx context.Context, user uuid.UUID, t patrol.APIToken, hash []byte) error
	APITokens(ctx context.Context, user uuid.UUID) ([]patrol.APIToken, error)
	RevokeAPIToken(ctx context.Context, user, id uuid.UUID) error
	TokenUser(ctx context.Context, hash []byte) (patrol.Principal, error)
}

// Features are documents with a place.
type Features interface {
	CreateFeature(ctx context.Context, f patrol.Feature) (seq int64, err error)
	// Feature returns the version that applies now, FeatureAt the one that applies at a
	// time, Versions all of them.
	Feature(ctx context.Context, collection string, id uuid.UUID) (patrol.Feature, error)
	FeatureAt(ctx context.Context, collection string, id uuid.UUID, at time.Time) (patrol.Feature, error)
	Versions(ctx context.Context, scope *patrol.Scope, collection string, id uuid.UUID) ([]patrol.Feature, error)
	// ReplaceFeature keeps a next version, DeleteFeature ends what has none newer than
	// version; patrol.ErrConflict when somebody was faster.
	ReplaceFeature(ctx context.Context, f patrol.Feature) (seq int64, err error)
	DeleteFeature(ctx context.Context, collection string, id uuid.UUID, version int, at time.Time) (seq int64, err error)
	Features(ctx context.Context, q patrol.Query) (fs []patrol.Feature, matched int, err error)
	// Extent returns the box around what a scope sees of a collection, nil when that is
	// nothing.
	Extent(ctx context.Context, scope *patrol.Scope, collection string) (*orb.Bound, error)
}

// Enrolments are lists of people, kept whole.
type Enrolments interface {
	Enrol(ctx context.Context, r patrol.Enrolment) error
}

// Trackers are made together with the hash of their token.
type Trackers interface {
	CreateTracker(ctx context.Context, f patrol.Feature, tokenHash []byte) (seq int64, err error)
	// SetTrackerToken ends every token that a tracker had; nil gives it none.
	SetTrackerToken(ctx context.Context, tracker uuid.UUID, tokenHash []byte) error
	TrackerByToken(ctx context.Context, hash []byte) (patrol.Tracker, error)
}

// FieldLinks are how phones become trackers, known by the hash of their code.
type FieldLinks interface {
	CreateFieldLink(ctx context.Context, l patrol.FieldLink, codeHash []byte) error
	FieldLinks(ctx context.Context, tracker uuid.UUID) ([]patrol.FieldLink, error)
	FieldLink(ctx context.Context, id uuid.UUID) (patrol.FieldLink, error)
	RevokeFieldLink(ctx context.Context, id uuid.UUID, now time.Time) error
	// UseFieldLink makes a phone's key its tracker's only token; patrol.ErrConflict when
	// the link is spent.
	UseFieldLink(ctx context.Context, codeHash, keyHash []byte, now time.Time) error
}

// Duties are the starts and ends that trackers tell.
type Duties interface {
	AddDuty(ctx context.Context, d patrol.Duty) error
	LastDuty(ctx context.Context, tracker uuid.UUID) (patrol.Duty, error)
}

// Fixes are read by tracker and time; both ends of an interval are included.
type Fixes interface {
	FixesOf(ctx context.Context, q patrol.EvidenceQuery) ([]patrol.Fix, error)
	CountFixes(ctx context.Context, q patrol.EvidenceQuery) (int, error)
	LastFix(ctx context.Context, tracker uuid.UUID) (patrol.Fix, error)
}

// Footprints are read like fixes.
type Footprints interface {
	FootprintsOf(ctx context.Context, q patrol.EvidenceQuery) ([]patrol.Footprint, error)
	CountFootprints(ctx context.Context, q patrol.EvidenceQuery) (int, error)
}

// Scopes judge what lies in them; a nil scope is the whole deployment.
type Scopes interface {
	patrol.ScopeSource
	// Sees reports whether a feature or gap lies in a scope, of trackers whether they are
	// of its teams; Governs whether it lies there whole.
	Sees(ctx context.Context, scope *patrol.Scope, collection string, id uuid.UUID) (bool, error)
	Governs(ctx context.Context, scope *patrol.Scope, collection string, id uuid.UUID) (bool, error)
	// Beyond returns a place where g leaves a scope's ground, nil when it does not.
	Beyond(ctx context.Context, scope *patrol.Scope, g orb.Geometry) (*orb.Point, error)
}

// Gaps are the recorded ones.
type Gaps interface {
	// ActOnGap has a person's event done to a gap; a *patrol.Conflict when its state does
	// not allow it.
	ActOnGap(ctx context.Context, id uuid.UUID, e patrol.GapEvent) (seq int64, g patrol.Gap, err error)
	GapHistory(ctx context.Context, id uuid.UUID) ([]patrol.GapEvent, error)
	Gaps(ctx context.Context, q patrol.GapQuery) (gs []patrol.Gap, matched int, err error)
	Gap(ctx context.Context, id uuid.UUID) (patrol.Gap, error)
}

// Series are what coverage was, minute by minute.
type Series interface {
	// Samples returns those of a watch between two times, in steps of so many seconds.
	Samples(ctx context.Context, watch uuid.UUID, during patrol.Times, stepS int64) ([]patrol.Sample, error)
}

// Keeper answers for coverage.
type Keeper interface {
	// Idleness is of the live raster, IdlenessAt of the stored fixes as of a time.
	Idleness(ctx context.Context, watch uuid.UUID, t geo.Tile) (patrol.Idleness, error)
	IdlenessAt(ctx context.Context, watch uuid.UUID, t geo.Tile, atMs int64) (patrol.Idleness, error)
	// Coverage is of the live raster, CoverageKnown of the stored fixes as of a moment.
	Coverage(ctx context.Context, watch uuid.UUID) (patrol.Coverage, error)
	CoverageKnown(ctx context.Context, watch uuid.UUID, m patrol.Moment) (patrol.Coverage, error)
	// WhatIf is nil for a watch of which drones' images show nothing.
	WhatIf(ctx context.Context, watch uuid.UUID, atMs int64) (*patrol.WhatIf, error)
}

// Codes are what checkpoints show.
type Codes interface {
	// Code returns the code shown now and when (Unix ms) the next one takes its place;
	// patrol.ErrNotFound when there is no such checkpoint.
	Code(ctx context.Context, checkpoint uuid.UUID) (code string, changesMs int64, err error)
}

// Board knows where trackers were last, as far as it was told.
type Board interface {
	Last(tracker uuid.UUID) (patrol.Fix, bool)
}
