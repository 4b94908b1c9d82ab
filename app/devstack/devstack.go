// Package devstack runs what Bureau needs beside itself, for development and tests: PostgreSQL, Ory Kratos and a mail
// server that keeps what it is given. Nothing of it is used in production.
package devstack

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/bureauhq/bureau/app/devstack/mailcatch"
	config "github.com/bureauhq/bureau/infra/kratos"
)

// ErrRunning says that a stack is running on the data directory already.
var ErrRunning = errors.New("another Bureau is running on this data directory")

// ErrNotRunning says that no stack is running on the data directory.
var ErrNotRunning = errors.New("no Bureau is running on this data directory")

// KratosCookie is the name of Kratos' session cookie in development.
const KratosCookie = "bureau_kratos"

// Options say where a stack lives and for whom.
type Options struct {
	Data   string // holds everything the stack keeps; made when it is not there
	Domain string // of the site: bureau.localhost
	Port   int    // of the app, in the addresses of the sign-in pages
	Root   string // the project's directory; empty: searched for above the working directory and the program

	// Throwaway trades safety of the data for speed; Stop removes Data. For tests.
	Throwaway bool
	// LightHashing has the identity server hash passwords cheaply, as with Throwaway. For browsers that sign in by the hundred.
	LightHashing bool
	// DatabaseOnly leaves Kratos and the mail server out, for commands beside a stopped stack.
	DatabaseOnly bool
	// Further databases for agencies that shall be there. Those of earlier starts still are.
	Further []string

	// Patience is how long Postgres may take for its last checkpoint before it is stopped without; 0 for three minutes.
	Patience time.Duration

	Log *slog.Logger
	Say func(string) // told about what takes long
	Now func() time.Time
}

// Addresses are how a stack's services are reached, the same for everybody on the machine who may read the data directory.
type Addresses struct {
	Origin        string `json:"origin"` // of the app
	DatabaseURL   string `json:"database_url"`
	LoginPassword string `json:"login_password"` // of the logins that the app makes for itself
	// Further databases for agencies, by name.
	Further         map[string]string `json:"further,omitempty"`
	KratosPublicURL string            `json:"kratos_public_url"`
	KratosAdminURL  string            `json:"kratos_admin_url"`
	SMTPAddr        string            `json:"smtp_addr"`
	FilesDir        string            `json:"files_dir"`
	TokenKeysFile   string            `json:"token_keys_file"` // public JWK set of Kratos' session tokens
	AuthURL         string            `json:"auth_url"`
	Secret          string            `json:"secret"` // for what the app signs and encrypts itself
}

// Stack is a running set of services.
type Stack struct {
	Addresses
	Mail *mailcatch.Store

	opts     Options
	postgres *program
	kratos   *program
	smtp     *mailcatch.Server
	unlock   func()
}

// secrets are made once for a data directory.
type secrets struct {
	Postgres     string `json:"postgres"`
	Logins       string `json:"logins"`
	Kratos       string `json:"kratos"`
	KratosCookie string `json:"kratos_cookie"`
	KratosCipher string `json:"kratos_cipher"`
	App          string `json:"app"`
}

// ports are kept between starts, so that what was configured with them stays right.
type ports struct {
	Postgres     int `json:"postgres"`
	KratosPublic int `json:"kratos_public"`
	KratosAdmin  int `json:"kratos_admin"`
	SMTP         int `json:"smtp"`
}

