package isolation

import (
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// rules are access.yaml: what the product says, not what the program does.
type rules struct {
	Permissions map[string]string   `yaml:"permissions"` // the roles of a permission
	SignedIn    []string            `yaml:"signed_in"`
	Public      []string            `yaml:"public"`
	Money       map[string]string   `yaml:"money"`    // the permissions of a field
	OwnOnly     map[string][]string `yaml:"own_only"` // paths of a permission
	Audit       map[string][]string `yaml:"audit"`    // operations by the number of their entries
	NotReached  []string            `yaml:"not_reached"`
}

func readRules(t *testing.T) (r rules) {
	t.Helper()
	raw, err := os.ReadFile("access.yaml")
	must(t, err)
	must(t, yaml.Unmarshal(raw, &r))
	return r
}

// may tells whether a role may call op in this way.
func (r rules) may(op operation, role, kind string) bool {
	if !slices.Contains(op.kinds, kind) {
		return false
	}
	return op.need == "signed_in" || slices.Contains(strings.Fields(r.Permissions[op.need]), role)
}

// TestAccessTableIsComplete holds the document to the table: a permission that
// the table does not know, and an operation that needs none and is not listed,
// are decisions that nobody has made.
func TestAccessTableIsComplete(t *testing.T) {
	t.Parallel()
	r := readRules(t)
	used := map[string]bool{}
	for _, op := range document(t) {
		used[op.need], used[op.id] = true, true
		switch op.need {
		case "public":
			if !slices.Contains(r.Public, op.id) {
				t.Errorf("%s is open to everybody and access.yaml does not say so", op.id)
			}
		case "signed_in":
			if !slices.Contains(r.SignedIn, op.id) {
				t.Errorf("%s is open to everybody who is signed in and access.yaml does not say so", op.id)
			}
		default:
			if r.Permissions[op.need] == "" {
				t.Errorf("%s needs %s, which access.yaml gives to no role", op.id, op.need)
			}
		}
	}
	for _, name := range slices.Concat(r.Public, r.SignedIn, r.NotReached) {
		if !used[name] {
			t.Errorf("access.yaml lists %s, which there is not", name)
		}
	}
}
