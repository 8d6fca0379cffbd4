package patrol

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
)

// A checkpoint's code changes every codeStepMs; one is taken for the step in which it was
// shown, the one before and the one after: people type, and clocks differ.
const (
	codeStepMs  = 60_000
	codeSkew    = 1       // steps
	codeModulus = 1000000 // six digits
)

// checkpointCode returns the code that a checkpoint shows at a time: the time-based
// one-time password of RFC 6238, six digits, with HMAC-SHA-256 over its secret.
func checkpointCode(secret []byte, tMs int64) string {
	h := hmac.New(sha256.New, secret)
	_ = binary.Write(h, binary.BigEndian, uint64(tMs/codeStepMs)) // a hash takes everything
	sum := h.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[offset:])&0x7fffffff%codeModulus)
}

// codeChangesMs returns when the code shown at a time gives way to the next.
func codeChangesMs(tMs int64) int64 { return (tMs/codeStepMs + 1) * codeStepMs }

// codeMatches reports whether a code was shown at a time. How long it takes says nothing
// of the code.
func codeMatches(secret []byte, code string, tMs int64) bool {
	match := 0
	for skew := int64(-codeSkew); skew <= codeSkew; skew++ {
		match |= subtle.ConstantTimeCompare([]byte(checkpointCode(secret, tMs+skew*codeStepMs)), []byte(code))
	}
	return match == 1
}
