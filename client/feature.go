package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// Item is one GeoJSON feature as the server serves it. Its ID is a UUID; of tracks and
// fixes, a tracker's and times.
type Item struct {
	ID         string          `json:"id"`
	Geometry   json.RawMessage `json:"geometry"`
	Properties map[string]any  `json:"properties"`
}

// CreateFeature posts a feature to a collection and returns its id and the feature
// that the server made of it. A nil geometry is null.
func (c *Client) CreateFeature(ctx context.Context, collection string, g orb.Geometry, props any) (uuid.UUID, json.RawMessage, error) {
	type shape struct {
		Type        string       `json:"type"`
		Coordinates orb.Geometry `json:"coordinates"`
	}
	feature := struct {
		Type       string `json:"type"`
		Geometry   *shape `json:"geometry"`
		Properties any    `json:"properties"`
	}{Type: "Feature", Properties: props}
	if g != nil {
		feature.Geometry = &shape{g.GeoJSONType(), g}
	}
	var raw json.RawMessage
	target := path("ogc", "collections", collection, "items")
	if err := c.do(ctx, c.auth, http.MethodPost, target, feature, &raw); err != nil {
		return uuid.Nil, nil, fmt.Errorf("create one of %s: %w", collection, err)
	}
	var created Item
	if err := json.Unmarshal(raw, &created); err != nil {
		return uuid.Nil, nil, fmt.Errorf("create one of %s: %w", collection, err)
	}
	id, err := uuid.Parse(created.ID)
	if err != nil {
		return uuid.Nil, nil, fmt.Errorf("create one of %s: its id: %w", collection, err)
	}
	return id, raw, nil
}

// CreateTracker makes a tracker and returns its id and its token, which is shown this
// once only.
func (c *Client) CreateTracker(ctx context.Context, props any) (id uuid.UUID, token string, err error) {
	id, raw, err := c.CreateFeature(ctx, "trackers", nil, props)
	if err != nil {
		return uuid.Nil, "", err
	}
	var tracker Item
	if err := json.Unmarshal(raw, &tracker); err != nil {
		return uuid.Nil, "", fmt.Errorf("create a tracker: %w", err)
	}
	token, ok := tracker.Properties["token"].(string)
	if !ok {
		return uuid.Nil, "", errors.New("create a tracker: the answer has no token")
	}
	return id, token, nil
}

// NewToken gives a tracker a new token and returns it; the one it had opens nothing any more.
func (c *Client) NewToken(ctx context.Context, tracker uuid.UUID) (token string, err error) {
	var answer struct{ Token string }
	err = c.do(ctx, c.auth, http.MethodPost, path("api", "trackers", tracker.String(), "token"), nil, &answer)
	if err != nil {
		return "", fmt.Errorf("give tracker %v a token: %w", tracker, err)
	}
	return answer.Token, nil
}

// Items returns every item of a collection that the parameters select, page by page.
func (c *Client) Items(ctx context.Context, collection string, params url.Values) ([]Item, error) {
	target := path("ogc", "collections", collection, "items") + "?" + params.Encode()
	var items []Item
	for target != "" {
		var page struct {
			Features []Item `json:"features"`
			Links    []struct {
				Rel  string `json:"rel"`
				Href string `json:"href"`
			} `json:"links"`
		}
		if err := c.do(ctx, c.auth, http.MethodGet, target, nil, &page); err != nil {
			return nil, fmt.Errorf("list %s: %w", collection, err)
		}
		items = append(items, page.Features...)
		target = ""
		for _, link := range page.Links {
			if link.Rel != "next" {
				continue
			}
			next, err := url.Parse(link.Href)
			if err != nil {
				return nil, fmt.Errorf("list %s: the next page: %w", collection, err)
			}
			target = next.RequestURI() // on our server: nobody else gets our credentials
		}
	}
	return items, nil
}

// Item returns one feature, or an *Error of 404.
func (c *Client) Item(ctx context.Context, collection, id string) (Item, error) {
	var item Item
	err := c.do(ctx, c.auth, http.MethodGet, path("ogc", "collections", collection, "items", id), nil, &item)
	return item, err
}
