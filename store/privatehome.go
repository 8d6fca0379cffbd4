package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// superuser owns the private database. When the program runs as root it is also the
// account that the child runs under, for PostgreSQL refuses to run as root.
const superuser = "postgres"

// home is the folder of one private PostgreSQL, locked for as long as it is open.
//
//	dir/            the lock is on this folder
//	dir/postgres/   PostgreSQL's own data folder
//	dir/socket/     the socket's folder, where the path is short enough
//
// Where the child's account cannot get at dir, as in a checkout under /root, dir holds
// a link to the folder that stands in for it.
type home struct {
	dir  string              // absolute, without symbolic links
	bin  string              // where PostgreSQL's programs are
	as   *syscall.Credential // nil: as oneself
	lock *os.File
}

// openHome makes dir if need be, checks that it can be used, and locks it.
func openHome(dir string) (_ *home, err error) {
	h := &home{}
	if h.bin, err = findPrograms(); err != nil {
		return nil, err
	}
	if os.Geteuid() == 0 {
		if h.as, err = accountOf(superuser); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if h.dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("find the data folder: %w", err)
	}
	if h.dir, err = filepath.EvalSymlinks(h.dir); err != nil {
		return nil, fmt.Errorf("find the data folder: %w", err)
	}
	if h.dir, err = h.reachable(h.dir); err != nil {
		return nil, err
	}
	if h.lock, err = os.Open(h.dir); err != nil {
		return nil, fmt.Errorf("open the data folder: %w", err)
	}
	if err := h.secure(); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

// secure takes the lock and makes sure that the child can get at its data.
func (h *home) secure() error {
	err := syscall.Flock(int(h.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("the data folder %s is in use by another xunfang; stop that one, or give this one another folder", h.dir)
	}
	if err != nil {
		return fmt.Errorf("lock the data folder %s: %w", h.dir, err)
	}
	if h.as == nil {
		return nil
	}
	info, err := h.lock.Stat()
	if err != nil {
		return fmt.Errorf("look at the data folder: %w", err)
	}
	if err := h.lock.Chmod(info.Mode().Perm() | 0o011); err != nil {
		return fmt.Errorf("open the data folder to %s: %w", superuser, err)
	}
	return nil
}

// elsewhere is the link to the folder that stands in for one that the child's account
// cannot get at, and systemHome the folder that such folders are made in.
const (
	elsewhere  = "elsewhere"
	systemHome = "/var/lib/xunfang"
)

// reachable returns dir, or the folder that stands in for it.
func (h *home) reachable(dir string) (string, error) {
	if h.as == nil {
		return dir, nil
	}
	open, err := h.canEnter(filepath.Dir(dir))
	if err != nil || open {
		return dir, err
	}
	link := filepath.Join(dir, elsewhere)
	there, err := filepath.EvalSymlinks(link)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return there, err
	}
	if err := os.MkdirAll(systemHome, 0o755); err != nil {
		return "", fmt.Errorf("make a folder that %s can enter: %w", superuser, err)
	}
	if there, err = os.MkdirTemp(systemHome, "data-"); err != nil {
		return "", fmt.Errorf("make a folder that %s can enter: %w", superuser, err)
	}
	if err := os.RemoveAll(link); err != nil { // to a folder that is gone
		return "", fmt.Errorf("remember where the data is: %w", err)
	}
	if err := os.Symlink(there, link); err != nil {
		return "", fmt.Errorf("remember where the data is: %w", err)
	}
	return there, nil
}

// canEnter reports whether the child's account can walk down to a folder.
func (h *home) canEnter(path string) (bool, error) {
	for dir := path; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return false, fmt.Errorf("look at %s: %w", dir, err)
		}
		owner := info.Sys().(*syscall.Stat_t)
		var search fs.FileMode = 0o001
		if owner.Uid == h.as.Uid {
			search = 0o100
		} else if owner.Gid == h.as.Gid {
			search = 0o010
		}
		if info.Mode()&search == 0 {
			return false, nil
		}
		if dir == filepath.Dir(dir) {
			return true, nil
		}
	}
}

