package main

import (
	"regexp"
	"strings"
	"testing"
)

// The settings that the Compose file gives to the program are ones it knows,
// and enough for it to start with what compose.env.example asks for.
func TestComposeSettingsAreTaken(t *testing.T) {
	file, example := readCompose(t), readRepo(t, "infra/compose.env.example")
	for f := range settingFields() {
		t.Setenv(f.Tag.Get("env"), f.Tag.Get("envDefault"))
	}
	known := map[string]bool{}
	for f := range settingFields() {
		known[f.Tag.Get("env")] = true
	}
	variable := regexp.MustCompile(`\$\{(\w+)(:[?-][^}]*)?\}`)
	for name, value := range file.Bureau.Environment {
		if !known[name] {
			t.Errorf("%s is no setting", name)
		}
		t.Setenv(name, variable.ReplaceAllStringFunc(value, func(s string) string {
			m := variable.FindStringSubmatch(s)
			if !strings.Contains(example, "\n"+m[1]+"=") {
				t.Errorf("compose.env.example misses %s", m[1])
			}
			return "agencies.of.the.bureau.localhost" // a host, and as long as a secret
		}))
	}
	if len(file.Bureau.Environment) < 10 {
		t.Fatalf("only %d settings were read", len(file.Bureau.Environment))
	}
	if _, err := readSettings(); err != nil {
		t.Error(err)
	}
	root := command()
	for name, s := range file.Services {
		if !s.ours() {
			continue
		}
		if cmd, _, err := root.Find(s.Command); err != nil || cmd == root {
			t.Errorf("service %s runs %v, which is no command", name, s.Command)
		} else if err := cmd.ParseFlags(s.Command[1:]); err != nil {
			t.Errorf("service %s: %v", name, err)
		}
	}
}
