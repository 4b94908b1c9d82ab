package timesheets

// Batches is for tests: how a new rounding rule goes through days.
var Batches = batches
