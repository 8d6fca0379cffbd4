package patrol

import "github.com/google/uuid"

// Sign is what a tracker tells of its presence without a position: a heartbeat, or a
// check-in with the code shown at a checkpoint. A tracker has one of each kind, and of
// each checkpoint, per millisecond, and it never changes.
type Sign struct {
	Tracker    uuid.UUID
	TMs        int64     // Unix milliseconds UTC
	Checkpoint uuid.UUID // of a check-in; uuid.Nil of a heartbeat
	ReceivedMs int64
}

// Carrier is what is known of a tracker as of a time.
type Carrier struct {
	Kind   Kind
	Person string // who carries it; "" when it names nobody, and counts as its own person
}

// ProofKind is what proves that somebody is present.
type ProofKind string

// The kinds of proof.
const (
	ByFix       ProofKind = "fix"       // a usable fix within the post
	ByHeartbeat ProofKind = "heartbeat" // a sign of life while last seen there
	ByCheckIn   ProofKind = "checkin"   // the code shown there
)

// Proof is the last proof that a tracker is present.
type Proof struct {
	Tracker uuid.UUID
	Person  string
	Kind    ProofKind
	AtMs    int64
	UntilMs int64 // until when it holds, if nothing more is heard
}
