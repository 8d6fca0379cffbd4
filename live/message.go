package live

import (
	"encoding/json"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// The text messages of /live. Each knows its own type; times are RFC 3339.

type helloMessage struct {
	Type    string `json:"type"` // hello
	Epoch   string `json:"epoch"`
	Seq     int64  `json:"seq"`
	Resumed bool   `json:"resumed"`
	T       string `json:"t"`
	TickMs  int64  `json:"tick_ms"`
}

type trackerMessage struct {
	Type string      `json:"type"` // tracker
	Ref  uint32      `json:"ref"`
	ID   uuid.UUID   `json:"id"`
	Name string      `json:"name"`
	Kind patrol.Kind `json:"kind"`
}

type snapshotMessage struct {
	Type     string            `json:"type"` // snapshot
	Seq      int64             `json:"seq"`
	Trackers []trackerMessage  `json:"trackers"`
	Gaps     []json.RawMessage `json:"gaps"` // GeoJSON features
}

type featureMessage struct {
	Type       string          `json:"type"` // feature
	Seq        int64           `json:"seq"`
	Collection string          `json:"collection"`
	Event      string          `json:"event"` // created, replaced, deleted
	ID         uuid.UUID       `json:"id"`
	Feature    json.RawMessage `json:"feature"`
}

// importedMessage says that many features of a collection are new: read it again.
type importedMessage struct {
	Type       string `json:"type"` // imported
	Seq        int64  `json:"seq"`
	Collection string `json:"collection"`
}

type gapMessage struct {
	Type  string          `json:"type"` // gap
	Seq   int64           `json:"seq"`
	Event string          `json:"event"` // opened, changed, closed
	Gap   json.RawMessage `json:"gap"`
}

type warningMessage struct {
	Type         string    `json:"type"` // warning
	Seq          int64     `json:"seq"`
	Watch        uuid.UUID `json:"watch"`
	Checkpoint   uuid.UUID `json:"checkpoint"`
	Kind         string    `json:"kind"` // post_lapsing
	At           string    `json:"at"`
	StaffedUntil string    `json:"staffed_until"`
	Present      int       `json:"present"`
	MinStaff     int       `json:"min_staff"`
}

func newWarning(w patrol.Warning, seq int64) warningMessage {
	return warningMessage{
		Type: "warning", Seq: seq, Watch: w.Watch, Checkpoint: w.Checkpoint, Kind: "post_lapsing",
		At: patrol.FormatMs(w.AtMs), StaffedUntil: patrol.FormatMs(w.StaffedUntilMs),
		Present: w.Present, MinStaff: w.MinStaff,
	}
}

type storeMessage struct {
	Type  string `json:"type"` // store
	Away  bool   `json:"away"`
	Since string `json:"since"`
}

type beatMessage struct {
	Type string `json:"type"` // beat
	T    string `json:"t"`
	Seq  int64  `json:"seq"`
}
