// Package live is the moving picture: a Bus that hints at committed changes, a
// Follower that makes of hints and feed one exact sequence, a Board with the last
// position of every tracker, and a Hub whose websocket sessions show them to
// viewers. docs/protocol.md gives every byte that leaves here.
package live
