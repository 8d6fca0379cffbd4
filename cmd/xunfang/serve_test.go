package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xunfang/store/storetest"
)

func TestServeRefusesInASentence(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"an argument", []string{"now"}, "takes no argument"},
		{"a certificate without its key", []string{"--tls-cert", "a.pem"}, "certificate and its key"},
		{"no such zone", []string{"--time-zone", "Mars/Olympus"}, "time zone"},
		{"a negative retention", []string{"--retention", "-1"}, "number of days"},
	} {
		t.Run(c.name, func(t *testing.T) {
			flags, cfg := serveFlags("serve")
			flags.SetOutput(&bytes.Buffer{})
			if err := cfg.parse(flags, c.args); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestServeAnnouncesAMadeUpPasswordOnce(t *testing.T) {
	cfg := Config{Addr: "127.0.0.1:0", DatabaseURL: storetest.URL(t), RetentionDays: 30, TimeZone: "UTC"}
	said := func() string {
		s, stop := startServing(t, cfg)
		defer stop()
		var out bytes.Buffer
		if err := s.announce(&out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	first, second := said(), said()
	if !strings.Contains(first, "password") || !strings.Contains(first, "listening on http://127.0.0.1:") {
		t.Errorf("at first: %q", first)
	}
	if strings.Contains(second, "password") || !strings.Contains(second, "listening on http://127.0.0.1:") {
		t.Errorf("the second time: %q", second)
	}
}

func TestServeEndsWhenWhatItNeedsIsMissing(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	url := storetest.URL(t)
	for name, cfg := range map[string]Config{
		"the address is taken":      {Addr: taken.Addr().String(), DatabaseURL: url},
		"no such certificate":       {Addr: "127.0.0.1:0", DatabaseURL: url, TLSCert: "none.pem", TLSKey: "none.pem"},
		"the database is not there": {Addr: "127.0.0.1:0", DatabaseURL: "postgres:///x?host=/nowhere"},
	} {
		err := serve(t.Context(), cfg, func(context.Context, *server) error {
			t.Errorf("%s: it is up", name)
			return nil
		})
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: it ended with %v, want one sentence", name, err)
		}
	}
}

func TestServeHTTPS(t *testing.T) {
	cert, key, roots := selfSigned(t)
	s := startConsole(t, func(cfg *Config) { cfg.TLSCert, cfg.TLSKey = cert, key })
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Get(s.url + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK || !strings.HasPrefix(s.url, "https://") {
		t.Errorf("%s answers %d", s.url, answer.StatusCode)
	}
}

// selfSigned writes a certificate for 127.0.0.1 and returns its files and a pool that
// trusts it.
func selfSigned(t *testing.T) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(parsed)
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "EC PRIVATE KEY", keyDER), roots
}
