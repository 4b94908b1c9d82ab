// Package clients owns the companies an agency works for, their people
// (contacts) and what was logged about them by hand: notes, calls, meetings.
//
// It announces clients.client_*.v1, clients.contact_*.v1, clients.interaction_*.v1
// and clients.imported.v1. It asks identity, through the port Members, whether
// an owner is a member, and agency, through the port Settings, for the currency
// of a client that names none. The timeline of a client is a view over
// published events of all modules plus its interactions.
package clients
