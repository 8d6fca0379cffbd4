package live

import (
	"encoding/json"
	"testing"
)

func TestGoldenImported(t *testing.T) {
	got, err := json.MarshalIndent(importedMessage{"imported", 42, "areas"}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "imported.json", append(got, '\n'))
}
