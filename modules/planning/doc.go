// Package planning owns bookings: the time for which members are planned on projects, before it is worked.
//
// A booking keeps what was said: so much a day, so much altogether, or a share of what the person can do. What it comes to on a day
// is worked out from the calendar of that day, each time it is asked for (package spread), so it follows schedules and holidays.
// Days that were booked and not logged are suggested as time; that becomes time through timesheets alone.
package planning
