// Package identity owns who belongs to an agency and what they may do:
// members and their roles, invitations, sessions, API tokens, and the way in:
// sign-up and sign-in.
//
// People themselves (name, e-mail, password, second factor) live in Kratos,
// behind the port Provider. A person has one identity and any number of
// memberships; the actor of a request is always one membership.
//
// What the agency decides (members, invitations, tokens) lies in the agency's
// schema, so that a change, its audit entry and its event share one
// transaction. What must be found before the agency is known, or outlives a
// change of it (sessions, the two halves of a sign-in, sign-ups under way),
// lies in the platform's schema behind the port Directory.
package identity
