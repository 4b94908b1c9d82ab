package main

import (
	"io/fs"
	"net"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/caarlos0/env/v11"
	"go.yaml.in/yaml/v3"
)

// composeFile is what the tests read of infra/compose.yaml.
type composeFile struct {
	Bureau   composeService            `yaml:"x-bureau"`
	Services map[string]composeService `yaml:"services"`
	Volumes  map[string]any            `yaml:"volumes"`
}

type composeService struct {
	Image       string            `yaml:"image"`
	Command     []string          `yaml:"command"`
	Environment map[string]string `yaml:"environment"`
	Ports       []string          `yaml:"ports"`
	Volumes     []string          `yaml:"volumes"`
	ReadOnly    bool              `yaml:"read_only"`
	Health      struct {
		Test []string `yaml:"test"`
	} `yaml:"healthcheck"`
	After map[string]struct {
		Condition string `yaml:"condition"`
	} `yaml:"depends_on"`
}

// ours tells whether the service runs the program of this repository.
func (s composeService) ours() bool { return strings.HasPrefix(s.Image, "bureau:") }

func readRepo(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func readCompose(t *testing.T) (f composeFile) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(readRepo(t, "infra/compose.yaml")), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// found is the first group of the expression in the file.
func found(t *testing.T, name, expression string) string {
	t.Helper()
	m := regexp.MustCompile(expression).FindStringSubmatch(readRepo(t, name))
	if m == nil {
		t.Fatalf("%s has nothing like %s", name, expression)
	}
	return m[1]
}

// Services wait for what is there, mount what is there, and reach each other where they listen.
func TestComposeFitsTogether(t *testing.T) {
	t.Parallel()
	f := readCompose(t)
	caddy := readRepo(t, "infra/compose/Caddyfile")
	listens := map[string]string{"postgres": "5432", "s3": f.Services["s3"].flag("--port"), "mail": f.Services["mail"].flag("--smtp"), "kratos": ":4433 :4434"}
	for _, setting := range []string{"BUREAU_LISTEN", "BUREAU_METRICS_LISTEN"} {
		listens["serve"] += " " + settingDefault(setting)
		if !strings.Contains(found(t, "Dockerfile", `(?m)^EXPOSE (.*)$`), strings.TrimPrefix(settingDefault(setting), ":")) {
			t.Errorf("the image does not expose the port of %s", setting)
		}
	}
	reached := func(where, address string) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			host, port = address, "5432" // the database's own
		}
		if at, ok := listens[host]; !ok || !strings.Contains(at+" ", port+" ") && at != port {
			t.Errorf("%s reaches for %s, where nothing listens", where, address)
		}
	}
	for name, s := range f.Services {
		for other, on := range s.After {
			if _, ok := f.Services[other]; !ok {
				t.Errorf("%s waits for %s, which is no service", name, other)
			}
			if on.Condition == "service_healthy" && len(f.Services[other].Health.Test) == 0 {
				t.Errorf("%s waits until %s is healthy, which nobody checks", name, other)
			}
		}
		for _, v := range s.Volumes {
			source, _, _ := strings.Cut(v, ":")
			if _, named := f.Volumes[source]; !named {
				if _, err := fs.Stat(os.DirFS("../../infra"), path.Clean(source)); err != nil {
					t.Errorf("%s mounts %s: %v", name, source, err)
				}
			}
		}
		for key, value := range s.Environment {
			// A variable is a host's name or a secret: it only has to fit into an address.
			u, err := url.Parse(regexp.MustCompile(`\$\{[^}]*\}`).ReplaceAllString(value, "x"))
			if err == nil && u.Host != "" && u.Host != "x" && !strings.HasSuffix(u.Host, ".x") {
				reached(name+"'s "+key, u.Host)
			}
		}
		if s.ours() && !s.ReadOnly {
			t.Errorf("%s may write to its own image", name)
		}
	}
	for _, m := range regexp.MustCompile(`reverse_proxy (?:@\w+ )?(\S+)`).FindAllStringSubmatch(caddy, -1) {
		reached("the edge", m[1])
	}
	public := strings.TrimPrefix(f.Bureau.Environment["BUREAU_S3_PUBLIC_ENDPOINT"], "https://")
	if site := strings.Replace(public, "${BUREAU_HOST}", "{$BUREAU_HOST}", 1); site == "" || !strings.Contains(caddy, "\n"+site+" {") {
		t.Errorf("the edge does not know %q, where browsers are sent for archives", public)
	}
	for _, name := range []string{"serve", "worker"} {
		if test := f.Services[name].Health.Test; len(test) != 3 || test[0] != "CMD" || test[1] != found(t, "Dockerfile", `ENTRYPOINT \["(.*)"\]`) || test[2] != healthCommand().Use {
			t.Errorf("%s is asked for its health by %v", name, test)
		}
	}
	for name := range f.Services["kratos-config"].Environment {
		fields, err := env.GetFieldParams(&kratosSettings{})
		if err != nil {
			t.Fatal(err)
		}
		known := false
		for _, field := range fields {
			known = known || field.Key == name
		}
		if !known {
			t.Errorf("%s is no setting of kratos-config", name)
		}
	}
}

