load ../../helper
load helper

setup() {
	export HOOKTOOLS_RETRY=1h
	route a 'include "hooktools"; to("x"; {n: .delivery})'
	good_consumer x
}

teardown() {
	[ -z "${router:-}" ] || kill "$router"
}

# many N...: events in one file of new/.
many() {
	local n
	for n in "$@"; do event "$n"; done >"$BATS_TEST_TMPDIR/many"
	hookroute put <"$BATS_TEST_TMPDIR/many" >/dev/null
}

# taken: what x got.
taken() {
	got x | jq -r .n | sort | xargs
}

@test "hookroute hold: an event in the midst of a file of many, and release" {
	many 1 2 3
	run -0 --separate-stderr hookroute hold "$(id 2)"
	[ "$output" = "$(id 2)" ]
	[ "$(files hold)" -eq 1 ]
	run -0 hookroute drain
	[ "$(taken)" = "d1 d3" ]
	run -0 hookroute list hold
	[ "$(jq -r '[.id, .state] | @tsv' <<<"$output")" = "$(id 2)	hold" ]
	run -0 --separate-stderr hookroute release "$(id 2)"
	[ "$output" = "$(id 2)" ]
	run -0 hookroute drain
	[ "$(taken)" = "d1 d2 d3" ]
	[ "$(files hold)$(files new)$(files cur)$(files defer)$(files dead)" = 00000 ]
}

