package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

const shutdownWait = 10 * time.Second // for requests under way

// newHTTPServer makes a server that is not serving yet; of HTTPS when cfg has a
// certificate.
func newHTTPServer(handler http.Handler, cfg Config, log *slog.Logger) (*http.Server, error) {
	door := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       2 * time.Minute, // phones send slowly
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	if cfg.TLSCert != "" {
		certificate, err := tls.LoadX509KeyPair(cfg.TLSCert, cfg.TLSKey)
		if err != nil {
			return nil, fmt.Errorf("read the certificate: %w", err)
		}
		door.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	}
	return door, nil
}

// serveHTTP serves until door is shut down, and returns why it ended otherwise.
func serveHTTP(door *http.Server, listener net.Listener) error {
	var err error
	if door.TLSConfig != nil {
		err = door.ServeTLS(listener, "", "")
	} else {
		err = door.Serve(listener)
	}
	return fmt.Errorf("serve HTTP: %w", err)
}

// publicURL is the address as a person on this machine may type it.
func publicURL(addr net.Addr, cfg Config) string {
	scheme := "http"
	if cfg.TLSCert != "" {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return scheme + "://" + addr.String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// shutDown lets requests under way end, but not for ever.
func shutDown(ctx context.Context, door *http.Server) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownWait)
	defer cancel()
	if err := door.Shutdown(ctx); err != nil {
		_ = door.Close() // what is still open is cut off
	}
}
