// Package kratos holds the configuration of Ory Kratos: one template for development, tests and production.
package kratos

import (
	"bytes"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"text/template"
)

//go:embed kratos.yaml.tmpl person.schema.json claims.jsonnet
var files embed.FS

// Version is the oldest Kratos the configuration is written for, and the one built for development and tests.
const Version = "v1.3.1"

// Settings are what differs between the places Kratos runs in.
type Settings struct {
	DSN                        string
	AuthURL                    string // where browsers find the sign-in pages, without a slash at its end
	PublicHost                 string
	PublicPort                 int
	AdminHost                  string
	AdminPort                  int
	AdminURL                   string // how the app reaches the admin API
	CookieName                 string
	SigningKeysFile            string // private JWK set, read by Kratos alone
	CookieSecret               string
	CipherSecret               string // exactly 32 bytes
	SMTPURL                    string
	MailFrom                   string
	BreachCheck                bool // asks haveibeenpwned about new passwords
	LightHashing               bool // for tests: cheap password hashes
	Version                    string
	ClaimsMapper, PersonSchema string
	Letters                    []Letter
}

// Config renders the configuration file.
func Config(s Settings) ([]byte, error) {
	if n := len(s.CipherSecret); n != 32 {
		return nil, fmt.Errorf("kratos: the cipher secret must have 32 bytes, not %d", n)
	}
	if s.Version == "" {
		s.Version = Version
	}
	var err error
	if s.ClaimsMapper, err = encoded("claims.jsonnet"); err != nil {
		return nil, err
	}
	if s.PersonSchema, err = encoded("person.schema.json"); err != nil {
		return nil, err
	}
	if s.Letters, err = letters(); err != nil {
		return nil, err
	}
	// JSON strings are YAML strings, so no value can break out of its place.
	t, err := template.New("kratos.yaml.tmpl").Funcs(template.FuncMap{"json": asJSON}).ParseFS(files, "kratos.yaml.tmpl")
	if err != nil {
		return nil, fmt.Errorf("kratos: read the template: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, s); err != nil {
		return nil, fmt.Errorf("kratos: fill the template: %w", err)
	}
	return out.Bytes(), nil
}

func encoded(name string) (string, error) {
	b, err := files.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("kratos: %w", err)
	}
	return inBase64(string(b)), nil
}

func inBase64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func asJSON(v any) (string, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return string(bytes.TrimSpace(out.Bytes())), err
}
