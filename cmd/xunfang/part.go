package main

import "context"

// part is a goroutine of the server that can be told to stop and is waited for.
type part struct {
	cancel context.CancelFunc
	ended  chan struct{}
}

// begin runs run in a part of its own. It outlives ctx: parts are stopped one after
// the other, not all at once.
func begin(ctx context.Context, run func(ctx context.Context)) *part {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	p := &part{cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		run(ctx)
	}()
	return p
}

// stop tells the part to stop and waits until it has.
func (p *part) stop() {
	p.cancel()
	<-p.ended
}
