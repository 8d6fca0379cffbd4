package client

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// SendHeartbeat tells, again while the server or the network is away, that the tracker
// whose token it is lived at a time.
func (c *Client) SendHeartbeat(ctx context.Context, token string, at time.Time) (patrol.Receipt, error) {
	body := map[string]string{"t": patrol.FormatMs(at.UnixMilli())}
	return persist(ctx, func() (receipt patrol.Receipt, err error) {
		err = c.do(ctx, Auth{Token: token}, http.MethodPost, "/ingest/heartbeat", body, &receipt)
		return receipt, err
	})
}

// CheckIn tells, once, that who carries the tracker whose token it is read a checkpoint's
// code at a time.
func (c *Client) CheckIn(ctx context.Context, token string, checkpoint uuid.UUID, code string, at time.Time) (receipt patrol.Receipt, err error) {
	body := map[string]string{"checkpoint": checkpoint.String(), "code": code, "t": patrol.FormatMs(at.UnixMilli())}
	err = c.do(ctx, Auth{Token: token}, http.MethodPost, "/ingest/checkin", body, &receipt)
	return receipt, err
}

// CheckpointCode returns the code that a checkpoint shows now, and until when.
func (c *Client) CheckpointCode(ctx context.Context, checkpoint uuid.UUID) (code string, changes time.Time, err error) {
	var answer struct {
		Code      string    `json:"code"`
		ChangesAt time.Time `json:"changes_at"`
	}
	if err := c.do(ctx, c.auth, http.MethodGet, path("api", "checkpoints", checkpoint.String(), "code"), nil, &answer); err != nil {
		return "", time.Time{}, fmt.Errorf("code of a checkpoint: %w", err)
	}
	return answer.Code, answer.ChangesAt, nil
}
