package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/spf13/cobra"

	config "github.com/bureauhq/bureau/infra/kratos"
)

// kratosSettings are what `bureau kratos-config` reads; the names with KRATOS_ are used by nothing else.
type kratosSettings struct {
	Origin       string `env:"BUREAU_ORIGIN,required"`
	MailFrom     string `env:"BUREAU_MAIL_FROM,required"`
	DSN          string `env:"KRATOS_DATABASE_URL,required"`
	SMTPURL      string `env:"KRATOS_SMTP_URL,required"`
	CookieSecret string `env:"KRATOS_COOKIE_SECRET,required"`
	CipherSecret string `env:"KRATOS_CIPHER_SECRET,required"`
	Cookie       string `env:"BUREAU_KRATOS_COOKIE" envDefault:"__Host-kratos"`
	AdminURL     string `env:"BUREAU_KRATOS_ADMIN_URL" envDefault:"http://kratos:4434"`
	Version      string `env:"KRATOS_VERSION" envDefault:"v26.2.0"`
	BreachCheck  bool   `env:"KRATOS_BREACH_CHECK" envDefault:"true"`
}

// kratosCommand writes what Kratos reads, so that production and development come from one template.
func kratosCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "kratos-config", Short: "Write the configuration and keys of Ory Kratos into a directory", Args: cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			s, err := env.ParseAs[kratosSettings]()
			if err != nil {
				return fmt.Errorf("the configuration is not complete: %w", err)
			}
			origin, err := url.Parse(s.Origin)
			if err != nil || origin.Host == "" {
				return errors.New("BUREAU_ORIGIN must be an address such as https://bureau.example")
			}
			origin.Host = "auth." + origin.Host
			dir, err := filepath.Abs(out)
			if err != nil {
				return err
			}
			text, err := config.Config(config.Settings{
				DSN: s.DSN, AuthURL: strings.TrimRight(origin.String(), "/"), PublicHost: "0.0.0.0", PublicPort: 4433, AdminHost: "0.0.0.0", AdminPort: 4434, AdminURL: s.AdminURL,
				CookieName: s.Cookie, SigningKeysFile: filepath.Join(dir, "signing-keys.json"), CookieSecret: s.CookieSecret, CipherSecret: s.CipherSecret,
				SMTPURL: s.SMTPURL, MailFrom: s.MailFrom, BreachCheck: s.BreachCheck, Version: s.Version,
			})
			if err != nil {
				return err
			}
			return writeKratos(dir, text)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "directory, as Kratos sees it too")
	_ = cmd.MarkFlagRequired("out")
	return cmd
}

// writeKratos keeps keys that are there: new ones would end all sign-ins under way.
func writeKratos(dir string, text []byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	// Kratos' image runs as another user than ours. Who may read the volume may read its secrets.
	files := map[string][]byte{"kratos.yaml": text}
	if _, err := os.Stat(filepath.Join(dir, "signing-keys.json")); errors.Is(err, fs.ErrNotExist) {
		private, public, err := config.NewSigningKeys()
		if err != nil {
			return err
		}
		files["signing-keys.json"], files["token-keys.json"] = private, public
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
