package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The settings that the Compose file gives to the program are ones it knows,
// and enough for it to start with what compose.env.example asks for.
func TestComposeSettingsAreTaken(t *testing.T) {
	raw, err := os.ReadFile("../../infra/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("../../infra/compose.env.example")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Bureau struct {
			Environment map[string]string `yaml:"environment"`
		} `yaml:"x-bureau"`
		Services map[string]struct {
			Command []string `yaml:"command"`
		} `yaml:"services"`
	}
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
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
			if !strings.Contains(string(example), "\n"+m[1]+"=") {
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
		if name != "kratos-config" && name != "mail" && name != "migrate" && name != "serve" && name != "worker" {
			continue
		}
		if cmd, _, err := root.Find(s.Command); err != nil || cmd == root {
			t.Errorf("service %s runs %v, which is no command", name, s.Command)
		} else if err := cmd.ParseFlags(s.Command[1:]); err != nil {
			t.Errorf("service %s: %v", name, err)
		}
	}
}
