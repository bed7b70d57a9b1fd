load ../../helper
load helper

# Given up: event 2 for one of its two consumers, event 3 for a route's error.
setup() {
	export HOOKTOOLS_RETRY=1h
	route a 'include "hooktools"; on("push") | to("x"; {n: .delivery}), to("y"; {n: .delivery})'
	route b 'if .payload.bad then error("bad") else empty end'
	good_consumer y
	consumer x <<<'while read -r line; do case $line in *d2*) fail permanent never;; *) ok;; esac; done'
	{
		event 1
		event 2
		event 3 push '{"bad":true}'
	} | hookroute put >/dev/null
	run -0 hookroute drain
	rm "$BATS_TEST_TMPDIR/got.y"
	good_consumer x
}

@test "hookroute retry: what was given up is tried again with the same id, and nothing else" {
	[ "$(files dead)" -eq 2 ]
	run -0 --separate-stderr hookroute retry "$(id 2)"
	[ "$output" = "$(id 2)" ]
	[ "$(files dead)$(files defer)" = 11 ]
	[ ! -e "$spool/dead/$(id 2).why" ]
	run -0 hookroute drain
	[ "$(got x)" = "{\"n\":\"d2\",\"id\":\"$(delivery 2 a.jq)\"}" ]
	[ -z "$(got y)" ]
	[ "$(files defer)" -eq 0 ]
}

@test "hookroute retry: what had been tried often has all its tries again" {
	consumer x <<<'while read -r line; do fail temporary later; done'
	run -0 hookroute retry "$(id 2)"
	run -0 hookroute drain
	[ "$(sed 1d "$spool/defer/$(id 2)" | jq -c '.left[] | [.to, .tries]')" = '["x",1]' ]
}

@test "hookroute retry: after a route's error the event is routed anew" {
	rm "$HOOKTOOLS_CONF/routes.d/b.jq"
	run -0 --separate-stderr hookroute retry "$(id 3)"
	[ "$(files new)" -eq 1 ]
	run -0 hookroute drain
	[ "$(got x)" = "{\"n\":\"d3\",\"id\":\"$(delivery 3 a.jq)\"}" ]
	[ "$(files dead)" -eq 1 ]
}

