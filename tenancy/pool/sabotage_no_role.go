//go:build sabotage_no_role

// Sessions do not take the agency's role.

package pool

func switchTo(t Tenant) string { return "SET search_path = " + t.Schema }
