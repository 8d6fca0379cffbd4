package ingest

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math"
	"path"
	"strings"

	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
)

// Shape types of the ESRI Shapefile Technical Description (1998); those with Z or M have
// 10 or 20 more, and the same numbers first.
const (
	shapeNull    = 0
	shapePoint   = 1
	shapeLine    = 3
	shapePolygon = 5
)

// readShapefile reads the .shp record by record beside its .dbf of the same name. What
// its .prj says must be longitude and latitude.
func readShapefile(archive *zip.Reader, shp *zip.File, take patrol.TakeGiven) error {
	beside := func(ext string) *zip.File {
		for _, f := range byExtension(archive, ext) {
			if strings.EqualFold(strings.TrimSuffix(f.Name, path.Ext(f.Name)), strings.TrimSuffix(shp.Name, path.Ext(shp.Name))) {
				return f
			}
		}
		return nil
	}
	if prj := beside(".prj"); prj != nil {
		if err := checkProjection(prj); err != nil {
			return err
		}
	}
	shapes, err := unpack(shp)
	if err != nil {
		return err
	}
	defer shapes.Close()
	table := &dbfTable{}
	if dbf := beside(".dbf"); dbf != nil {
		rows, err := unpack(dbf)
		if err != nil {
			return err
		}
		defer rows.Close()
		if table, err = openDBF(rows, charset(beside(".cpg"))); err != nil {
			return asArchived(err)
		}
	}
	return asArchived(readRecords(bufio.NewReaderSize(shapes, 64<<10), table, take))
}

// readRecords walks through a .shp, whose .dbf has a row for each of its records.
func readRecords(shapes io.Reader, table *dbfTable, take patrol.TakeGiven) error {
	var header [100]byte
	if _, err := io.ReadFull(shapes, header[:]); err != nil || binary.BigEndian.Uint32(header[:]) != 9994 {
		return patrol.Invalidf("", "The .shp does not begin like a Shapefile")
	}
	for n := 1; ; n++ {
		var head [8]byte // number and length in 16-bit words
		if _, err := io.ReadFull(shapes, head[:]); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return patrol.Invalidf("", "The .shp ends within record %d", n)
		}
		length := 2 * int64(binary.BigEndian.Uint32(head[4:]))
		if length < 4 || length > maxShapeBytes {
			return patrol.Invalidf("", "Record %d of the .shp says that it is %d bytes long; at most %d MiB are taken", n, length, maxShapeBytes>>20)
		}
		content := make([]byte, length)
		if _, err := io.ReadFull(shapes, content); err != nil {
			return patrol.Invalidf("", "The .shp ends within record %d: %v", n, err)
		}
		properties, deleted, err := table.next()
		if err != nil {
			return err
		}
		if deleted {
			continue
		}
		given := patrol.Given{}
		if given.Properties, err = json.Marshal(properties); err != nil {
			return err
		}
		given.Geometry, err = parseShape(content)
		flaw, _ := flawOf(err)
		if err := take(given, flaw); err != nil {
			return err
		}
	}
}

// parseShape reads the content of one record; a null shape is nil.
func parseShape(content []byte) (orb.Geometry, error) {
	kind := binary.LittleEndian.Uint32(content)
	if kind != shapeNull && kind%10 == shapePoint && kind < 30 {
		if len(content) < 20 {
			return nil, patrol.Invalidf("geometry", "is a point without coordinates")
		}
		return shapePosition(content[4:]), nil
	}
	switch kind {
	case shapeNull:
		return nil, nil
	case shapeLine, shapeLine + 10, shapeLine + 20:
		parts, err := shapeParts(content)
		if err != nil {
			return nil, err
		}
		return oneGeometry(nil, parts, nil)
	case shapePolygon, shapePolygon + 10, shapePolygon + 20:
		parts, err := shapeParts(content)
		if err != nil {
			return nil, err
		}
		rings := each(parts, func(part orb.LineString) orb.Ring { return orb.Ring(part) })
		return oneGeometry(nil, nil, geo.NestRings(rings))
	default:
		return nil, patrol.Invalidf("geometry", "is of shape type %d, which no collection holds", kind)
	}
}

func shapePosition(b []byte) orb.Point {
	return orb.Point{
		math.Float64frombits(binary.LittleEndian.Uint64(b)),
		math.Float64frombits(binary.LittleEndian.Uint64(b[8:])),
	}
}

// shapeParts returns the rings or lines of a polygon or polyline.
func shapeParts(content []byte) (orb.MultiLineString, error) {
	const counts = 4 + 32 // after the type and the box
	if len(content) < counts+8 {
		return nil, patrol.Invalidf("geometry", "ends before its points")
	}
	parts := int64(binary.LittleEndian.Uint32(content[counts:]))
	points := int64(binary.LittleEndian.Uint32(content[counts+4:]))
	if parts > geo.MaxRings || points > geo.MaxVertices {
		return nil, patrol.Invalidf("geometry", "has %d vertices in %d rings; at most %d in %d are taken", points, parts, geo.MaxVertices, geo.MaxRings)
	}
	starts, positions := content[counts+8:], counts+8+4*parts
	if int64(len(content)) < positions+16*points {
		return nil, patrol.Invalidf("geometry", "says that it has %d points, and has fewer", points)
	}
	lines := make(orb.MultiLineString, 0, parts)
	for i := range parts {
		from, to := int64(binary.LittleEndian.Uint32(starts[4*i:])), points
		if i+1 < parts {
			to = int64(binary.LittleEndian.Uint32(starts[4*i+4:]))
		}
		if from > to || to > points {
			return nil, patrol.Invalidf("geometry", "has a part that starts after its end")
		}
		line := make(orb.LineString, 0, to-from)
		for k := from; k < to; k++ {
			line = append(line, shapePosition(content[positions+16*k:]))
		}
		lines = append(lines, line)
	}
	return lines, nil
}
