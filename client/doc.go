// Package client speaks the public API of a Xunfang server. replay, simulate, tail,
// the demonstration and the tests reach a server through it, and only through it.
package client
