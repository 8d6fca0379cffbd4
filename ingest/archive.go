package ingest

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"xunfang/patrol"
)

// maxArchived bounds the files in an archive.
const maxArchived = 1000

// readArchive reads a KMZ or a zipped Shapefile. Names in it choose a file and are no
// paths: nothing is unpacked to a disk. An archive in the archive is not looked into.
func readArchive(file *io.SectionReader, take patrol.TakeGiven) error {
	if err := checkDirectory(file); err != nil {
		return err
	}
	archive, err := zip.NewReader(file, file.Size())
	if err != nil {
		return patrol.Invalidf("", "The file begins like a ZIP archive, but cannot be read as one: %v", err)
	}
	shapes, kmls := byExtension(archive, ".shp"), byExtension(archive, ".kml")
	switch {
	case len(shapes) == 1:
		return readShapefile(archive, shapes[0], take)
	case len(shapes) > 1:
		return patrol.Invalidf("", "The archive holds %d Shapefiles: import one at a time", len(shapes))
	case len(kmls) > 0: // the first links to the others, where there are more (KML 2.2, C.2)
		unpacked := uint64(0)
		for _, kml := range kmls {
			if unpacked += min(kml.UncompressedSize64, MaxFileBytes+1); unpacked > MaxFileBytes {
				return patrol.Invalidf("", "The archive is larger than %d MiB unpacked", MaxFileBytes>>20)
			}
			if err := readArchivedKML(kml, take); err != nil {
				return err
			}
		}
		return nil
	default:
		return patrol.Invalidf("", "The archive holds neither a .shp (Shapefile) nor a .kml (KMZ)")
	}
}

func readArchivedKML(kml *zip.File, take patrol.TakeGiven) error {
	text, err := unpack(kml)
	if err != nil {
		return err
	}
	defer text.Close()
	return readKML(text, take)
}

// checkDirectory counts the entries of an archive's directory before anything is made of
// them, whatever the archive says of their number.
func checkDirectory(file *io.SectionReader) error {
	entry := []byte("PK\x01\x02")
	text := bufio.NewReaderSize(io.NewSectionReader(file, 0, file.Size()), 64<<10)
	for n := 0; ; {
		window, err := text.Peek(32 << 10)
		n += bytes.Count(window, entry)
		if n > maxArchived {
			return patrol.Invalidf("", "The archive holds more than %d files", maxArchived)
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("read the archive: %w", err)
		}
		if _, err := text.Discard(len(window) - len(entry) + 1); err != nil {
			return fmt.Errorf("read the archive: %w", err)
		}
	}
}

// byExtension returns the archived files whose names end so, in any case, without the
// shadows that macOS adds.
func byExtension(archive *zip.Reader, ext string) (files []*zip.File) {
	for _, f := range archive.File {
		base := path.Base(f.Name)
		if strings.EqualFold(path.Ext(base), ext) && !strings.HasPrefix(base, ".") && !strings.HasPrefix(f.Name, "__MACOSX/") {
			files = append(files, f)
		}
	}
	return files
}

// unpack opens an archived file, which fails where it grows beyond what its directory
// says, and that beyond what a file may have.
func unpack(f *zip.File) (io.ReadCloser, error) {
	tooLarge := patrol.Invalidf("", "The archive's %.100q is larger than %d MiB unpacked", path.Base(f.Name), MaxFileBytes>>20)
	if f.UncompressedSize64 > MaxFileBytes {
		return nil, tooLarge
	}
	r, err := f.Open()
	if err != nil {
		return nil, patrol.Invalidf("", "The archive's %.100q cannot be unpacked: %v", path.Base(f.Name), err)
	}
	return struct {
		io.Reader
		io.Closer
	}{&boundedReader{r: r, left: int64(f.UncompressedSize64) + 1}, r}, nil
}

// asArchived turns what unpacking finds wrong into what is wrong with the file.
func asArchived(err error) error {
	if errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrAlgorithm) || errors.Is(err, io.ErrUnexpectedEOF) {
		return patrol.Invalidf("", "The archive is damaged: %v", err)
	}
	return err
}
