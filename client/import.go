package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"xunfang/patrol"
)

// importPoll is how often a job that goes on is asked how it stands.
const importPoll = 500 * time.Millisecond

// Import sends a file to be imported as the parameters of POST /api/imports say, and waits
// for its end; progress is told how it stands now and then. A file that is refused is no
// error here: the state says so.
func (c *Client) Import(ctx context.Context, params url.Values, file io.Reader, progress func(patrol.ImportState)) (patrol.ImportState, error) {
	var state patrol.ImportState
	if err := c.upload(ctx, "/api/imports?"+params.Encode(), file, &state); err != nil {
		return state, fmt.Errorf("import: %w", err)
	}
	poll := time.NewTicker(importPoll)
	defer poll.Stop()
	for !state.Ended() {
		progress(state)
		select {
		case <-ctx.Done():
			return state, context.Cause(ctx)
		case <-poll.C:
		}
		if err := c.do(ctx, c.auth, http.MethodGet, path("api", "imports", state.ID.String()), nil, &state); err != nil {
			return state, fmt.Errorf("ask for an import: %w", err)
		}
	}
	return state, nil
}

// upload posts a file as it is, however long that takes, and decodes the answer's JSON
// into out.
func (c *Client) upload(ctx context.Context, target string, file io.Reader, out any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.server+target, file)
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	r.Header.Set("Content-Type", "application/octet-stream")
	c.auth.set(r.Header)
	answer, err := (&http.Client{Transport: c.http.Transport}).Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if answer.StatusCode/100 != 2 {
		return failure(answer, text)
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}
