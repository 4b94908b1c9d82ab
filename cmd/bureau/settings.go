package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/spf13/cobra"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/billing/billingstripe"
	"github.com/bureauhq/bureau/frontend"
	"github.com/bureauhq/bureau/modules/payments/paymentsstripe"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// settings are the environment of `bureau serve` and `bureau worker`. `bureau settings` prints what each is for, from
// the tags: docs/operations.md holds the same table and a test compares them.
type settings struct {
	Origin        string   `env:"BUREAU_ORIGIN" example:"https://bureau.example" what:"Where browsers reach the site. Agencies live on <slug>.<host>, sign-in on auth.<host>."`
	Listen        string   `env:"BUREAU_LISTEN" envDefault:":8080" what:"Address of the web server."`
	MetricsListen string   `env:"BUREAU_METRICS_LISTEN" envDefault:":9090" what:"Address of /livez, /readyz and /metrics. Keep it off the internet."`
	Proxies       []string `env:"BUREAU_TRUSTED_PROXIES" example:"10.0.0.0/8" what:"Addresses or networks, with commas between, whose X-Forwarded-For is believed."`
	LogLevel      string   `env:"BUREAU_LOG_LEVEL" envDefault:"info" what:"debug, info, warn or error."`
	LogFormat     string   `env:"BUREAU_LOG_FORMAT" envDefault:"json" what:"json or text."`

	DatabaseURL    string        `env:"BUREAU_DATABASE_URL" secret:"true" example:"postgres://bureau:…@db/bureau" what:"PostgreSQL 18 or newer: the login that owns the schemas and may make roles."`
	DatabasePrefix string        `env:"BUREAU_DATABASE_PREFIX" envDefault:"bureau" what:"Beginning of the names of all roles, when installations share a cluster. Never change it later."`
	LoginPassword  string        `env:"BUREAU_DATABASE_LOGIN_PASSWORD" secret:"true" what:"Password of the logins that Bureau makes for its pools."`
	Shards         int           `env:"BUREAU_DATABASE_SHARDS" envDefault:"10" what:"Pools that agencies are spread over, 1 to 64: one for every 200 agencies, which leaves room up to the 250 it should have at most. It may grow, never shrink."`
	Conns          int           `env:"BUREAU_DATABASE_CONNS" envDefault:"4" what:"Connections of each pool, 4 to 200. Half as many again are common to all, for the one that is in demand."`
	AtOnce         int           `env:"BUREAU_DATABASE_AT_ONCE" envDefault:"0" what:"Requests and jobs that use a database at a time, 0 to 10000, of which one pool's may be half; the rest waits by age. 0 is half of all connections."`
	ConnAgencies   int           `env:"BUREAU_DATABASE_CONN_AGENCIES" envDefault:"100" what:"Agencies that a connection serves before it is replaced, 10 to 10000; its backend remembers the tables of each."`
	Wait           time.Duration `env:"BUREAU_DATABASE_WAIT" envDefault:"3s" what:"How long a request waits for a connection before it gets 503, 10ms to 1m."`
	Spares         int           `env:"BUREAU_SPARE_AGENCIES" envDefault:"3" what:"Agencies kept ready for the next sign-ups, 1 to 100."`

	Placements []string `env:"BUREAU_PLACEMENTS" secret:"true" example:"eu2=postgres://bureau:…@db2/bureau" what:"Further databases for agencies, name=address with commas between; each address is a login as that of BUREAU_DATABASE_URL."`
	NewAt      string   `env:"BUREAU_PLACEMENT_NEW" envDefault:"main" what:"Placement of new agencies: main, or one of BUREAU_PLACEMENTS."`

	KratosPublicURL string `env:"BUREAU_KRATOS_PUBLIC_URL" example:"http://kratos:4433" what:"Public API of Ory Kratos, as this process reaches it."`
	KratosAdminURL  string `env:"BUREAU_KRATOS_ADMIN_URL" example:"http://kratos:4434" what:"Admin API of Ory Kratos. Nobody else may reach it."`
	KratosCookie    string `env:"BUREAU_KRATOS_COOKIE" envDefault:"__Host-kratos" what:"Name of Kratos' session cookie, as in its configuration."`
	TokenKeysFile   string `env:"BUREAU_TOKEN_KEYS_FILE" example:"/etc/bureau/token-keys.json" what:"Public JWK set of the keys that sign Kratos' session tokens."`

	MailFrom    string `env:"BUREAU_MAIL_FROM" example:"no-reply@bureau.example" what:"Sender of all mail."`
	SMTPURL     string `env:"BUREAU_SMTP_URL" secret:"true" example:"smtp://user:…@mail.example:587" what:"Mail server; this or BUREAU_SENDGRID_KEY. Add ?tls=none for a server without a certificate on a private network."`
	SendGridKey string `env:"BUREAU_SENDGRID_KEY" secret:"true" what:"Key of a SendGrid account, instead of BUREAU_SMTP_URL."`
	SendGridURL string `env:"BUREAU_SENDGRID_URL" example:"https://api.eu.sendgrid.com" what:"SendGrid's address, for accounts outside of its main region."`

	StripeKey      string   `env:"BUREAU_STRIPE_KEY" secret:"true" what:"Secret key of the Stripe account that agencies are billed through. Without it nobody is billed, and every agency has everything."`
	StripeSecrets  []string `env:"BUREAU_STRIPE_WEBHOOK_SECRETS" secret:"true" what:"Signing secrets of the webhook endpoint <site>/webhooks/stripe; two, with a comma between, while one is being replaced."`
	ConnectSecrets []string `env:"BUREAU_STRIPE_CONNECT_WEBHOOK_SECRETS" secret:"true" what:"Signing secrets of the webhook endpoint <site>/webhooks/stripe-connect for events on connected accounts; two while one is being replaced. With them agencies can let their clients pay invoices on line, through Stripe accounts of their own."`
	StripeURL      string   `env:"BUREAU_STRIPE_URL" what:"Another address of Stripe's API, for tests."`

	FilesDir         string `env:"BUREAU_FILES_DIR" example:"/var/lib/bureau/files" what:"Directory for files, for a single server; this or BUREAU_S3_BUCKET."`
	Secret           string `env:"BUREAU_SECRET" secret:"true" what:"At least 32 letters; signs the addresses of files in a directory, and encrypts those of calendars, which nobody can add without it. The same on all replicas."`
	S3Bucket         string `env:"BUREAU_S3_BUCKET" what:"Bucket for files, instead of BUREAU_FILES_DIR."`
	S3Endpoint       string `env:"BUREAU_S3_ENDPOINT" example:"http://s3:7070" what:"S3 server; empty for AWS."`
	S3PublicEndpoint string `env:"BUREAU_S3_PUBLIC_ENDPOINT" what:"How browsers reach the S3 server, when that differs."`
	S3Region         string `env:"BUREAU_S3_REGION" envDefault:"us-east-1" what:"Region of the bucket."`
	S3AccessKey      string `env:"BUREAU_S3_ACCESS_KEY" what:"Access key for the bucket."`
	S3SecretKey      string `env:"BUREAU_S3_SECRET_KEY" secret:"true" what:"Secret key for the bucket."`
	S3PathStyle      bool   `env:"BUREAU_S3_PATH_STYLE" envDefault:"false" what:"true for servers that want the bucket in the path, as most but AWS do."`

	BackupDir    string `env:"BUREAU_BACKUP_DIR" example:"/var/backups/bureau" what:"Directory for backups of agencies; this or BUREAU_BACKUP_BUCKET, or neither for none."`
	BackupBucket string `env:"BUREAU_BACKUP_BUCKET" what:"Bucket for backups, on the server of BUREAU_S3_ENDPOINT and with its keys."`
	BackupAt     string `env:"BUREAU_BACKUP_AT" envDefault:"02:00" what:"Time of the day, in UTC, from which every agency gets a new backup."`
	BackupDays   int    `env:"BUREAU_BACKUP_DAYS" envDefault:"30" what:"Days that a backup is kept, 1 to 3650."`
	BackupKeep   int    `env:"BUREAU_BACKUP_KEEP" envDefault:"3" what:"Newest backups of each agency that are kept however old they are, 1 to 100."`
	BackupKey    string `env:"BUREAU_BACKUP_KEY" secret:"true" what:"Encrypts backups: a key of bureau backup key. Without it they cannot be read, so keep a copy elsewhere."`
}