// flag is the value after a flag of the service's command.
func (s composeService) flag(name string) string {
	for i, arg := range s.Command {
		if arg == name && i+1 < len(s.Command) {
			return s.Command[i+1]
		}
	}
	return ""
}

// Versions that are named in several places are the same in all of them.
func TestImagesVersionsAgree(t *testing.T) {
	t.Parallel()
	f := readCompose(t)
	tag := func(service string) string {
		_, version, _ := strings.Cut(f.Services[service].Image, ":")
		return version
	}
	if goes, wants := found(t, "Dockerfile", `golang:(\d+\.\d+)\.\d+-`), found(t, "go.mod", `(?m)^go (\d+\.\d+)`); goes != wants {
		t.Errorf("the image is built with Go %s, go.mod wants %s", goes, wants)
	}
	if image, ci := found(t, "Dockerfile", `node:([\d.]+)-`), found(t, ".github/workflows/ci.yaml", `node-version: "([\d.]+)"`); image != ci {
		t.Errorf("the image is built with Node %s, CI uses %s", image, ci)
	}
	if tests := found(t, "tools/postgres/package.json", `linux-x64": "(\d+\.\d+)`); !strings.HasPrefix(tag("postgres"), tests+"-") || f.Services["s3-bucket"].Image != f.Services["postgres"].Image {
		t.Errorf("Compose runs PostgreSQL %s and %s, tests run %s", tag("postgres"), f.Services["s3-bucket"].Image, tests)
	}
	if tests := found(t, "tools/s3/go.mod", `versity/versitygw (v[\d.]+)`); tag("s3") != tests {
		t.Errorf("Compose runs versitygw %s, tests run %s", tag("s3"), tests)
	}
	config := f.Services["kratos-config"].Environment["KRATOS_VERSION"]
	if version := tag("kratos"); version != config || version != tag("kratos-migrate") || version != found(t, "docs/operations.md", "`KRATOS_VERSION` \\| `(.*?)`") || version != found(t, "cmd/bureau/kratos.go", `"KRATOS_VERSION" envDefault:"(.*?)"`) {
		t.Errorf("Kratos is %s, its configuration is for %s", version, config)
	}
}

// What makes the image small and safe is not lost by accident, and no secret gets into what it is built from.
func TestImageHoldsNothingElse(t *testing.T) {
	t.Parallel()
	dockerfile := readRepo(t, "Dockerfile")
	last := dockerfile[strings.LastIndex(dockerfile, "\nFROM "):]
	for _, line := range []string{"USER 65532:65532", "FROM gcr.io/distroless/static-debian12:nonroot"} {
		if !strings.Contains(last, "\n"+line+"\n") {
			t.Errorf("the last stage misses %q", line)
		}
	}
	if strings.Contains(last, "\nRUN ") {
		t.Error("the last stage has nothing to run commands with")
	}
	ignored := strings.Split(readRepo(t, ".dockerignore"), "\n")
	for _, name := range []string{".git", ".bureau", "bin", "frontend/node_modules", "tools/postgres/node_modules", "infra/compose.env"} {
		hit := false
		for _, pattern := range ignored {
			whole, _ := path.Match(pattern, name)
			last, _ := path.Match(strings.TrimPrefix(pattern, "**/"), path.Base(name))
			hit = hit || whole || last && strings.HasPrefix(pattern, "**/")
		}
		if !hit {
			t.Errorf("%s is sent to the builder", name)
		}
	}
	if !strings.Contains(readRepo(t, ".gitignore"), "/infra/compose.env\n") {
		t.Error("compose.env, which holds secrets, could be committed")
	}
}
