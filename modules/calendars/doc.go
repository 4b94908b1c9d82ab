// Package calendars turns the events of people's own calendars into suggestions for time entries.
//
// A calendar is private to its person: its address is kept encrypted and never shown again, its events are seen by nobody
// else, and neither is in the agency's export. What lasts (that an event was entered or hidden, which work belongs to a
// series or a title) names events by hashes only. Time comes into being through the one door of timesheets.
package calendars
