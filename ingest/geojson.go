package ingest

import (
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"xunfang/patrol"
)

// readGeoJSON reads a FeatureCollection feature by feature, or one Feature or geometry.
func readGeoJSON(file *io.SectionReader, take patrol.TakeGiven) error {
	ration := newRationed(withoutMark(file))
	d := json.NewDecoder(ration)
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return notJSON(d, err, "The file is not a GeoJSON object")
	}
	members := map[string]json.RawMessage{}
	features := false
	for d.More() {
		ration.renew()
		name, err := d.Token()
		if err != nil {
			return notJSON(d, err, "The file is not JSON")
		}
		if name == "features" {
			if features {
				return patrol.Invalidf("features", "stands twice in the file")
			}
			features = true
			if err := readFeatures(d, ration, take); err != nil {
				return err
			}
			continue
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return notJSON(d, err, "The file is not JSON")
		}
		if len(members) < maxFileMembers {
			members[name.(string)] = value // the decoder gives nothing else here
		}
	}
	if _, err := d.Token(); err != nil {
		return notJSON(d, err, "The file is not JSON")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return patrol.Invalidf("", "The file goes on after its GeoJSON object")
	}
	return checkFile(file, members, features, take)
}

// maxFileMembers are looked at, of the file's own object.
const maxFileMembers = 100

// checkFile judges what stands beside the features, which may come after them; of a
// single Feature or geometry that is all.
func checkFile(file *io.SectionReader, members map[string]json.RawMessage, features bool, take patrol.TakeGiven) error {
	var kind string
	if json.Unmarshal(members["type"], &kind) != nil {
		return patrol.Invalidf("type", "is missing: the file says not that it is a FeatureCollection")
	}
	if kind != "FeatureCollection" {
		if features {
			return patrol.Invalidf("type", "is %.40q, but only a FeatureCollection has features", kind)
		}
		return readSingle(file, kind, take)
	}
	if !features {
		return patrol.Invalidf("features", "is missing")
	}
	for _, name := range []string{"coordinates", "geometries", "geometry"} {
		if _, ok := members[name]; ok {
			return patrol.Invalidf(name, "does not belong in a FeatureCollection")
		}
	}
	if err := patrol.CheckCRS(members["crs"]); err != nil {
		return err
	}
	return patrol.CheckBBox(members["bbox"])
}

// readSingle reads a file that is one Feature or geometry.
func readSingle(file *io.SectionReader, kind string, take patrol.TakeGiven) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	body, err := io.ReadAll(withoutMark(newRationed(file)))
	if err != nil {
		return err
	}
	if kind != "Feature" {
		body = append(append([]byte(`{"type":"Feature","properties":null,"geometry":`), body...), '}')
	}
	return takeFeature(body, take)
}

func readFeatures(d *json.Decoder, ration *rationed, take patrol.TakeGiven) error {
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return notJSON(d, err, "The file's features are not an array")
	}
	for d.More() {
		ration.renew()
		var body json.RawMessage
		if err := d.Decode(&body); err != nil {
			return notJSON(d, err, "The file is not JSON")
		}
		if err := takeFeature(body, take); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return notJSON(d, err, "The file is not JSON")
	}
	return nil
}

func takeFeature(body []byte, take patrol.TakeGiven) error {
	if !utf8.Valid(body) {
		return take(patrol.Given{}, patrol.Invalidf("", "The feature is not UTF-8"))
	}
	if patrol.JSONDepth(body) > maxDepth {
		return take(patrol.Given{}, patrol.Invalidf("", "The feature nests deeper than %d", maxDepth))
	}
	given, err := patrol.ParseFeatureJSON(body)
	if flaw, ok := flawOf(err); ok {
		return take(given, flaw)
	}
	if err != nil {
		return err
	}
	return take(given, nil)
}

// notJSON says where the file is no JSON, unless err is of the reader or nil for what
// is JSON and not what was expected.
func notJSON(d *json.Decoder, err error, sentence string) error {
	var invalid *patrol.Invalid
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &invalid):
		return invalid
	case err == nil || errors.As(err, &syntax) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return patrol.Invalidf("", "%s, near byte %d", sentence, d.InputOffset())
	default:
		return err
	}
}
