package tenancy

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/migrations"
)

// opening makes an empty schema. Rights are given before the tables are made,
// so that no table is written twice.
func opening(schemaOf, role, login string) string {
	return fmt.Sprintf(`
		CREATE SCHEMA %[1]s;
		GRANT USAGE ON SCHEMA %[1]s TO %[2]s;
		ALTER DEFAULT PRIVILEGES IN SCHEMA %[1]s GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %[2]s;
		GRANT %[2]s TO %[3]s;
		SET LOCAL search_path TO %[1]s;
		CREATE TABLE %[4]s (id character varying(255) PRIMARY KEY);
		REVOKE INSERT, UPDATE, DELETE ON %[4]s FROM %[2]s`, schemaOf, role, login, versions)
}

// baseline is the script of a new agency in one text: the tables as the released steps leave them, each made once, and
// after them the steps that came since.
func baseline(steps []migrations.Step, schemaOf, role, login string) string {
	var b strings.Builder
	b.WriteString(opening(schemaOf, role, login) + ";\n")
	made, since := migrations.Baseline(steps)
	b.WriteString(begun(made, schemaOf, role))
	for _, s := range since {
		b.WriteString(fill(s.SQL, schemaOf, role))
		fmt.Fprintf(&b, "\nINSERT INTO %s (id) VALUES ('%s');\n", versions, s.ID)
	}
	return b.String()
}

var freshKey = regexp.MustCompile(`\{\{key[0-9]+\}\}`)

// begun is the generated script with this agency's names, and keys of its own for the rows that it begins with.
func begun(made, schemaOf, role string) string {
	keys := map[string]string{}
	return freshKey.ReplaceAllStringFunc(fill(made, schemaOf, role), func(place string) string {
		if keys[place] == "" {
			keys[place] = id.New()
		}
		return keys[place]
	})
}
