// Package isolation proves that nobody sees or changes what is not theirs:
// not another agency's, not another client's, not what their role does not
// allow. Its tests read the operations from the API's own document and know
// none by name, so a new operation is covered by being registered; what each
// role may do stands in access.yaml and nowhere else.
//
// cmd/sabotage plants a breach after the other and fails if these tests see
// nothing of one.
package isolation