@test "hookroute hold: the first event of a file of many, released while that waits" {
	many 1 2 3
	local file
	file=$(basename "$spool"/new/*)
	mv "$spool/new/$file" "$spool/new/$(id 1)"
	run -0 hookroute hold "$(id 1)"
	run -0 hookroute release "$(id 1)"
	[ "$(files new)" -eq 2 ]
	run -0 hookroute drain
	[ "$(taken)" = "d1 d2 d3" ]
}

@test "hookroute hold: what waits for its next try keeps what is left of it" {
	route b 'include "hooktools"; to("y"; {n: .delivery})'
	consumer y <<<'while read -r line; do fail temporary later; done'
	put 1
	run -0 hookroute drain
	run -0 hookroute hold "$(id 1)"
	[ "$(files defer)$(files hold)" = 01 ]
	good_consumer y
	run -0 hookroute release "$(id 1)"
	run -0 hookroute drain
	[ "$(taken)" = "d1" ]
	[ "$(got y | jq -r .id)" = "$(delivery 1 b.jq)" ]
	[ "$(files defer)$(files hold)" = 00 ]
}

@test "hookroute hold: all, or what belongs to a repository or is of a kind" {
	many 1 2
	event 3 release | hookroute put
	event 4 | sed 's,acme/site,acme/app,' | hookroute put
	run -0 hookroute hold --name 'acme/a*'
	[ "$output" = "$(id 4)" ]
	run -0 hookroute hold --event release
	[ "$output" = "$(id 3)" ]
	run -0 hookroute hold --all
	[ "$output" = "$(id 1)
$(id 2)" ]
	run -0 hookroute drain
	[ -z "$(got x)" ]
	run -0 hookroute release --name acme/app
	[ "$output" = "$(id 4)" ]
	run -0 hookroute release --all
	run -0 hookroute drain
	[ "$(taken)" = "d1 d2 d3 d4" ]
}

@test "hookroute hold: an event that waits nowhere is said, and wrong usage" {
	put 1
	run -0 hookroute drain
	run -1 --separate-stderr hookroute hold "$(id 1)"
	[ "$stderr" = "hookroute: event '$(id 1)' is not in new/ or defer/: hookroute show $(id 1)" ]
	run -1 --separate-stderr hookroute release "$(id 1)"
	run -64 hookroute hold
	run -64 hookroute hold --all "$(id 1)"
	run -64 hookroute release
	run -64 hookroute hold nonsense
}

@test "hookroute hold: what is being delivered is left to its router" {
	consumer x <<<'read -r line; echo >"$dir/has"; read -r _ <"$dir/go"; take "$line"; ok; while IFS= read -r line; do take "$line"; ok; done'
	mkfifo "$BATS_TEST_TMPDIR/go"
	many 1 2
	hookroute run 2>/dev/null 3>&- &
	router=$!
	wait_until test -e "$BATS_TEST_TMPDIR/has"
	run -75 --separate-stderr hookroute hold "$(id 1)"
	[ "$stderr" = "hookroute: 1 of the events is being delivered just now, try again" ]
	echo >"$BATS_TEST_TMPDIR/go"
	wait_until grep -q d2 "$BATS_TEST_TMPDIR/got.x"
	[ "$(files hold)" -eq 0 ]
}

@test "hookroute hold: what a router left behind is not repeated" {
	route b 'include "hooktools"; to("y"; {n: .delivery})'
	good_consumer y
	many 1 2
	local file
	file=$(basename "$spool"/new/*)
	mv "$spool/new/$file" "$spool/cur/"
	# The first delivery of 1 is done.
	delivery 1 a.jq >"$spool/cur/$file.done"
	echo >>"$spool/cur/$file.done"
	run -0 hookroute hold "$(id 1)"
	run -0 hookroute drain
	run -0 hookroute release --all
	run -0 hookroute drain
	[ "$(taken)" = "d2" ]
	[ "$(got y | jq -r .n | sort | xargs)" = "d1 d2" ]
}

@test "hookroute hold, release, drop: routers at work lose nothing and repeat nothing" {
	local i
	for i in {1..600}; do event $((i * 16)); done >"$BATS_TEST_TMPDIR/events"
	hookroute run 2>/dev/null 3>&- &
	router=$!
	split -n l/30 "$BATS_TEST_TMPDIR/events" "$BATS_TEST_TMPDIR/part."
	for i in "$BATS_TEST_TMPDIR"/part.*; do
		hookroute put <"$i" >/dev/null
		hookroute hold --all >>"$BATS_TEST_TMPDIR/held" 2>/dev/null || [ $? -eq 75 ]
	done
	run -0 hookroute release --all
	all() { [ "$(got x | jq -r .id | sort -u | wc -l)" -eq 600 ]; }
	wait_until all
	[ "$(got x | wc -l)" -eq 600 ]
	kill "$router"
	wait "$router" || true
	router=
	[ "$(files new)$(files hold)$(files defer)$(files dead)" = 0000 ]
}

@test "hookroute drop: from everywhere to done/, with a line in the log" {
	many 1 2
	consumer x <<<'while read -r line; do case $line in *d3*) fail permanent no ;; *) fail temporary later ;; esac; done'
	many 3 4 5
	run -0 hookroute hold "$(id 1)" "$(id 2)"
	run -0 hookroute drain
	many 6 7
	[ "$(files dead)$(files defer)$(files hold)$(files new)" = 1221 ]
	run -0 --separate-stderr hookroute drop "$(id 1)" "$(id 3)" "$(id 4)" "$(id 7)"
	[ "$(sort <<<"$output")" = "$(id 1)
$(id 3)
$(id 4)
$(id 7)" ]
	[ "$(files dead)$(files defer)$(files hold)$(files new)" = 0111 ]
	[ -z "$(ls "$spool/dead")" ]
	run -0 hookroute list "done"
	local n
	for n in 1 3 4 5 7; do grep -q "$(id $n)" <<<"$output"; done
	run -0 hookroute log "$(id 7)"
	jq -e '.what == "drop" and .uid == '"$EUID" <<<"$output"
	run -1 hookroute drop "$(id 1)"
	run -64 hookroute drop
}

@test "hookroute drop: all that was given up, of a repository" {
	consumer x <<<'while read -r line; do fail permanent no; done'
	many 1 2
	event 3 | sed 's,acme/site,acme/app,' | hookroute put
	run -0 hookroute drain
	run -0 hookroute drop --dead --name acme/app
	[ "$output" = "$(id 3)" ]
	run -0 hookroute drop --dead
	[ "$output" = "$(id 1)
$(id 2)" ]
	[ -z "$(ls "$spool/dead")" ]
}

@test "hookroute hold: root at another user's spool leaves files that this user can read" {
	[ "$EUID" -eq 0 ] || skip "not root"
	many 1 2
	rm -rf "$spool/log"
	chown -R 65534:65534 "$spool"
	# Who changes its user cannot be looked into for leaks.
	export ASAN_OPTIONS=detect_leaks=0
	run -0 hookroute hold "$(id 2)"
	run -0 hookroute release "$(id 2)"
	event 3 | hookroute put
	[ -z "$(find "$spool" ! -uid 65534)" ]
	run -0 hookroute log "$(id 2)"
	[ "$(jq -r '[.what, .uid] | join(" ")' <<<"$output" | xargs)" = "hold 0 release 0" ]
}

@test "hookroute hold: an event of its own file keeps that file" {
	event 1 >"$spool-1"
	run -0 hookroute list
	mv "$spool-1" "$spool/new/$(id 1)"
	local inode
	inode=$(stat -c %i "$spool/new/$(id 1)")
	run -0 hookroute hold "$(id 1)"
	[ "$(stat -c %i "$spool/hold/$(id 1)")" = "$inode" ]
	run -0 hookroute release --all
	[ "$(stat -c %i "$spool/new/$(id 1)")" = "$inode" ]
}

@test "hookroute hold, release, drop: killed at any moment, they lose no event" {
	local i
	many $(seq 16 16 1600)
	for i in {1..8}; do event $((i * 16 + 3200)) >"$spool/new/$(id $((i * 16 + 3200)))"; done
	for i in 003 006 010 015 020 030; do
		timeout -s KILL "0.$i" hookroute hold --all >/dev/null 2>&1 || true
		timeout -s KILL "0.$i" hookroute release --all >/dev/null 2>&1 || true
	done
	run -0 hookroute release --all
	run -0 hookroute drain
	[ "$(got x | jq -r .id | sort -u | wc -l)" -eq 108 ]
	# Half-written files with other names may be left, and are nobody's event.
	run -0 --separate-stderr hookroute list
	[ -z "$output" ]
}
