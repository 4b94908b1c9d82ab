package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

func complete(t *testing.T) {
	t.Helper()
	for f := range settingFields() {
		t.Setenv(f.Tag.Get("env"), f.Tag.Get("envDefault"))
	}
	for name, value := range map[string]string{
		"BUREAU_ORIGIN":                  "https://bureau.example",
		"BUREAU_DATABASE_URL":            "postgres://bureau:hush-db@db/bureau",
		"BUREAU_DATABASE_LOGIN_PASSWORD": "hush-logins",
		"BUREAU_KRATOS_PUBLIC_URL":       "http://kratos:4433",
		"BUREAU_KRATOS_ADMIN_URL":        "http://kratos:4434",
		"BUREAU_TOKEN_KEYS_FILE":         "/etc/bureau/token-keys.json",
		"BUREAU_MAIL_FROM":               "no-reply@bureau.example",
		"BUREAU_SMTP_URL":                "smtp://u:hush-mail@mail:587",
		"BUREAU_FILES_DIR":               "/var/lib/bureau/files",
		"BUREAU_SECRET":                  strings.Repeat("s", 32),
	} {
		t.Setenv(name, value)
	}
}

func TestCompleteSettingsAreTaken(t *testing.T) {
	complete(t)
	s, err := readSettings()
	if err != nil {
		t.Fatal(err)
	}
	if s.Shards != 10 || s.Wait != 3*time.Second || s.Listen != ":8080" || s.KratosCookie != "__Host-kratos" {
		t.Errorf("defaults: %+v", s)
	}
}

// Every setting that is wrong alone is named, with what it should be and without its value.
func TestEachWrongSettingIsNamed(t *testing.T) {
	for name, bad := range map[string]string{
		"BUREAU_ORIGIN":                  "http://bureau.example",
		"BUREAU_LISTEN":                  "8080",
		"BUREAU_METRICS_LISTEN":          "nowhere",
		"BUREAU_TRUSTED_PROXIES":         "10.0.0.0/8,proxy",
		"BUREAU_LOG_LEVEL":               "loud",
		"BUREAU_LOG_FORMAT":              "xml",
		"BUREAU_DATABASE_URL":            "mysql://bureau:hush@db/bureau",
		"BUREAU_DATABASE_LOGIN_PASSWORD": "",
		"BUREAU_DATABASE_SHARDS":         "many-hush",
		"BUREAU_DATABASE_CONNS":          "3",
		"BUREAU_DATABASE_CONN_AGENCIES":  "9",
		"BUREAU_DATABASE_WAIT":           "soon",
		"BUREAU_SPARE_AGENCIES":          "101",
		"BUREAU_PLACEMENTS":              "main=postgres://u:hush@db2/bureau",
		"BUREAU_PLACEMENT_NEW":           "elsewhere",
		"BUREAU_KRATOS_PUBLIC_URL":       "kratos",
		"BUREAU_KRATOS_ADMIN_URL":        "",
		"BUREAU_TOKEN_KEYS_FILE":         "",
		"BUREAU_MAIL_FROM":               "nobody",
		"BUREAU_SMTP_URL":                "http://hush@mail",
		"BUREAU_SENDGRID_KEY":            "hush", // both are set
		"BUREAU_SENDGRID_URL":            "sendgrid",
		"BUREAU_FILES_DIR":               "", // neither is set
		"BUREAU_SECRET":                  "hush",
		"BUREAU_S3_BUCKET":               "both",
		"BUREAU_S3_PATH_STYLE":           "hush",
		"BUREAU_BACKUP_BUCKET":           "hush", // without keys
		"BUREAU_BACKUP_AT":               "2 o'clock",
		"BUREAU_BACKUP_DAYS":             "0",
		"BUREAU_BACKUP_KEEP":             "0",
		"BUREAU_BACKUP_KEY":              "hush",
	} {
		t.Run(name, func(t *testing.T) {
			complete(t)
			t.Setenv(name, bad)
			_, err := readSettings()
			if err == nil {
				t.Fatal("taken")
			}
			if !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), " must be ") {
				t.Errorf("not named: %v", err)
			}
			if strings.Contains(err.Error(), "hush") {
				t.Errorf("a value is shown: %v", err)
			}
		})
	}
}

func TestAllComplaintsComeAtOnce(t *testing.T) {
	complete(t)
	t.Setenv("BUREAU_ORIGIN", "")
	t.Setenv("BUREAU_MAIL_FROM", "")
	t.Setenv("BUREAU_DATABASE_CONNS", "few")
	t.Setenv("BUREAU_S3_PATH_STYLE", "perhaps")
	_, err := readSettings()
	for _, name := range []string{"BUREAU_ORIGIN", "BUREAU_MAIL_FROM", "BUREAU_DATABASE_CONNS", "BUREAU_S3_PATH_STYLE"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not among the complaints: %v", name, err)
		}
	}
}

func TestOperationsNameEverySetting(t *testing.T) {
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for f := range settingFields() {
		row := "| `" + f.Tag.Get("env") + "` | "
		if d := f.Tag.Get("envDefault"); d != "" {
			row += "`" + d + "`"
		}
		if row += " | " + strings.ReplaceAll(f.Tag.Get("what"), "<", "&lt;") + " |"; !strings.Contains(string(text), row) {
			t.Errorf("docs/operations.md misses this row:\n%s", row)
		}
	}
}