// Start runs the services and returns when all of them answer. Stop ends them.
func Start(ctx context.Context, opts Options) (_ *Stack, err error) {
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	if opts.Say == nil {
		opts.Say = func(string) {}
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Domain == "" {
		opts.Domain = "bureau.localhost"
	}
	opts.Patience = cmp.Or(opts.Patience, 3*time.Minute)
	if opts.Root == "" {
		opts.Root = projectRoot()
	}
	if opts.Data, err = filepath.Abs(opts.Data); err != nil {
		return nil, fmt.Errorf("devstack: %w", err)
	}
	// 0711: the server's own account must get through to its cluster when we are root; it can list nothing.
	if err := os.MkdirAll(opts.Data, 0o711); err != nil {
		return nil, fmt.Errorf("devstack: %w", err)
	}
	s := &Stack{opts: opts}
	if s.unlock, err = lockFile(ctx, filepath.Join(opts.Data, "lock"), false); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.Stop()
		}
	}()
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	if opts.DatabaseOnly {
		return s, nil
	}
	return s, writeJSON(s.stateFile(), s.Addresses)
}

func (s *Stack) stateFile() string { return filepath.Join(s.opts.Data, "running.json") }

func (s *Stack) start(ctx context.Context) error {
	var sec secrets
	var pt ports
	if err := once(filepath.Join(s.opts.Data, "secrets.json"), &sec, func() error {
		sec = secrets{randomHex(16), randomHex(16), randomHex(16), randomHex(32), randomHex(16), randomHex(32)}
		return nil
	}); err != nil {
		return err
	}
	portsFile := filepath.Join(s.opts.Data, "ports.json")
	if b, err := os.ReadFile(portsFile); err == nil {
		_ = json.Unmarshal(b, &pt) // a broken file only means other ports
	}
	logs := filepath.Join(s.opts.Data, "log")
	s.FilesDir = filepath.Join(s.opts.Data, "files")
	for _, dir := range []string{logs, s.FilesDir, filepath.Join(s.opts.Data, "kratos")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("devstack: %w", err)
		}
	}
	s.Secret = sec.App

	// Kratos may have to be built, which takes minutes: it begins before anything else.
	building, stopBuilding := context.WithCancel(ctx)
	defer stopBuilding()
	var buildErr error
	built := make(chan struct{})
	k := &kratos{dir: filepath.Join(s.opts.Data, "kratos")}
	if s.opts.DatabaseOnly {
		close(built)
	} else {
		go func() {
			defer close(built)
			k.bin, buildErr = BuildKratos(building, s.opts.Root, s.opts.Say)
		}()
	}
	if err := s.startPostgres(ctx, sec, &pt, logs); err != nil {
		stopBuilding()
		<-built
		return err
	}
	if <-built; buildErr != nil {
		return buildErr
	}
	if !s.opts.DatabaseOnly {
		if err := s.startMail(&pt); err != nil {
			return err
		}
		if err := s.startKratos(ctx, k, sec, &pt, logs); err != nil {
			return err
		}
	}
	return writeJSON(portsFile, pt)
}

func (s *Stack) startPostgres(ctx context.Context, sec secrets, pt *ports, logs string) error {
	pg, err := findPostgres(s.opts.Root, s.opts.Data)
	if err != nil {
		return err
	}
	if !s.opts.Throwaway {
		pg.pass, s.LoginPassword = sec.Postgres, sec.Logins
	}
	if err := pg.initialise(ctx, s.opts.Throwaway); err != nil {
		return err
	}
	s.postgres = &program{
		name: "postgres", dir: logs, log: s.opts.Log, say: s.opts.Say, as: pg.as,
		command: func() *exec.Cmd { return pg.command(s.opts.Throwaway) },
		ready:   pg.answers, held: stillHeld,
		// A fast and clean stop writes a checkpoint, which takes a while for a large cluster on a busy disk. An immediate one
		// leaves that to the next start. Killing the server alone would leave its children behind, with the data locked.
		ending: ending{polite: syscall.SIGINT, patience: s.opts.Patience, firm: syscall.SIGQUIT},
		orphan: syscall.SIGINT,
	}
	s.postgres.prepare = func(ctx context.Context) error { return pg.clearStalePID(ctx, s.postgres.endLast) }
	if err := s.postgres.prepare(ctx); err != nil {
		return err
	}
	if pt.Postgres, err = freePort(pt.Postgres); err != nil {
		return err
	}
	pg.port = pt.Postgres
	if err := s.postgres.start(ctx); err != nil {
		return err
	}
	s.DatabaseURL = pg.url(superuser, pg.pass, "bureau")
	s.Further, err = pg.ensure(ctx, sec.Kratos, s.opts.Further)
	return err
}

