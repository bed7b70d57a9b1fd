load ../../helper
load helper

setup() {
	hookroute list >/dev/null
	route a 'include "hooktools"; to("x"; {n: .delivery})'
	good_consumer x
}

# old FILE...: by two minutes.
old() {
	touch -d '2 minutes ago' "$@"
}

@test "hookroute recover: a spool in order has nothing to say" {
	put 1
	run -0 hookroute drain
	put 2
	run -0 hookroute hold "$(id 2)"
	run -0 --separate-stderr hookroute recover
	[ -z "$output$stderr" ]
}

@test "hookroute recover: progress and reasons without their events are removed" {
	id 1 >"$spool/cur/$(id 1).done"
	id 2 >"$spool/cur/$(id 2).done"
	id 3 >"$spool/defer/$(id 3).done"
	event 3 >"$spool/hold/$(id 3)"
	echo '{}' >"$spool/dead/$(id 4).why"
	event 5 >"$spool/dead/$(id 5)"
	chmod 600 "$spool"/*/*
	old "$spool/cur/$(id 1).done" "$spool/defer/$(id 3).done" "$spool/dead/$(id 4).why"
	run -0 --separate-stderr hookroute recover --dry-run
	[ "${lines[0]}" = "cur/$(id 1).done: its event is not here: would be removed" ]
	run -0 --separate-stderr hookroute recover
	[ "$output" = "cur/$(id 1).done: its event is not here: removed
dead/$(id 4).why: its event is not here: removed
dead/$(id 5): has no .why: hookroute retry routes it anew" ]
	[ "$(find "$spool" -name '*.done' | wc -l)" -eq 2 ]
}

@test "hookroute recover: names, kinds, modes and leftovers" {
	echo x >"$spool/new/notes.txt"
	mkdir "$spool/new/$(id 1)"
	event 2 >"$spool/new/$(id 2)"
	chmod 644 "$spool/new/$(id 2)"
	echo half >"$spool/tmp/$(id 3)"
	echo half >"$spool/tmp/$(id 4)"
	touch -d '37 hours ago' "$spool/tmp/$(id 3)"
	event 5 >"$spool/cur/$(id 5)"
	chmod 600 "$spool/cur/$(id 5)"
	run -0 --separate-stderr hookroute recover
	[ "$output" = "tmp/$(id 3): was never finished: removed
new/$(id 1): is no file: left alone
new/$(id 2): has another mode than 0600: got it
new/notes.txt: is no event's name: left alone
cur/$(id 5): no router has it: the next one goes on with it" ]
	[ "$(stat -c %a "$spool/new/$(id 2)")" = 600 ]
	[ "$(ls "$spool/tmp")" = "$(id 4)" ]
}

@test "hookroute recover: files of another user get the folder's owner" {
	[ "$EUID" -eq 0 ] || skip "not root"
	event 1 >"$spool/new/$(id 1)"
	chmod 600 "$spool/new/$(id 1)"
	chown 65534:65534 "$spool/new/$(id 1)"
	run -0 --separate-stderr hookroute recover
	[ "$output" = "new/$(id 1): belongs to another user: got the folder's owner" ]
	[ "$(stat -c %u "$spool/new/$(id 1)")" = 0 ]
}

# bats test_tags=F2_27
@test "hookroute recover: events without an id, with an odd one, or none at all: said, and the others go on" {
	{
		event 1 | sed 's/"id":"[^"]*",//'
		event 2 | sed 's/"id":"[^"]*"/"id":"x\\u001b[31m7"/'
		echo 'no event'
		event 3
	} >"$spool/new/$(id 9)"
	chmod 600 "$spool/new/$(id 9)"
	run -0 --separate-stderr hookroute recover
	[ "$output" = "new/$(id 9): line 1 has no id: goes to dead/ when it is routed
new/$(id 9): line 2 has an odd id: goes to dead/ when it is routed
new/$(id 9): line 3 is no event: goes to dead/ when it is routed" ]
	run -0 hookroute drain
	[ "$(got x | jq -r .n)" = d3 ]
	[ "$(wc -l <"$spool/dead/$(id 9).why")" -eq 3 ]
	[ "$(files dead)" -eq 1 ]
	[ "$(files new)$(files cur)" = 00 ]
}
