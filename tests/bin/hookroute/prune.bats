load ../../helper
load helper

# day DAYS: the day so long ago.
day() {
	date -u -d "-$1 days" +%F
}

# archived DAYS N...: a file of done/ with these events.
archived() {
	local folder n
	folder=$spool/done/$(day "$1")
	mkdir -p "$folder"
	shift
	for n in "$@"; do event "$n"; done >"$folder/$(id "$1")"
}

left() {
	find "$spool/done" -type f -printf '%f\n' | sort | sed 's/.*0//' | xargs
}

setup() {
	hookroute list >/dev/null
	archived 40 1 2
	archived 20 3
	archived 2 4 5
	archived 0 6
	mkdir -p "$spool/log"
	echo '{}' >"$spool/log/$(day 40)"
	echo '{}' >"$spool/log/$(day 2)"
}

@test "hookroute prune: what was done a month ago goes, with the log of these days" {
	run -0 --separate-stderr hookroute prune --dry-run
	[ "${lines[0]}" = "done/$(day 40): 1 files, $(stat -c %s "$spool/done/$(day 40)"/*) bytes would go" ]
	[ "${lines[1]}" = "log: 1 files, 3 bytes would go" ]
	[ "$(left)" = "1 3 4 6" ]
	run -0 --separate-stderr hookroute prune
	[[ ${lines[0]} == *removed ]]
	[ "$(left)" = "3 4 6" ]
	[ ! -e "$spool/done/$(day 40)" ]
	[ "$(ls "$spool/log")" = "$(day 2)" ]
	run -0 hookroute prune
	[ -z "$output" ]
}

@test "hookroute prune: by age, by count, by bytes; the settings and what beats them" {
	run -0 hookroute prune --older-than 10d
	[ "$(left)" = "4 6" ]
	run -0 hookroute prune --keep 1
	[ "$(left)" = "6" ]
	[ -d "$spool/done/$(day 0)" ]
	archived 2 4 5
	local all
	all=$(cat "$spool"/done/*/* | wc -c)
	run -0 hookroute prune --max-bytes "$all"
	[ "$(left)" = "4 6" ]
	run -0 hookroute prune --max-bytes $((all - 1))
	[ "$(left)" = "6" ]
	archived 2 4 5
	setting HOOKTOOLS_PRUNE_KEEP 3
	run -0 hookroute prune
	[ "$(left)" = "4 6" ]
	HOOKTOOLS_PRUNE_KEEP='' HOOKTOOLS_PRUNE_AGE=1d run -0 hookroute prune
	[ "$(left)" = "6" ]
	HOOKTOOLS_PRUNE_AGE=soon run -78 --separate-stderr hookroute prune
	[ "$stderr" = "hookroute: HOOKTOOLS_PRUNE_AGE wants a time as 30d, not 'soon'" ]
	run -64 hookroute prune --keep 0
	run -64 hookroute prune --older-than never
}

@test "hookroute prune: what was given up stays, unless asked for" {
	event 7 >"$spool/dead/$(id 7)"
	echo '{}' >"$spool/dead/$(id 7).why"
	event 8 >"$spool/dead/$(id 8)"
	touch -d '40 days ago' "$spool/dead/$(id 7)" "$spool/dead/$(id 7).why"
	run -0 hookroute prune
	[ "$(files dead)" -eq 2 ]
	run -0 hookroute prune --dead
	[ "$(ls "$spool/dead")" = "$(id 8)" ]
	[[ $output == *"dead: 2 files, "* ]]
}

@test "hookroute prune: what was never finished goes after a day and a half" {
	echo half >"$spool/tmp/$(id 7)"
	echo half >"$spool/tmp/$(id 8)"
	echo half >"$spool/defer/$(id 9).123.tmp"
	touch -d '37 hours ago' "$spool/tmp/$(id 7)" "$spool/defer/$(id 9).123.tmp"
	run -0 hookroute prune --older-than 300d
	[ "$(ls "$spool/tmp")" = "$(id 8)" ]
	[ -z "$(ls "$spool/defer")" ]
}

@test "hookroute prune, recover: what a process that is no more had begun goes after ten minutes" {
	local dead suffix
	true &
	dead=$!
	wait "$dead"
	for suffix in "$dead" "$$"; do
		echo half >"$spool/defer/$(id 1).$suffix.tmp"
		echo half >"$spool/dead/$(id 2).why.$suffix.tmp"
		touch -d '11 minutes ago' "$spool/defer/$(id 1).$suffix.tmp" "$spool/dead/$(id 2).why.$suffix.tmp"
	done
	echo half >"$spool/defer/$(id 3).$dead.tmp"
	run -0 hookroute recover --dry-run
	[ "$output" = "defer/$(id 1).$dead.tmp: was never finished: would be removed
dead/$(id 2).why.$dead.tmp: was never finished: would be removed" ]
	run -0 hookroute prune
	[ "$(ls "$spool/defer")" = "$(printf '%s\n' "$(id 1).$$.tmp" "$(id 3).$dead.tmp")" ]
	[ "$(ls "$spool/dead")" = "$(id 2).why.$$.tmp" ]
}

@test "hookroute prune: beside a router that fills done/" {
	local i
	good_consumer x
	route a 'to("x"; {n: .delivery})'
	sed -i '1i include "hooktools";' "$HOOKTOOLS_CONF/routes.d/a.jq"
	hookroute run 2>/dev/null 3>&- &
	local router=$!
	for i in {1..20}; do
		event $((i * 16)) | hookroute put >/dev/null
		hookroute prune --keep 1 >/dev/null
	done
	all() { [ "$(got x | wc -l)" -eq 20 ]; }
	wait_until all
	kill "$router"
	wait "$router"
	run -0 hookroute prune --keep 1
	[ "$(find "$spool/done" -type f | wc -l)" -eq 1 ]
}
