package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"xunfang/client"
	"xunfang/patrol"
)

// runImport sends files to POST /api/imports, one after the other, and prints what became
// of each, one JSON object a line. Each is imported whole or not at all.
func runImport(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("xunfang import", flag.ContinueOnError)
	server := serverFlag(flags)
	params := url.Values{}
	param := func(name, usage string) {
		flags.Func(strings.ReplaceAll(name, "_", "-"), usage, func(v string) error {
			params.Set(name, v)
			return nil
		})
	}
	param("kind", "what the features become: `areas, checkpoints or zones`")
	param("datum", "what the files' coordinates mean: `wgs84, gcj02, bd09 or cgcs2000`")
	param("name_property", "the files' `PROPERTY` that names a feature (default name or 名称)")
	param("area_kind", "`KIND` of areas whose file does not say (default community)")
	param("parent", "`ID` of the area that the areas lie in, or around: the smallest area around each")
	param("parent_property", "the files' `PROPERTY` that names the area that each lies in")
	flags.Func("set", "`PROPERTY=VALUE` of the collection, for features that the files give none, such as level=sealed or radius_m=30", func(v string) error {
		name, value, ok := strings.Cut(v, "=")
		if !ok {
			return errors.New("want PROPERTY=VALUE")
		}
		params.Set(name, value)
		return nil
	})
	flags.BoolFunc("dry-run", "report what would be made, and keep nothing", func(string) error {
		params.Set("dry_run", "1")
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	if params.Get("kind") == "" || params.Get("datum") == "" || flags.NArg() == 0 {
		return errors.New("import needs --kind, --datum and at least one file")
	}
	c := connect(*server)
	defer c.Close()
	refused := 0
	for _, name := range flags.Args() {
		state, err := importFile(ctx, c, params, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if state.State != "done" {
			refused++
		}
		if err := json.NewEncoder(out).Encode(state); err != nil {
			return err
		}
	}
	if refused > 0 {
		return fmt.Errorf("%d of %d files were refused whole: nothing of them was kept", refused, flags.NArg())
	}
	return nil
}

// importFile sends one file, and tells people on stderr how it goes.
func importFile(ctx context.Context, c *client.Client, params url.Values, name string) (patrol.ImportState, error) {
	file, err := os.Open(name)
	if err != nil {
		return patrol.ImportState{}, err
	}
	defer file.Close()
	params.Set("file", filepath.Base(name))
	state, err := c.Import(ctx, params, file, func(s patrol.ImportState) {
		of := ""
		if s.Total != nil {
			of = fmt.Sprintf(" of %d", *s.Total)
		}
		fmt.Fprintf(os.Stderr, "%s: %s, %d%s features\n", name, s.State, s.Done, of)
	})
	if err != nil {
		return state, err
	}
	report := state.Report
	for _, r := range report.Refused {
		fmt.Fprintf(os.Stderr, "%s: feature %d: %s %s\n", name, r.Index, r.Field, r.Reason)
	}
	for _, warning := range report.Warnings {
		fmt.Fprintf(os.Stderr, "%s: %s\n", name, warning)
	}
	if report.Problem != "" {
		fmt.Fprintf(os.Stderr, "%s: %s\n", name, report.Problem)
	}
	fmt.Fprintf(os.Stderr, "%s: %s: %d features, %d new, %d there already, %d refused\n",
		name, state.State, report.Features, report.Created, report.Unchanged, report.RefusedN)
	return state, nil
}
