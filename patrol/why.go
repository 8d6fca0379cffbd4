package patrol

import (
	"fmt"
	"strconv"
)

// Sentence says in English why a gap is there, with the figures that prove it and
// the setting to change where one is too strict.
func (w Why) Sentence() string {
	value, limit := figure(w.Value), figure(w.Limit)
	switch {
	case w.Cause == Understaffed && w.Setting == "min_staff":
		return fmt.Sprintf("Fewer people are here than must be: %s of %s", value, limit)
	case w.Cause == Understaffed:
		return fmt.Sprintf("Too few people are assigned here: %s where %s are needed", value, limit)
	case w.Cause == Silent:
		return fmt.Sprintf("Who is assigned here has not reported for %s s, from anywhere, where %s s are allowed", value, limit)
	case w.Cause == Inaccurate && w.Setting == "max_speed_mps":
		return fmt.Sprintf("Someone reported from here, but as a jump of %s m/s where at most %s m/s is believed", value, limit)
	case w.Cause == Inaccurate:
		return fmt.Sprintf("Someone was here, but with fixes of %s m accuracy where at most %s m counts: see %s", value, limit, w.Setting)
	case w.Cause == Sparse && w.Setting == "join_m":
		return fmt.Sprintf("Someone was here, but with fixes %s m apart where at most %s m are joined: see join_m", value, limit)
	case w.Cause == Sparse:
		return fmt.Sprintf("Someone was here, but with fixes %s s apart where at most %s s are joined: see %s", value, limit, w.Setting)
	case w.Cause == Thin:
		return fmt.Sprintf("Images show all of it, but of some only %s where %s must: see min_images", value, limit)
	case w.Cause == Expired:
		return "Last seen longer ago than the watch allows"
	default:
		return "Not seen for as long as the watch looks back"
	}
}

// figure writes a number with at most one decimal.
func figure(v float64) string {
	s := strconv.FormatFloat(v, 'f', 1, 64)
	if len(s) > 2 && s[len(s)-2:] == ".0" {
		return s[:len(s)-2]
	}
	return s
}
