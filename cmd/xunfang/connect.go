package main

import (
	"flag"
	"os"

	"xunfang/client"
)

// serverFlag declares the flag that every client command has. Who asks comes from the
// environment, which other people's process lists do not show.
func serverFlag(flags *flag.FlagSet) *string {
	return flags.String("server", envOr("XUNFANG_SERVER", "http://localhost:8080"),
		"`URL` of the server; sign in with $XUNFANG_USER and $XUNFANG_PASSWORD, or $XUNFANG_TOKEN")
}

// connect returns a client of a server as whom the environment says.
func connect(server string) *client.Client {
	return client.New(server, client.Auth{
		User:     envOr("XUNFANG_USER", "admin"),
		Password: os.Getenv("XUNFANG_PASSWORD"),
		Token:    os.Getenv("XUNFANG_TOKEN"),
	})
}