// readSettings reads the environment and complains about everything that is wrong with it at once.
func readSettings() (settings, error) {
	var s settings
	var errs []error
	if err := env.Parse(&s); err != nil {
		var all env.AggregateError
		if !errors.As(err, &all) {
			return s, fmt.Errorf("configuration: %w", err)
		}
		for _, e := range all.Errors {
			errs = append(errs, plainComplaint(e))
		}
	}
	errs = append(errs, s.complaints()...)
	if len(errs) > 0 {
		return s, fmt.Errorf("the configuration is not complete:\n%w", errors.Join(errs...))
	}
	return s, nil
}

// plainComplaint names the variable and not its value, which may be a secret.
func plainComplaint(err error) error {
	var bad env.ParseError
	if !errors.As(err, &bad) {
		return err
	}
	field, _ := reflect.TypeFor[settings]().FieldByName(bad.Name)
	kind := map[reflect.Kind]string{reflect.Int: "a whole number", reflect.Int64: "a duration such as 3s", reflect.Bool: "true or false"}[field.Type.Kind()]
	return fmt.Errorf("  %s must be %s", field.Tag.Get("env"), kind)
}

func (s settings) complaints() []error {
	var errs []error
	say := func(ok bool, name, want string) {
		if !ok {
			errs = append(errs, fmt.Errorf("  %s must be %s", name, want))
		}
	}
	origin, err := url.Parse(s.Origin)
	say(err == nil && origin.Scheme == "https" && origin.Host != "" && strings.Trim(origin.Path, "/") == "", "BUREAU_ORIGIN", "an address such as https://bureau.example")
	say(isListen(s.Listen), "BUREAU_LISTEN", "an address such as :8080")
	say(isListen(s.MetricsListen), "BUREAU_METRICS_LISTEN", "an address such as :9090")
	for _, p := range s.Proxies {
		_, err1 := netip.ParseAddr(p)
		_, err2 := netip.ParsePrefix(p)
		say(err1 == nil || err2 == nil, "BUREAU_TRUSTED_PROXIES", "addresses or networks such as 10.0.0.0/8, with commas between")
	}
	var level slog.Level
	say(level.UnmarshalText([]byte(s.LogLevel)) == nil, "BUREAU_LOG_LEVEL", "debug, info, warn or error")
	say(s.LogFormat == "json" || s.LogFormat == "text", "BUREAU_LOG_FORMAT", "json or text")
	say(isURL(s.DatabaseURL, "postgres", "postgresql"), "BUREAU_DATABASE_URL", "an address such as postgres://bureau:password@db/bureau")
	say(s.LoginPassword != "", "BUREAU_DATABASE_LOGIN_PASSWORD", "set")
	say(s.Shards >= 1 && s.Shards <= 64, "BUREAU_DATABASE_SHARDS", "1 to 64")
	say(s.Conns >= 4 && s.Conns <= 200, "BUREAU_DATABASE_CONNS", "4 to 200")
	say(s.AtOnce >= 0 && s.AtOnce <= 10_000, "BUREAU_DATABASE_AT_ONCE", "0 to 10000")
	say(s.ConnAgencies >= 10 && s.ConnAgencies <= 10_000, "BUREAU_DATABASE_CONN_AGENCIES", "10 to 10000")
	say(s.Wait >= 10*time.Millisecond && s.Wait <= time.Minute, "BUREAU_DATABASE_WAIT", "10ms to 1m")
	say(s.Spares >= 1 && s.Spares <= 100, "BUREAU_SPARE_AGENCIES", "1 to 100")
	_, err = placements(s.Placements)
	say(err == nil, "BUREAU_PLACEMENTS", "pairs such as eu2=postgres://bureau:password@db2/bureau, with commas between and names of lower-case letters and digits")
	say(err != nil || s.knows(s.NewAt), "BUREAU_PLACEMENT_NEW", "main or one of BUREAU_PLACEMENTS")
	say(isURL(s.KratosPublicURL, "http", "https"), "BUREAU_KRATOS_PUBLIC_URL", "an address such as http://kratos:4433")
	say(isURL(s.KratosAdminURL, "http", "https"), "BUREAU_KRATOS_ADMIN_URL", "an address such as http://kratos:4434")
	say(s.KratosCookie != "", "BUREAU_KRATOS_COOKIE", "the name of a cookie")
	say(s.TokenKeysFile != "", "BUREAU_TOKEN_KEYS_FILE", "the path of a JWK set")
	say(strings.Contains(s.MailFrom, "@"), "BUREAU_MAIL_FROM", "an e-mail address")
	say((s.SMTPURL == "") != (s.SendGridKey == ""), "BUREAU_SMTP_URL or BUREAU_SENDGRID_KEY", "set, and only one of them")
	say(s.SMTPURL == "" || isURL(s.SMTPURL, "smtp", "smtps"), "BUREAU_SMTP_URL", "an address such as smtp://user:password@mail.example:587")
	say(s.SendGridURL == "" || isURL(s.SendGridURL, "https", "http"), "BUREAU_SENDGRID_URL", "an address such as https://api.eu.sendgrid.com")
	say(s.StripeKey == "" || strings.HasPrefix(s.StripeKey, "sk_") || strings.HasPrefix(s.StripeKey, "rk_"), "BUREAU_STRIPE_KEY", "a secret key, which begins with sk_ or rk_")
	say(s.StripeKey != standKey, "BUREAU_STRIPE_KEY", "a key of Stripe's: the stand-in is for development")
	say(s.StripeKey == "" || len(s.StripeSecrets) > 0, "BUREAU_STRIPE_WEBHOOK_SECRETS", "set where BUREAU_STRIPE_KEY is")
	say(len(s.ConnectSecrets) == 0 || s.StripeKey != "", "BUREAU_STRIPE_CONNECT_WEBHOOK_SECRETS", "set where BUREAU_STRIPE_KEY is: the accounts are connected to that one")
	say(s.StripeURL == "" || isURL(s.StripeURL, "https", "http"), "BUREAU_STRIPE_URL", "an address")
	say((s.FilesDir == "") != (s.S3Bucket == ""), "BUREAU_FILES_DIR or BUREAU_S3_BUCKET", "set, and only one of them")
	say(s.FilesDir == "" && s.Secret == "" || len(s.Secret) >= 32, "BUREAU_SECRET", "at least 32 letters long")
	say(s.S3Bucket == "" || s.S3AccessKey != "", "BUREAU_S3_ACCESS_KEY", "set")
	say(s.S3Bucket == "" || s.S3SecretKey != "", "BUREAU_S3_SECRET_KEY", "set")
	_, err = timeOfDay(s.BackupAt)
	say(s.BackupDir == "" || s.BackupBucket == "", "BUREAU_BACKUP_DIR or BUREAU_BACKUP_BUCKET", "not both")
	say(s.BackupBucket == "" || s.S3AccessKey != "" && s.S3SecretKey != "", "BUREAU_S3_ACCESS_KEY and BUREAU_S3_SECRET_KEY", "set for BUREAU_BACKUP_BUCKET")
	say(err == nil, "BUREAU_BACKUP_AT", "a time such as 02:00")
	say(s.BackupDays >= 1 && s.BackupDays <= 3650, "BUREAU_BACKUP_DAYS", "1 to 3650")
	say(s.BackupKeep >= 1 && s.BackupKeep <= 100, "BUREAU_BACKUP_KEEP", "1 to 100")
	_, err = custody.RecipientOf(s.BackupKey)
	say(s.BackupKey == "" || err == nil, "BUREAU_BACKUP_KEY", "a key made by bureau backup key")
	return errs
}

