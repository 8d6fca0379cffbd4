package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path"
	"time"

	"github.com/google/uuid"

	"xunfang/patrol"
)

const (
	maxImport      = 256 << 20        // bytes of a file
	importWait     = 2 * time.Second  // a job that ends so soon is answered with its end
	importSendTime = 30 * time.Minute // in which a file must have arrived
)

// Importer is a desk that takes files, as patrol.ImportDesk.
type Importer interface {
	Begin(order patrol.ImportOrder, file patrol.ImportFile) (patrol.ImportState, <-chan struct{}, error)
	Import(id uuid.UUID, by patrol.User) (patrol.ImportState, error)
}

// Originals are what imported features were in their files.
type Originals interface {
	Original(ctx context.Context, collection string, id uuid.UUID) (patrol.Original, error)
}

// beginImport takes a file, as the body or as the first file of a form, and answers with
// the job: 200 when it has ended already, 202 when it goes on.
func (s *server) beginImport(w http.ResponseWriter, r *http.Request) error {
	order, err := s.importOrder(r)
	if err != nil {
		return err
	}
	body, name, err := s.importBody(w, r)
	if err != nil {
		return err
	}
	if order.File == "" {
		order.File = name
	}
	file, digest, err := spool(body)
	if err != nil {
		return err
	}
	order.Digest = digest
	state, ended, err := s.Imports.Begin(order, file)
	if err != nil {
		return err
	}
	wait := time.NewTimer(importWait)
	defer wait.Stop()
	status := http.StatusAccepted
	select {
	case <-ended:
		status = http.StatusOK
		if state, err = s.Imports.Import(order.ID, order.By); err != nil {
			return err
		}
	case <-wait.C:
	case <-r.Context().Done(): // the job goes on without its asker
	}
	w.Header().Set("Location", s.href(r, "/api/imports/"+order.ID.String()))
	return writeJSON(w, status, typeJSON, state)
}

// serveImport answers how a job stands.
func (s *server) serveImport(w http.ResponseWriter, r *http.Request) error {
	id, err := itemID(r.PathValue("id"))
	if err != nil {
		return err
	}
	who, _ := patrol.PrincipalFrom(r.Context())
	state, err := s.Imports.Import(id, who.User)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, typeJSON, state)
}

// serveOriginal answers with what a feature was in the file that it was imported from.
func (s *server) serveOriginal(w http.ResponseWriter, r *http.Request) error {
	c, err := collectionOf(r)
	if err != nil {
		return err
	}
	id, err := itemID(r.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err := s.Store.Feature(r.Context(), c.Name, id); err != nil {
		return fmt.Errorf("read %s/%v: %w", c.Name, id, err)
	}
	original, err := s.Store.Original(r.Context(), c.Name, id)
	if err != nil {
		return err
	}
	body, err := patrol.OriginalJSON(original)
	if err != nil {
		return fmt.Errorf("write an original: %w", err)
	}
	write(w, http.StatusOK, typeJSON, body)
	return nil
}

// importBody returns the file that r carries, bounded, and its name if it has one.
func (s *server) importBody(w http.ResponseWriter, r *http.Request) (io.Reader, string, error) {
	control, until := http.NewResponseController(w), s.Now().Add(importSendTime)
	if err := errors.Join(control.SetReadDeadline(until), control.SetWriteDeadline(until)); err != nil {
		return nil, "", fmt.Errorf("wait for a file: %w", err)
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxImport)
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		return r.Body, "", nil
	}
	form, err := r.MultipartReader()
	if err != nil {
		return nil, "", patrol.Invalidf("", "The form cannot be read: %v", err)
	}
	for {
		part, err := form.NextPart()
		if err != nil {
			return nil, "", patrol.Invalidf("", "The form holds no file")
		}
		if part.FileName() != "" {
			return part, path.Base(part.FileName()), nil
		}
	}
}

// spooled is an uploaded file without a name on the disk: it is gone when it is closed,
// and when the server is.
type spooled struct {
	*os.File
	size int64
}

func (f spooled) Size() int64 { return f.size }

// spool keeps what r gives on the disk and returns it with its SHA-256.
func spool(r io.Reader) (spooled, [sha256.Size]byte, error) {
	var digest [sha256.Size]byte
	file, err := os.CreateTemp("", "xunfang-import-")
	if err != nil {
		return spooled{}, digest, fmt.Errorf("keep an uploaded file: %w", err)
	}
	sum := sha256.New()
	err = os.Remove(file.Name())
	var size int64
	if err == nil {
		size, err = io.Copy(io.MultiWriter(file, sum), r)
	}
	if err != nil {
		_ = file.Close() // it has no name any more
		return spooled{}, digest, fmt.Errorf("keep an uploaded file: %w", err)
	}
	sum.Sum(digest[:0])
	return spooled{file, size}, digest, nil
}
