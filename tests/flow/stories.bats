load ../helper
load ../bin/hookroute/helper

# What an admin does at three in the morning: the stories among the EXAMPLES of hookroute(8),
# as they are written there.

setup() {
	export HOOKTOOLS_RETRY=1h
	cd "$BATS_TEST_TMPDIR" || return
	route publish 'include "hooktools"; on("push") | branch("main") | to("runjob"; {n: .delivery})'
	route count 'include "hooktools"; on("push") | to("ghstats"; {n: .delivery})'
	good_consumer runjob
	good_consumer ghstats
}

teardown() {
	[ -z "${follower:-}" ] || kill "$follower" || true
}

# story TITLE: the lines behind "$ " of the display that follows it in the page.
story() {
	awk -v title="$1" '/^\.Sh/ { on = /EXAMPLES/; found = 0 } !on { next }
		index($0, title) { found = 1 }
		/^\.Bd/ && found { inside = 1; next } /^\.Ed/ { if (inside) exit }
		inside && sub(/^\$ /, "") { gsub(/\\e/, "\\"); print }' "$top/man/hookroute.8"
}

# tell TITLE: runs it line by line; what each printed is in out.1, out.2 ..., statuses has how
# each ended.  One with --follow goes on in the background.
tell() {
	local line n=0 status
	statuses=
	story "$1" >lines
	[ -s lines ]
	while IFS= read -r line <&4; do
		n=$((n + 1)) status=0
		if [[ $line == *--follow* ]]; then
			eval "exec $line" >"out.$n" 2>"err.$n" 3>&- &
			follower=$!
			follows() { readlink "/proc/$follower"/fd/* | grep -q inotify; }
			wait_until follows
		else
			bash -c "$line" >"out.$n" 2>"err.$n" || status=$?
		fi
		statuses+="$status "
	done 4<lines
	statuses=${statuses% }
}

# recent N NAME BRANCH: a push that has just come.
recent() {
	event "$1" push "{\"ref\":\"refs/heads/$3\"}" |
		sed "s/2026-11-20T23:45:10.123Z/$(date -u +%FT%T.000Z)/; s,acme/site,$2,"
}

recents() {
	local n
	for n in "${@:3}"; do recent "$n" "$1" "$2"; done >"$BATS_TEST_TMPDIR/events"
	hookroute put <"$BATS_TEST_TMPDIR/events" >/dev/null
}

@test "stories: jobs do not start, because their consumer is broken" {
	consumer runjob <<<'while read -r line; do case $line in *d32*) fail permanent broken ;; *) fail temporary broken ;; esac; done'
	recents acme/site main 1 16 32
	hookroute drain 2>/dev/null
	good_consumer runjob
	tell 'Jobs do not start'
	[ "$statuses" = "0 0 0 0 0 0 0" ]
	[ "$(jq -r 'select(.state == "defer" or .state == "dead") | .count' out.1 | xargs)" = "2 1" ]
	[ "$(jq -r '[.consumer, .count] | join(" ")' out.2)" = "runjob 2" ]
	[ "$(jq -r .id out.3)" = "$(id 1)
$(id 16)" ]
	[ "$(jq -r '.deferred.left[0].error' out.4 | head -n 1)" = broken ]
	[ "$(sort out.5)" = "$(id 1)
$(id 16)" ]
	[ "$(cat out.6)" = "$(id 32)" ]
	hookroute drain 2>/dev/null
	arrived() { [ "$(jq -r 'select(.what == "ok") | .id' out.7 | sort | uniq | wc -l)" -eq 3 ]; }
	wait_until arrived
	[ "$(got runjob | jq -r .n | sort | xargs)" = "d1 d16 d32" ]
	[ "$(got ghstats | wc -l)" -eq 3 ]
	[ "$(files defer)$(files dead)" = 00 ]
}

# bats test_tags=F2_54
@test "stories: did this push arrive, and what became of it" {
	recents acme/site main 1
	recents acme/app main 16
	hookroute drain 2>/dev/null
	tell 'Did this push arrive'
	[ "$statuses" = "0 0 0" ]
	[ "$(jq -r .id out.1)" = "$(id 1)" ]
	[ "$(jq -r .what out.2 | xargs)" = "taken ok ok" ]
	[ "$(sort out.3)" = "ghstats
runjob" ]
}

@test "stories: one repository sends far too much" {
	recents acme/wild main 1 16 32 48
	recents acme/site main 64
	tell 'One repository sends far too much'
	[ "$statuses" = "0 0 0 0" ]
	[ "$(wc -l <out.1)" -eq 4 ]
	[ "$(wc -l <out.2)" -eq 4 ]
	[ "$(cat out.3)" = "$(id 1)" ]
	[ "$(wc -l <out.4)" -eq 3 ]
	hookroute drain 2>/dev/null
	[ "$(got runjob | jq -r .n | sort | xargs)" = "d1 d64" ]
	[ "$(files hold)$(files new)" = 00 ]
	[ "$(hookroute log --since 1h | jq -r 'select(.what == "drop") | .id' | wc -l)" -eq 3 ]
}

# bats test_tags=FX_1
@test "stories: a route was wrong since yesterday" {
	recents acme/site trunk 1 16
	recents acme/site main 32
	hookroute drain 2>/dev/null
	[ "$(got runjob | jq -r .n)" = d32 ]
	tell 'A route was wrong since yesterday'
	[ "$statuses" = "0 0 0 1 0 0 0" ]
	[ "$(jq -r '[.event_id, (.is != null)] | join(" ")' out.4 | sort)" = "$(id 1) true
$(id 16) true
$(id 32) false" ]
	grep -q '3 of 3 events differ: 2 deliveries added, 1 removed, 0 changed' err.4
	[ "$(jq -r .event_id out.6)" = "$(id 1)
$(id 16)" ]
	[ "$(wc -l <out.7)" -eq 2 ]
	hookroute drain 2>/dev/null
	[ "$(got runjob | jq -r .n | sort | xargs)" = "d1 d16 d32" ]
	# The others have nothing again.
	[ "$(got ghstats | wc -l)" -eq 3 ]
}

# bats test_tags=F2_27
@test "stories: the disk fills, and a crash was" {
	recents acme/site main 1
	hookroute drain 2>/dev/null
	local old
	old=$spool/done/$(date -u -d '10 days ago' +%F)
	mkdir "$old"
	event 16 >"$old/$(id 16)"
	echo half >"$spool/tmp/$(id 32)"
	id 48 >"$spool/cur/$(id 48).done"
	touch -d '2 days ago' "$spool/tmp/$(id 32)" "$spool/cur/$(id 48).done"
	tell 'The disk fills'
	[ "$statuses" = "0 0 0 0 0" ]
	grep -q "^done/.* 1 files, .* would go$" out.1
	[ ! -e "$old" ]
	[ "$(find "$spool/done" -type f | wc -l)" -eq 1 ]
	[ ! -e "$spool/tmp/$(id 32)" ]
	[ "$(cat out.5)" = "cur/$(id 48).done: its event is not here: removed" ]
}

@test "stories: every story of the page is told here" {
	local title
	while read -r title; do
		grep -qF "tell '${title% .}" "$BATS_TEST_FILENAME" || {
			echo "nobody tells: $title"
			return 1
		}
	done < <(awk '/^\.Sh/ { on = /EXAMPLES/ } on && sub(/^\.Em /, "") { sub(/ [.?]$/, ""); sub(/,.*/, ""); print }' "$top/man/hookroute.8")
}
