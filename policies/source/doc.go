// Package source reads policy files: the YAML that people write, described in
// FORMAT.md beside this package's folder.
//
// [Load] turns a file into an [engine.Policy] or says, for every mistake at once, where
// it is and what to do about it. It then proves that for every possible claim and every
// day since in_force exactly one row of each table matches: see prove.go.
//
// Only authors, the build and the policy workshop need this package. What settles bills
// imports the compiled form in package policies, which knows no YAML.
package source
