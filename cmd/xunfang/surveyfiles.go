package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"xunfang/ingest"
)

// surveyFiles are the endings of a folder's files that are read; a file that is named is
// read whatever its ending.
var surveyFiles = map[string]bool{
	".jpg": true, ".jpeg": true, ".csv": true, ".srt": true, ".bin": true, ".log": true, ".tlog": true, ".ulg": true, ".gpx": true,
}

const progressEvery = time.Second

// reading is a survey's files on their way in.
type reading struct {
	times   ingest.PhotoTimes
	notes   io.Writer // progress, and which file was refused
	photos  []ingest.Photo
	refused ingest.Refused
}

// readAll reads files and folders, with what lies in these. A file that cannot be read
// is refused alone.
func (r *reading) readAll(paths []string) error {
	files, err := listFiles(paths)
	if err != nil {
		return err
	}
	told := time.Now()
	for i, file := range files {
		if err := r.read(file); err != nil {
			r.refused["the file cannot be read"]++
			fmt.Fprintln(r.notes, "refused:", err)
		}
		if time.Since(told) >= progressEvery || i == len(files)-1 {
			told = time.Now()
			fmt.Fprintf(r.notes, "read %d of %d files: %d images and positions\n", i+1, len(files), len(r.photos))
		}
	}
	return nil
}

func (r *reading) read(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	refused, err := ingest.ReadPhotos(path, file, r.times, func(p ingest.Photo) error {
		r.photos = append(r.photos, p)
		return nil
	})
	for reason, n := range refused {
		r.refused[reason] += n
		if err == nil && len(refused) == 1 && strings.HasPrefix(strings.ToLower(filepath.Ext(path)), ".jp") {
			fmt.Fprintf(r.notes, "refused: %s: %s\n", path, reason)
		}
	}
	return err
}

// listFiles returns the files, and those of the folders in the order of their names.
func listFiles(paths []string) (files []string, err error) {
	for _, path := range paths {
		err := filepath.WalkDir(path, func(at string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && (at == path || surveyFiles[strings.ToLower(filepath.Ext(at))]) {
				files = append(files, at)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}
