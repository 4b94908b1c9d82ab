// Package projects owns engagements for clients: projects with their members,
// board columns and budgets, the tasks in them, and the comments on those.
//
// It announces what happens to projects, tasks and comments (events.go). It
// asks clients for the client, identity who works here, the agency for its time
// zone and currency, people for holidays, and, up the house by a port, the
// timesheets for the time that was logged.
//
// Estimate, logged, remaining and percent complete of a task are four figures
// and none is computed from another.
package projects
