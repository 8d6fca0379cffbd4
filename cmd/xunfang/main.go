// Command xunfang is the patrol console: the server, and the programs that speak to
// one. Every subcommand has its own file.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // a machine may have no zones of its own
)

// command is one subcommand. run gets what follows its name.
type command struct {
	name, about string
	run         func(ctx context.Context, args []string, out io.Writer) error
}

var commands = []command{
	{"serve", "serve the console", runServe},
	{"demo", "serve with a simulated district, labelled so on every screen", runDemo},
	{"import", "import areas, checkpoints or zones: GeoJSON, KML, KMZ, zipped Shapefile or CSV", runImport},
	{"replay", "send recorded tracks (GPX, GeoLife PLT, CSV) through the ingest API", runReplay},
	{"survey", "import what a drone took and flew; plan a survey flight; show another program's plan", runSurvey},
	{"simulate", "load a running server with random walkers", runSimulate},
	{"tail", "print what a viewer would see, one JSON object a line", runTail},
	{"user", "add users, list them, set a password", runUser},
	{"version", "print the version", runVersion},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "xunfang:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 {
		for _, c := range commands {
			if c.name == args[0] {
				return c.run(ctx, args[1:], out)
			}
		}
	}
	fmt.Fprintln(os.Stderr, "usage: xunfang COMMAND [flags]; xunfang COMMAND -h tells more")
	for _, c := range commands {
		fmt.Fprintf(os.Stderr, "  %-9s %s\n", c.name, c.about)
	}
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		return flag.ErrHelp
	}
	return fmt.Errorf("there is no command %q", args[0])
}
