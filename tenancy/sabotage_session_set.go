//go:build sabotage_session_set

// Role and path are set for the session, and reading trusts what it finds there.

package tenancy

func entry(begin string, a Agency) string {
	if begin != "BEGIN" {
		return begin
	}
	return begin + `; SET ROLE ` + a.role + `; SET search_path TO ` + a.schema.name
}