// placements reads name=address pairs.
func placements(pairs []string) ([]tenancy.Placement, error) {
	var out []tenancy.Placement
	seen := map[string]bool{}
	for _, pair := range pairs {
		name, address, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if !tenancy.PlacementName(name) || seen[name] || !isURL(address, "postgres", "postgresql") {
			return nil, errors.New("BUREAU_PLACEMENTS cannot be read")
		}
		seen[name] = true
		out = append(out, tenancy.Placement{Name: name, OwnerURL: address})
	}
	return out, nil
}

// knows tells whether the settings name a placement.
func (s settings) knows(name string) bool {
	all, _ := placements(s.Placements)
	return name == tenancy.Main || slices.ContainsFunc(all, func(p tenancy.Placement) bool { return p.Name == name })
}

func timeOfDay(s string) (time.Duration, error) {
	t, err := time.Parse("15:04", s)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err
}

// backups is the plan of the settings, which were checked.
func (s settings) backups() (custody.Plan, error) {
	at, err := timeOfDay(s.BackupAt)
	if err != nil {
		return custody.Plan{}, err
	}
	p := custody.Plan{At: at, Days: s.BackupDays, Keep: s.BackupKeep, Identity: s.BackupKey}
	switch {
	case s.BackupDir != "":
		// Nobody is given an address of a backup, so what signs addresses does not matter.
		p.Store, err = file.NewFolder(file.FolderConfig{Dir: s.BackupDir, BaseURL: s.Origin, Secret: []byte(rand.Text() + rand.Text())})
	case s.BackupBucket != "":
		p.Store, err = file.NewS3(file.S3Config{
			Endpoint: s.S3Endpoint, Region: s.S3Region, Bucket: s.BackupBucket, AccessKey: s.S3AccessKey, SecretKey: s.S3SecretKey, PathStyle: s.S3PathStyle,
		})
	}
	return p, err
}

