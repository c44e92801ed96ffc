//go:build race

package decision_test

// raceDetector: everything takes ten times as long.
const raceDetector = true
