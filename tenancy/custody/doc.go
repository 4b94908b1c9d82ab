// Package custody holds one agency as a thing: an archive of its tables and
// files that can be loaded again, here under another address or elsewhere.
//
// An archive is a tar in zstd, encrypted with age when asked. It begins with
// header.json, which tells what is needed to decide whether it can be loaded;
// then come tables/<name>.csv, in an order in which foreign keys hold, and
// files/<key>; it ends with manifest.json, with counts and checksums of all of
// it. An archive without its manifest is not whole.
//
// An export is atomic: it is one snapshot of the database and a failure leaves
// no archive. An import is atomic too: one transaction, and nobody sees the
// agency before its counts, checksums, keys and audit chain were verified.
package custody
