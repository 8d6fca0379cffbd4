package main

import (
	"context"
	"encoding/json"
	"flag"
	"io"
)

// runTail prints what a viewer would see, until it is interrupted.
func runTail(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("xunfang tail", flag.ContinueOnError)
	server := serverFlag(flags)
	var bbox bboxFlag
	flags.Var(&bbox, "bbox", "only what lies in the box `W,S,E,N`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	c := connect(*server)
	defer c.Close()
	return c.Tail(ctx, bbox.bound, json.NewEncoder(out).Encode)
}
