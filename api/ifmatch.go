package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

var errFaster = statusError{http.StatusPreconditionFailed, "Somebody changed this since you read it: read it again, and decide then"}

// itemTag returns the strong ETag of an item: the number of its newest version, by which
// If-Match goes, and a digest of what is served, which also changes with the clock and
// with where a tracker is. Of what has no versions it is the digest alone.
func itemTag(version int, body []byte) string {
	sum := sha256.Sum256(body)
	digest := hex.EncodeToString(sum[:12])
	if version == 0 {
		return `"` + digest + `"`
	}
	return fmt.Sprintf(`"%d-%s"`, version, digest)
}

// checkIfMatch refuses with 412 unless one of r's If-Match tags names that version, as
// an ETag or by its number alone. Without the header nothing is asked for.
func checkIfMatch(r *http.Request, version int) error {
	tags := strings.Join(r.Header.Values("If-Match"), ",")
	if tags == "" {
		return nil
	}
	for tag := range strings.SplitSeq(tags, ",") {
		tag = strings.TrimSpace(tag)
		if tag == "*" {
			return nil
		}
		number, _, _ := strings.Cut(strings.Trim(tag, `"`), "-") // a weak tag, W/"…", is no number
		if number == strconv.Itoa(version) {
			return nil
		}
	}
	return errFaster
}