func (s *Stack) startMail(pt *ports) (err error) {
	dir := filepath.Join(s.opts.Data, "mail")
	if s.Mail, err = mailcatch.NewStore(dir, s.opts.Now); err != nil {
		return err
	}
	if pt.SMTP, err = freePort(pt.SMTP); err != nil {
		return err
	}
	if s.smtp, err = mailcatch.Listen("127.0.0.1:"+strconv.Itoa(pt.SMTP), s.Mail); err != nil {
		return err
	}
	s.SMTPAddr = s.smtp.Addr
	return nil
}

func (s *Stack) startKratos(ctx context.Context, k *kratos, sec secrets, pt *ports, logs string) (err error) {
	if pt.KratosPublic, err = freePort(pt.KratosPublic); err != nil {
		return err
	}
	if pt.KratosAdmin, err = freePort(pt.KratosAdmin); err != nil {
		return err
	}
	s.KratosPublicURL = "http://127.0.0.1:" + strconv.Itoa(pt.KratosPublic)
	s.KratosAdminURL = "http://127.0.0.1:" + strconv.Itoa(pt.KratosAdmin)
	s.Origin = "http://" + net.JoinHostPort(s.opts.Domain, strconv.Itoa(s.opts.Port))
	s.AuthURL = "http://" + net.JoinHostPort("auth."+s.opts.Domain, strconv.Itoa(s.opts.Port))
	k.adminURL, k.configFile = s.KratosAdminURL, filepath.Join(k.dir, "kratos.yaml")

	signing := filepath.Join(k.dir, "signing-keys.json")
	s.TokenKeysFile = filepath.Join(k.dir, "token-keys.json")
	if _, err := os.Stat(s.TokenKeysFile); errors.Is(err, fs.ErrNotExist) {
		private, public, err := config.NewSigningKeys()
		if err != nil {
			return err
		}
		if err := writeFile(signing, private); err != nil {
			return err
		}
		if err := writeFile(s.TokenKeysFile, public); err != nil {
			return err
		}
	}
	database := (&postgres{port: pt.Postgres}).url(kratosName, sec.Kratos, kratosName)
	err = k.configure(config.Settings{
		DSN: database + "&max_conns=10", AuthURL: s.AuthURL,
		PublicHost: "127.0.0.1", PublicPort: pt.KratosPublic, AdminHost: "127.0.0.1", AdminPort: pt.KratosAdmin, AdminURL: s.KratosAdminURL,
		CookieName: KratosCookie, SigningKeysFile: signing, CookieSecret: sec.KratosCookie, CipherSecret: sec.KratosCipher,
		SMTPURL: "smtp://" + s.SMTPAddr + "/?disable_starttls=true", MailFrom: "no-reply@" + s.opts.Domain, LightHashing: s.opts.Throwaway || s.opts.LightHashing,
	})
	if err != nil {
		return err
	}
	if err := k.migrate(ctx, database); err != nil {
		return err
	}
	s.kratos = &program{
		name: "kratos", dir: logs, log: s.opts.Log, say: s.opts.Say, command: k.command, ready: k.answers,
		// All it knows is in the database, so it may go at once when we are gone.
		ending: ending{polite: syscall.SIGTERM, patience: 10 * time.Second}, orphan: syscall.SIGKILL,
	}
	return s.kratos.start(ctx)
}

// MailHandler is the page of caught mail, for /dev/mail.
func (s *Stack) MailHandler() http.Handler { return mailcatch.Handler("/dev/mail", s.Mail) }

