package main

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
)

// version is set by the linker: -X main.version=….
var version string

func runVersion(_ context.Context, _ []string, out io.Writer) error {
	_, err := fmt.Fprintln(out, "xunfang", release())
	return err
}

// release is the version, or the commit that the program was built from.
func release() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				return s.Value[:12]
			}
		}
	}
	return "unknown"
}
