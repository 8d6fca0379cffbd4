package flight

import (
	"os"
	"path/filepath"
	"testing"
)

// testData is the folder of real recordings; a test that needs it says so when there is none.
func testData(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("XUNFANG_TESTDATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "data")
	}
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("NOT TESTED on real recordings: %v; set XUNFANG_TESTDATA", err)
	}
	return folder
}