// Stop ends all services and returns when they are gone. It may be called twice.
func (s *Stack) Stop() {
	s.kratos.stop()
	if s.smtp != nil {
		_ = s.smtp.Close()
		s.smtp = nil
	}
	s.postgres.stop()
	if !s.opts.DatabaseOnly && s.unlock != nil {
		_ = os.Remove(s.stateFile())
	}
	if s.unlock == nil {
		return
	}
	if s.opts.Throwaway {
		_ = Remove(s.opts.Data)
	}
	s.unlock()
	s.unlock = nil
}

// Find tells the addresses of the stack that is running on the data directory.
func Find(ctx context.Context, data string) (Addresses, error) {
	unlock, err := lockFile(ctx, filepath.Join(data, "lock"), false)
	if err == nil {
		unlock()
		return Addresses{}, ErrNotRunning
	}
	if errors.Is(err, fs.ErrNotExist) {
		return Addresses{}, ErrNotRunning
	}
	if !errors.Is(err, ErrRunning) {
		return Addresses{}, err
	}
	b, err := os.ReadFile(filepath.Join(data, "running.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return Addresses{}, fmt.Errorf("%w and is not ready yet", ErrRunning)
	}
	if err != nil {
		return Addresses{}, fmt.Errorf("devstack: %w", err)
	}
	var a Addresses
	if err := json.Unmarshal(b, &a); err != nil {
		return Addresses{}, fmt.Errorf("devstack: read running.json: %w", err)
	}
	return a, nil
}

// Remove deletes a data directory, and the cluster that it may have elsewhere.
func Remove(data string) error {
	if home, err := filepath.EvalSymlinks(filepath.Join(data, "postgres")); err == nil {
		if err := os.RemoveAll(home); err != nil {
			return fmt.Errorf("devstack: %w", err)
		}
	}
	if err := os.RemoveAll(data); err != nil {
		return fmt.Errorf("devstack: %w", err)
	}
	return nil
}

// projectRoot is the directory with our tools, at or above the working directory or the program.
func projectRoot() string {
	var starts []string
	if wd, err := os.Getwd(); err == nil {
		starts = append(starts, wd)
	}
	if exe, err := os.Executable(); err == nil {
		if exe, err := filepath.EvalSymlinks(exe); err == nil {
			starts = append(starts, filepath.Dir(exe))
		}
	}
	for _, dir := range starts {
		for ; ; dir = filepath.Dir(dir) {
			if _, err := os.Stat(filepath.Join(dir, "tools", "kratos", "go.mod")); err == nil {
				return dir
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return "."
}

// lockFile takes a lock that ends with this process, however it ends. It waits for it, or answers ErrRunning.
func lockFile(ctx context.Context, path string, wait bool) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("devstack: %w", err)
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) || !wait {
			_ = f.Close()
			if errors.Is(err, syscall.EWOULDBLOCK) {
				return nil, fmt.Errorf("%w: %s", ErrRunning, filepath.Dir(path))
			}
			return nil, fmt.Errorf("devstack: lock %s: %w", path, err)
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			_ = f.Close()
			return nil, ctx.Err()
		}
	}
}

// once reads a JSON file, or makes its content and writes it.
func once(path string, v any, fresh func() error) error {
	b, err := os.ReadFile(path)
	if err == nil {
		if err := json.Unmarshal(b, v); err != nil {
			return fmt.Errorf("devstack: read %s: %w", path, err)
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("devstack: %w", err)
	}
	if err := fresh(); err != nil {
		return err
	}
	return writeJSON(path, v)
}

func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("devstack: %w", err)
	}
	return writeFile(path, b)
}

// writeFile replaces a file as a whole, for our eyes only.
func writeFile(path string, b []byte) error {
	if err := os.WriteFile(path+".part", b, 0o600); err != nil {
		return fmt.Errorf("devstack: %w", err)
	}
	if err := os.Rename(path+".part", path); err != nil {
		return fmt.Errorf("devstack: %w", err)
	}
	return nil
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
