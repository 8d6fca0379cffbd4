package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Private is a PostgreSQL of our own: a child process that listens on a unix socket
// in a 0700 folder and nowhere else, and that dies with this program.
type Private struct {
	home   *home
	socket string // the folder of the socket
	log    *slog.Logger

	cmd  *exec.Cmd
	done chan struct{} // closed when the child has died
	err  error         // how it died; read after done

	stop    sync.Once
	stopErr error
}

const privateDatabase = "xunfang"

// StartPrivate starts a PostgreSQL whose data is in dir, made if need be, and
// returns when it takes connections. A folder that another server uses is refused;
// an orphan that a killed server left on it is stopped first.
func StartPrivate(ctx context.Context, dir string, log *slog.Logger) (*Private, error) {
	home, err := openHome(dir)
	if err != nil {
		return nil, err
	}
	p := &Private{home: home, log: log, done: make(chan struct{})}
	if err := p.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start PostgreSQL in %s: %w", dir, err), p.Stop())
	}
	return p, nil
}

func (p *Private) start(ctx context.Context) error {
	if err := p.home.stopOrphan(ctx, p.log); err != nil {
		return err
	}
	if err := p.home.initialize(ctx); err != nil {
		return err
	}
	var err error
	if p.socket, err = p.home.makeSocketDir(); err != nil {
		return err
	}
	if err := p.launch(p.settings()); err != nil {
		return err
	}
	return p.createDatabase(ctx)
}

// launch starts the child from a thread that lives as long as the child does: the
// kernel sends Pdeathsig when the parent's *thread* ends, and Go ends idle threads.
func (p *Private) launch(settings []string) error {
	p.cmd = p.home.command("postgres", append([]string{"-D", p.home.data()}, settings...)...)
	p.cmd.SysProcAttr.Pdeathsig = syscall.SIGINT // fast shutdown
	p.cmd.Stderr = &logLines{log: p.log}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with this goroutine
		defer close(p.done)
		if err := p.cmd.Start(); err != nil {
			p.cmd = nil
			started <- err
			return
		}
		started <- nil
		p.err = p.cmd.Wait()
	}()
	return <-started
}

// settings are given on the command line, so that a folder made by an older program
// runs by what this one says.
func (p *Private) settings() []string {
	var args []string
	for _, setting := range []string{
		"listen_addresses=",
		"unix_socket_directories=" + p.socket,
		"unix_socket_permissions=0700",
		"max_connections=60",
		"shared_buffers=128MB",
		"work_mem=16MB",
		"maintenance_work_mem=128MB",
		"effective_cache_size=1GB",
		"random_page_cost=1.1",
		"jit=off",
		"fsync=on",
		"synchronous_commit=on",
		"wal_compression=on",
		"max_wal_size=2GB",
		"checkpoint_timeout=15min",
		"timezone=UTC",
		"log_timezone=UTC",
		"log_destination=stderr",
		"logging_collector=off",
		"log_line_prefix=",
		// Errors go to whoever caused them. Rows and statements hold people's
		// positions: they stay out of the log.
		"log_min_messages=log",
		"log_error_verbosity=terse",
		"log_min_error_statement=panic",
		"log_checkpoints=off",
	} {
		args = append(args, "-c", setting)
	}
	return args
}

// createDatabase makes the database unless it is there, as soon as the child takes
// connections.
func (p *Private) createDatabase(ctx context.Context) error {
	conn, err := p.connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	const q = `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`
	var there bool
	if err := conn.QueryRow(ctx, q, privateDatabase).Scan(&there); err != nil || there {
		return err
	}
	_, err = conn.Exec(ctx, `CREATE DATABASE `+privateDatabase)
	return err
}

const knockEvery = 20 * time.Millisecond

// connect returns the first connection that the child takes, or why it died.
func (p *Private) connect(ctx context.Context) (*pgx.Conn, error) {
	knock := time.NewTicker(knockEvery)
	defer knock.Stop()
	for {
		conn, err := pgx.Connect(ctx, p.urlOf("postgres"))
		if err == nil {
			return conn, nil
		}
		select {
		case <-knock.C:
		case <-p.done:
			return nil, fmt.Errorf("it ended at once (%w); its log says why", p.err)
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), err)
		}
	}
}

// URL is where Open finds the database.
func (p *Private) URL() string { return p.urlOf(privateDatabase) }

func (p *Private) urlOf(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.User(superuser),
		Path:     "/" + database,
		RawQuery: url.Values{"host": {p.socket}}.Encode(),
	}
	return u.String()
}

// Done is closed when the child has died, whoever ended it.
func (p *Private) Done() <-chan struct{} { return p.done }

const (
	fastStop      = 30 * time.Second // for a checkpoint and a clean end
	immediateStop = 10 * time.Second // for an end that the next start recovers from
)

// Stop ends the child, waits for it and frees the folder. Later calls return what
// the first did.
func (p *Private) Stop() error {
	p.stop.Do(func() {
		if p.cmd != nil {
			p.stopErr = p.end()
		}
		if p.socket != "" && filepath.Dir(p.socket) != p.home.dir {
			p.stopErr = errors.Join(p.stopErr, os.RemoveAll(p.socket))
		}
		p.stopErr = errors.Join(p.stopErr, p.home.close())
	})
	return p.stopErr
}

func (p *Private) end() error {
	for _, step := range []struct {
		signal  syscall.Signal
		patient time.Duration
	}{{syscall.SIGINT, fastStop}, {syscall.SIGQUIT, immediateStop}, {syscall.SIGKILL, immediateStop}} {
		if err := p.cmd.Process.Signal(step.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stop PostgreSQL: %w", err)
		}
		timeout := time.NewTimer(step.patient)
		defer timeout.Stop()
		select {
		case <-p.done:
			if p.err != nil {
				return fmt.Errorf("PostgreSQL ended badly: %w", p.err)
			}
			return nil
		case <-timeout.C:
		}
	}
	return errors.New("PostgreSQL does not stop")
}
