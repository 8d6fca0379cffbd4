package patrol

// Receipt answers one submission of fixes, after commit.
type Receipt struct {
	Stored    int         `json:"stored"`
	Duplicate int         `json:"duplicate"`
	Rejected  []Rejection `json:"rejected"`
}

// Rejection says which fix of a submission was refused, and why.
type Rejection struct {
	Index  int    `json:"index"`
	Reason string `json:"reason"`
}

// Outcome is what became of one fix of a batch.
type Outcome int8

// Outcomes of a fix.
const (
	Stored    Outcome = iota // the first of its tracker and millisecond
	Duplicate                // there was one before it, whichever of the two is kept
	Refused                  // the database would not take this one
)

// Flushed is what one committed batch did.
type Flushed struct {
	Seq      int64     // 0 when nothing changed
	Outcomes []Outcome // one for each fix given, in the same order
	Stored   []Fix     // what is now in the store because of this batch
}
