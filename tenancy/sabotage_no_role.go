//go:build sabotage_no_role

// Transactions do not take the agency's role.

package tenancy

func entry(begin string, a Agency) string {
	return begin + `; SET LOCAL search_path TO ` + a.schema.name
}
