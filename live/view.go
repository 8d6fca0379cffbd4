package live

import (
	"encoding/json"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// view is the picture as one scope sees it. Everything in it is encoded once, and read
// by each session of that scope at its own pace. It is the Hub's, under its lock.
type view struct {
	scope    *patrol.Scope
	board    *Board
	now      func() time.Time
	log      *slog.Logger
	sessions int
	gaps     []openGap // open, oldest first
	history  history
	snapshot *websocket.PreparedMessage // nil: to be made anew
}

type openGap struct {
	id, watch uuid.UUID
	feature   json.RawMessage
}

// reset forgets the picture; what follows seq will be at hand.
func (v *view) reset(seq int64) {
	v.history = history{maxBytes: historyBytes, lostSeq: seq}
	v.snapshot, v.gaps = nil, nil
	v.board.clear()
}

// narrowed returns what scope sees of the whole picture v, watches being those of whose
// gaps it does.
func (v *view) narrowed(scope *patrol.Scope, watches map[uuid.UUID]bool, seq int64) *view {
	n := &view{scope: scope, board: NewBoard(), now: v.now, log: v.log}
	n.reset(seq)
	for _, m := range v.board.all() {
		if n.seesTracker(m.tracker, m.fix, m.tick > 0) {
			n.board.introduce(m.tracker)
			if m.tick > 0 {
				n.board.move([]patrol.Fix{m.fix})
			}
		}
	}
	n.board.advance()
	for _, g := range v.gaps {
		if watches[g.watch] {
			n.gaps = append(n.gaps, g)
		}
	}
	return n
}

// seesTracker reports whether a tracker is of the scope's teams or, where it is known,
// on its ground.
func (v *view) seesTracker(t patrol.Tracker, last patrol.Fix, known bool) bool {
	return v.scope.HasTeam(t.Team) || known && v.scope.Contains(orb.Point{last.Lon, last.Lat})
}

// follow takes a tracker where it is now into the view, or out of it.
func (v *view) follow(seq int64, t patrol.Tracker, last patrol.Fix, known bool) {
	on := v.board.has(t.ID)
	switch seen := v.seesTracker(t, last, known); {
	case seen:
		if !on {
			v.tell(seq, v.board.introduce(t))
		}
		if known {
			v.board.move([]patrol.Fix{last})
		}
	case on:
		v.forget(seq, t.ID)
	}
}

// forget takes a tracker off the board, for ever or for as long as it is not seen.
func (v *view) forget(seq int64, tracker uuid.UUID) {
	v.board.remove(tracker)
	v.tellDeleted(seq, patrol.Trackers, tracker)
}

func (v *view) tellDeleted(seq int64, collection string, id uuid.UUID) {
	v.tellFeature(seq, patrol.FeatureChange{Event: "deleted", Feature: patrol.Feature{
		Collection: collection, ID: id, Properties: []byte("{}"),
	}})
}

func (v *view) tell(seq int64, message any) {
	v.snapshot = nil
	if err := v.history.add(seq, message); err != nil {
		v.log.Error("cannot tell viewers", "error", err)
	}
}

func (v *view) tellFeature(seq int64, change patrol.FeatureChange) {
	f := change.Feature
	feature, err := patrol.FeatureJSON(f, v.now())
	if err != nil {
		v.log.Error("a stored feature is not one", "id", f.ID, "error", err)
		return
	}
	v.tell(seq, featureMessage{"feature", seq, f.Collection, change.Event, f.ID, feature})
}

// keepGap holds a gap among the open ones, or no longer, and tells so.
func (v *view) keepGap(seq int64, change patrol.GapChange, tell bool) {
	feature, err := patrol.GapFeature(change.Gap)
	if err != nil {
		v.log.Error("a recorded gap is not one", "id", change.Gap.ID, "error", err)
		return
	}
	at := -1
	for i, g := range v.gaps {
		if g.id == change.Gap.ID {
			at = i
			break
		}
	}
	switch {
	case change.Event == "closed" && at >= 0:
		v.gaps = append(v.gaps[:at], v.gaps[at+1:]...)
	case change.Event == "closed":
	case at >= 0:
		v.gaps[at].feature = feature
	default:
		v.gaps = append(v.gaps, openGap{change.Gap.ID, change.Gap.Watch, feature})
	}
	if tell {
		v.tell(seq, gapMessage{"gap", seq, change.Event, feature})
	}
}

func (v *view) snapshotNow(seq int64) (*websocket.PreparedMessage, error) {
	if v.snapshot == nil {
		gaps := make([]json.RawMessage, len(v.gaps))
		for i, g := range v.gaps {
			gaps[i] = g.feature
		}
		var err error
		if v.snapshot, err = prepare(snapshotMessage{"snapshot", seq, v.board.trackers(), gaps}); err != nil {
			return nil, err
		}
	}
	return v.snapshot, nil
}
