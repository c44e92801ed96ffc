// Package control judges the documents of a governed repository by the rules of ISO/IEC 27001:2022 A 5.23.
//
// In go a [document.Set], the day by which dates are judged, and what the configuration says of roles and
// severities; out come findings, in a fixed order: the same input gives the same findings, byte for byte.
// Each rule has one id, one severity, the requirement that it serves and the mend; [Rules] lists them.
// The package knows no clock and reads nothing; a document that is half broken is judged by what was read.
package control