func isURL(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return false
	}
	for _, scheme := range schemes {
		if u.Scheme == scheme {
			return true
		}
	}
	return false
}

func isListen(s string) bool {
	_, port, err := net.SplitHostPort(s)
	return err == nil && port != ""
}

// config turns the settings into what the application needs.
func (s settings) config() (app.Config, error) {
	origin, err := url.Parse(s.Origin)
	if err != nil {
		return app.Config{}, errors.New("BUREAU_ORIGIN is not an address")
	}
	keys, err := os.ReadFile(s.TokenKeysFile)
	if err != nil {
		return app.Config{}, fmt.Errorf("BUREAU_TOKEN_KEYS_FILE: %w", err)
	}
	others, err := placements(s.Placements)
	if err != nil {
		return app.Config{}, err
	}
	c := app.Config{
		Origin: origin, TrustedProxies: s.Proxies, Log: s.logger(), Now: time.Now, Web: web(), MailFrom: s.MailFrom, Secret: s.Secret,
		Tenancy:         tenancy.Config{OwnerURL: s.DatabaseURL, Prefix: s.DatabasePrefix, Password: s.LoginPassword, Shards: s.Shards, Conns: s.Conns, AtOnce: s.AtOnce, ConnAgencies: s.ConnAgencies, Wait: s.Wait, Spares: s.Spares, Placements: others, NewAt: s.NewAt},
		KratosPublicURL: s.KratosPublicURL, KratosAdminURL: s.KratosAdminURL, KratosCookie: s.KratosCookie, TokenKeys: keys,
	}
	if s.StripeKey != "" {
		c.Gateway = billingstripe.New(billingstripe.Config{
			Key: s.StripeKey, URL: s.StripeURL, WebhookSecrets: s.StripeSecrets, Live: strings.Contains(s.StripeKey, "_live_"), Now: time.Now, PerSecond: 20, Log: c.Log,
		})
	}
	if s.StripeKey != "" && len(s.ConnectSecrets) > 0 {
		c.Payments = paymentsstripe.New(paymentsstripe.Config{
			Key: s.StripeKey, URL: s.StripeURL, WebhookSecrets: s.ConnectSecrets, Live: strings.Contains(s.StripeKey, "_live_"), Now: time.Now, PerSecond: 20,
		})
	}
	from := mail.Address{Name: "Bureau", Email: s.MailFrom}
	if s.SendGridKey != "" {
		c.Mail, err = mail.NewSendGrid(mail.SendGrid{Key: s.SendGridKey, From: from, BaseURL: s.SendGridURL})
	} else {
		c.Mail, err = mail.NewSMTP(mail.SMTP{URL: s.SMTPURL, From: from})
	}
	if err != nil {
		return c, fmt.Errorf("mail: %w", err)
	}
	if s.S3Bucket != "" {
		c.Files, err = file.NewS3(file.S3Config{
			Endpoint: s.S3Endpoint, PublicEndpoint: s.S3PublicEndpoint, Region: s.S3Region, Bucket: s.S3Bucket,
			AccessKey: s.S3AccessKey, SecretKey: s.S3SecretKey, PathStyle: s.S3PathStyle,
		})
	} else {
		c.Files, err = file.NewFolder(file.FolderConfig{Dir: s.FilesDir, BaseURL: s.Origin + "/files", Secret: []byte(s.Secret)})
	}
	if err != nil {
		return c, fmt.Errorf("files: %w", err)
	}
	if c.Backups, err = s.backups(); err != nil {
		return c, fmt.Errorf("backups: %w", err)
	}
	return c, nil
}

func (s settings) logger() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.LogLevel)) // checked with the others
	o := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(os.Stderr, o))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, o))
}

// web is the built front end, if this program was built with it.
func web() fs.FS {
	dist, err := fs.Sub(frontend.Dist, "dist")
	if err != nil {
		return nil
	}
	if _, err := fs.Stat(dist, "index.html"); err != nil {
		return nil
	}
	return dist
}

func settingsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "settings", Short: "List the environment variables that serve and worker read", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
			for f := range settingFields() {
				value := f.Tag.Get("envDefault")
				if value == "" {
					value = f.Tag.Get("example")
				}
				_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", f.Tag.Get("env"), value, f.Tag.Get("what"))
			}
			return w.Flush()
		},
	}
}

func settingFields() func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		t := reflect.TypeFor[settings]()
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

// settingDefault is the default of the setting with that name.
func settingDefault(name string) string {
	for f := range settingFields() {
		if f.Tag.Get("env") == name {
			return f.Tag.Get("envDefault")
		}
	}
	return ""
}
