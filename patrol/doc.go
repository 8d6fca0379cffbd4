// Package patrol is WHO and WHEN: trackers and their fixes, features (areas,
// checkpoints, zones, watches), the rules of evidence that turn fixes into
// coverage, the gaps that remain, and the Intake and Keeper that hold them.
//
// It stands on geo alone. It reads no clock (every function takes now or T, the
// two goroutine-owning types are given a Clock), speaks to no database and knows
// no wire format; what it needs from those floors it states as small interfaces.
package patrol
