// Package gitstore is the only one that touches go-git: bare mirrors of governed
// repositories, the graph and trees in them, and the signed commits of the
// evidence branch. Object ids, paths and raw bytes go in and come out as plain
// values; nothing here knows what is signed or by whom.
//
// Objects are read from Git, never from GitHub's lists, which are cut at 250
// commits and 3,000 files. A mirror never forgets: objects that a force-push
// left behind stay, because a review may have been bound to them.
package gitstore