func (h *home) data() string { return filepath.Join(h.dir, "postgres") }

// close frees the folder for another server.
func (h *home) close() error { return h.lock.Close() }

// command prepares one of PostgreSQL's programs to run under the right account.
func (h *home) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(h.bin, program), args...)
	cmd.Dir = h.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: h.as, Setpgid: true} // ^C is for us to pass on
	return cmd
}

// initialize makes the data folder unless it is there. It has its name only once it
// is whole: what an interrupted run left under the other name is thrown away.
func (h *home) initialize(ctx context.Context) error {
	_, err := os.Stat(h.data())
	if err == nil {
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look at the database folder: %w", err)
	}
	unfinished := h.data() + ".new"
	if err := os.RemoveAll(unfinished); err != nil {
		return fmt.Errorf("clear an unfinished data folder: %w", err)
	}
	if err := h.makeDir(unfinished); err != nil {
		return err
	}
	cmd := h.command("initdb", "--pgdata="+unfinished, "--username="+superuser,
		"--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--auth=trust", "--no-instructions")
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := run(ctx, cmd); err != nil {
		return fmt.Errorf("make a database folder: %w: %s", err, lastLine(said.String()))
	}
	if err := os.Rename(unfinished, h.data()); err != nil {
		return fmt.Errorf("name the database folder: %w", err)
	}
	if err := h.lock.Sync(); err != nil {
		return fmt.Errorf("keep the database folder: %w", err)
	}
	return nil
}

// makeDir makes a folder that only the child's account can enter.
func (h *home) makeDir(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make %s: %w", path, err)
	}
	return h.own(path)
}

// own gives path to the child's account alone.
func (h *home) own(path string) error {
	if h.as != nil {
		if err := os.Lchown(path, int(h.as.Uid), int(h.as.Gid)); err != nil {
			return fmt.Errorf("give %s to %s: %w", path, superuser, err)
		}
	}
	if err := os.Chmod(path, 0o700); err != nil {
		return fmt.Errorf("close %s to others: %w", path, err)
	}
	return nil
}

const (
	socketFile    = ".s.PGSQL.5432"
	maxSocketPath = 100 // bytes; the kernel takes 107
)

// makeSocketDir makes the socket's folder: in the data folder, or, where that path
// would be too long for a socket, in the system's temporary folder.
func (h *home) makeSocketDir() (string, error) {
	dir := filepath.Join(h.dir, "socket")
	if len(filepath.Join(dir, socketFile)) <= maxSocketPath {
		return dir, h.makeDir(dir)
	}
	dir, err := os.MkdirTemp("", "xunfang-")
	if err != nil {
		return "", fmt.Errorf("make a folder for the socket: %w", err)
	}
	return dir, h.own(dir)
}

// findPrograms returns the folder of the newest PostgreSQL server on this machine.
func findPrograms() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil {
		return "", fmt.Errorf("look for PostgreSQL: %w", err)
	}
	bin, newest := "", 0
	for _, program := range found {
		dir := filepath.Dir(program)
		if version, err := strconv.Atoi(filepath.Base(filepath.Dir(dir))); err == nil && version > newest {
			bin, newest = dir, version
		}
	}
	if bin != "" {
		return bin, nil
	}
	if program, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(program), nil
	}
	return "", errors.New("there is no PostgreSQL server on this machine; on Debian install postgresql-15 and postgresql-15-postgis-3, or set DATABASE_URL")
}

// accountOf returns the credential of a system account and of its own group.
func accountOf(name string) (*syscall.Credential, error) {
	account, err := user.Lookup(name)
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root and there is no account %s: %w", name, err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("read the account %s: %w", name, err)
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("read the account %s: %w", name, err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// run runs cmd to its end; when ctx ends first the command is killed. It stays on
// one thread, for whose end Pdeathsig is the signal.
func run(ctx context.Context, cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return err
	}
	unhook := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer unhook()
	return errors.Join(cmd.Wait(), ctx.Err())
}

func lastLine(said string) string {
	said = strings.TrimSpace(said)
	return said[strings.LastIndexByte(said, '\n')+1:]
}
