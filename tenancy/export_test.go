package tenancy

// What the test needs that writes the baseline down.
var (
	Opening       = opening
	TablesInOrder = tablesInOrder
)