@test "hookroute retry: all that was given up" {
	rm "$HOOKTOOLS_CONF/routes.d/b.jq"
	run -0 --separate-stderr hookroute retry --dead
	[ "$output" = "$(id 2)
$(id 3)" ]
	[ "$(files dead)" -eq 0 ]
	[ -z "$(ls "$spool/dead")" ]
	run -0 hookroute drain
	[ "$(got x | jq -r .n | sort)" = 'd2
d3' ]
	run -0 --separate-stderr hookroute retry --dead
	[ -z "$output" ]
}

@test "hookroute retry: what waits is tried at once" {
	consumer x <<<'while read -r line; do fail temporary later; done'
	put 4
	run -0 hookroute drain
	good_consumer x
	run -0 hookroute drain
	[ -z "$(got x)" ]
	run -0 --separate-stderr hookroute retry "$(id 4)"
	run -0 hookroute drain
	[ "$(got x | jq -r .n)" = d4 ]
	[ "$(files defer)" -eq 0 ]
}

@test "hookroute retry: an event that is in neither place is said" {
	run -1 --separate-stderr hookroute retry "$(id 1)"
	[ "$stderr" = "hookroute: event '$(id 1)' is not in dead/ or defer/: hookroute show $(id 1)" ]
	run -64 --separate-stderr hookroute retry "$(id 2)" nonsense
	[ "$(files dead)" -eq 2 ]
}

@test "hookroute retry: partly waiting and partly given up comes together" {
	rm -rf "$spool"
	rm "$HOOKTOOLS_CONF/routes.d/b.jq"
	consumer x <<<'while read -r line; do fail permanent never; done'
	consumer y <<<'while read -r line; do fail temporary later; done'
	put 5
	run -0 hookroute drain
	[ "$(files dead)$(files defer)" = 11 ]
	run -0 hookroute retry "$(id 5)"
	[ "$(files dead)$(files defer)" = 01 ]
	good_consumer x
	good_consumer y
	run -0 hookroute drain
	[ "$(got x | jq -r .id)" = "$(delivery 5 a.jq)" ]
	[ "$(got y | jq -r .id)" = "$(delivery 5 a.jq 1)" ]
	[ "$(files defer)" -eq 0 ]
}

@test "hookroute retry: what a person has put into dead/ without a reason is routed anew" {
	rm -rf "$spool"
	rm "$HOOKTOOLS_CONF/routes.d/b.jq"
	run -0 hookroute list
	{
		event 7
		echo '{"due_at":"2026-11-20T23:50:10.000Z","left":[]}'
	} >"$spool/dead/$(id 7)"
	run -0 hookroute retry --dead
	[ -z "$(ls "$spool/dead")" ]
	run -0 hookroute drain
	[ "$(got x | jq -r .id)" = "$(delivery 7 a.jq)" ]
	[ "$(files dead)" -eq 0 ]
}

@test "hookroute retry: what is given up meanwhile is not lost" {
	rm -rf "$spool"
	rm "$HOOKTOOLS_CONF/routes.d/b.jq"
	consumer x <<<'while read -r line; do fail permanent never; done'
	consumer y <<<'while read -r line; do fail permanent never; done'
	put 8
	run -0 hookroute drain
	[ "$(wc -l <"$spool/dead/$(id 8).why")" -eq 2 ]
	mkfifo "$BATS_TEST_TMPDIR/go"
	(
		flock 9
		read -r _ <"$BATS_TEST_TMPDIR/go"
	) 9<"$spool/dead" 3>&- &
	wait_until grep -q "FLOCK.*:$(stat -c %i "$spool/dead") " /proc/locks
	hookroute retry "$(id 8)" >"$BATS_TEST_TMPDIR/out" 3>&- &
	local retry=$!
	[ ! -s "$BATS_TEST_TMPDIR/out" ]
	echo >"$BATS_TEST_TMPDIR/go"
	wait "$retry"
	[ "$(files dead)$(files defer)" = 01 ]
	[ "$(sed 1d "$spool/defer/$(id 8)" | jq '.left | length')" -eq 2 ]
}

@test "hookroute retry: only for one consumer, the others stay given up" {
	rm -rf "$spool"
	rm "$HOOKTOOLS_CONF/routes.d/b.jq"
	consumer x <<<'while read -r line; do fail permanent never; done'
	consumer y <<<'while read -r line; do fail permanent no; done'
	put 10 20
	run -0 hookroute drain
	good_consumer y
	run -0 --separate-stderr hookroute retry --dead --to y
	[ "$output" = "$(id 10)
$(id 20)" ]
	run -0 hookroute drain
	[ "$(got y | wc -l)" -eq 2 ]
	[ "$(files dead)$(files defer)" = 20 ]
	[ "$(jq -r .to "$spool"/dead/*.why | sort -u)" = x ]
	run -0 hookroute retry --dead --to y
	[ -z "$output" ]
	good_consumer x
	run -0 hookroute retry --dead --to x
	run -0 hookroute drain
	[ "$(got x | wc -l)" -eq 2 ]
	[ -z "$(ls "$spool/dead")" ]
}

@test "hookroute retry: all that waits, or what waits for one consumer" {
	rm -rf "$spool"
	rm "$HOOKTOOLS_CONF/routes.d/b.jq"
	consumer x <<<'while read -r line; do fail temporary later; done'
	consumer y <<<'while read -r line; do fail temporary later; done'
	put 10 20
	run -0 hookroute drain
	good_consumer x
	good_consumer y
	run -0 --separate-stderr hookroute retry --all --to y
	[ "$output" = "$(id 10)
$(id 20)" ]
	run -0 hookroute drain
	[ "$(got y | wc -l)" -eq 2 ]
	[ -z "$(got x)" ]
	run -0 hookroute retry --all --name acme/site
	run -0 hookroute drain
	[ "$(got x | wc -l)$(got y | wc -l)" = 22 ]
	[ "$(files defer)" -eq 0 ]
}
