package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"

	"xunfang/store"
	"xunfang/store/storetest"
)

// serveEnv names a data folder: with it, this test program is a server that holds a
// private PostgreSQL there until it is killed.
const serveEnv = "XUNFANG_TEST_SERVE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(serveEnv); dir != "" {
		serve(dir)
	}
	os.Exit(storetest.Main(m))
}

func serve(dir string) {
	if _, err := store.StartPrivate(context.Background(), dir, slog.Default()); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ready")
	select {}
}
