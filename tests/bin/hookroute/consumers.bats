load ../../helper
load helper

# hookpipe(7) from the router's side, with consumers that do all sorts of things.  Tries are
# far apart, so that a drain makes one.
setup() {
	export HOOKTOOLS_RETRY=1h
	route a 'include "hooktools"; on("push") | to("x"; {n: .delivery})'
}

drain() {
	run -0 --separate-stderr hookroute drain
}

why() {
	cat "$spool"/dead/*.why
}

@test "hookroute: a consumer gets each line once, with ids, and its file is done" {
	good_consumer x
	put 1 2 3
	drain
	[ "$(got x)" = "{\"n\":\"d1\",\"id\":\"$(delivery 1 a.jq)\"}
{\"n\":\"d2\",\"id\":\"$(delivery 2 a.jq)\"}
{\"n\":\"d3\",\"id\":\"$(delivery 3 a.jq)\"}" ]
	[ "$(files new)$(files cur)$(files defer)$(files dead)" = 0000 ]
	[ "$(files "done")" -ge 1 ]
	[ -z "$(find "$spool" -name '*.done')" ]
}

# bats test_tags=FX_30
@test "hookroute: the payload reaches a consumer byte for byte" {
	local payload='{"big":12345678901234567890,"exp":1E+2,"esc":"\u00e9\/","dup":1,"dup":2, "gap" :  [ ] }'
	route a '{to: "x", send: {a: 1}, with: "payload"}, {to: "x", with: "event"}'
	good_consumer x
	event 1 push "$payload" | tee "$BATS_TEST_TMPDIR/event" | hookroute put
	drain
	diff <(got x) - <<-EOT
		{"a":1,"id":"$(delivery 1 a.jq)","payload":$payload}
		$(cat "$BATS_TEST_TMPDIR/event")
	EOT
}

@test "hookroute: a temporary failure waits, with the reason, and nothing else is repeated" {
	route b 'include "hooktools"; on("push") | to("y"; {n: .delivery})'
	good_consumer y
	consumer x <<<'while read -r line; do take "$line"; fail temporary "not now"; done'
	put 1
	drain
	[ "$(files defer)" -eq 1 ]
	[ "$(files "done")" -eq 1 ]
	[ "$(sed 1d "$spool/defer/$(id 1)" | jq -c '.left[] | [.n, .route, .to, .tries, .error]')" = \
		'[0,"a.jq","x",1,"not now"]' ]
	[ "$(head -n 1 "$spool/defer/$(id 1)")" = "$(event 1)" ]
	drain
	[ "$(got x | wc -l)" -eq 1 ]
	touch "$spool/defer/$(id 1)"
	drain
	[ "$(got x | jq -r .id)" = "$(delivery 1 a.jq)
$(delivery 1 a.jq)" ]
	[ "$(got y | wc -l)" -eq 1 ]
	[ "$(files dead)" -eq 1 ]
}

@test "hookroute: when it may be tried no more it is given up" {
	consumer x <<<'while read -r line; do fail temporary "not now"; done'
	put 1
	drain
	touch "$spool/defer/$(id 1)"
	drain
	[ "$(files defer)$(files dead)" = 01 ]
	[ "$(why | jq -c '[.route, .to, .tries, .error, .send.n]')" = '["a.jq","x",2,"not now","d1"]' ]
	[[ $stderr == *'given up after 2 tries: not now; it is in dead/'* ]]
}

@test "hookroute: a permanent failure is given up at once, the others go on" {
	consumer x <<<'while read -r line; do case $line in *d2*) fail permanent "never";; *) take "$line"; ok;; esac; done'
	put 1 2 3
	drain
	[ "$(got x | jq -r .n)" = 'd1
d3' ]
	[ "$(files dead)" -eq 1 ]
	[ "$(cat "$spool/dead/$(id 2)")" = "$(event 2)" ]
	[ "$(why | jq -c '[.n, .tries, .error]')" = '[0,1,"never"]' ]
}

@test "hookroute: a failure without a reason, and a reply with more in it" {
	consumer x <<<'read -r line; echo "{\"ok\":false,\"error\":{\"kind\":\"permanent\"}}"
		read -r line; echo "{\"more\":[1],\"ok\":true,\"id\":7}"'
	put 1 2
	drain
	[ "$(files dead)" -eq 1 ]
	why | jq -e '.error == "the consumer gave no reason"'
}

@test "hookroute: a consumer that ends is started again and gets what had no reply" {
	consumer x <<<'if mkdir "$dir/once" 2>/dev/null; then read -r line; ok; read -r line; exit 3; fi
		while read -r line; do take "$line"; ok; done'
	put 1 2 3
	drain
	[ "$(got x | jq -r .n)" = $'d2\nd3' ]
	[[ $stderr == *'x: the consumer ended with status 3, starting it again'* ]]
	[ "$(files defer)$(files dead)" = 00 ]
}

@test "hookroute: a value that always ends its consumer fails, and the others do not" {
	consumer x <<<'while read -r line; do case $line in *d2*) kill -9 $$;; esac; take "$line"; ok; done'
	put 1 2 3 4
	drain
	[ "$(got x | jq -r .n | sort -u)" = $'d1\nd3\nd4' ]
	[ "$(files defer)" -eq 1 ]
	sed 1d "$spool/defer/$(id 2)" | jq -e '.left[0] | .error == "the consumer was killed by signal 9" and .tries == 1'
}

@test "hookroute: an answer that is none ends the consumer" {
	local answer
	for answer in garbage '{}' '[]' '{"ok":1}' '{"ok":false}' '{"ok":false,"error":{"kind":"odd","message":"x"}}' ''; do
		rm -rf "$spool"
		consumer x <<<"read -r line; echo '$answer'; sleep 100"
		put 1
		drain
		[ "$(files defer)" -eq 1 ]
		[[ $stderr == *'x: its reply is no reply: '* ]]
	done
}

@test "hookroute: a reply to nothing ends the consumer, and nothing is lost" {
	consumer x <<<'while read -r line; do take "$line"; ok; ok; done'
	put 1 2 3
	drain
	[ "$(got x | jq -r .n | sort -u)" = $'d1\nd2\nd3' ]
	[ "$(files new)$(files cur)$(files dead)" = 000 ]
}

@test "hookroute: a reply of more than a megabyte ends the consumer" {
	consumer x <<<'read -r line; printf "{\"ok\":true,\"x\":\""; head -c 2000000 /dev/zero | tr "\0" x; sleep 100'
	put 1
	drain
	[[ $stderr == *'a reply of more than 1 MB'* ]]
	[ "$(files defer)" -eq 1 ]
}

@test "hookroute: one that never answers is killed after its time" {
	consumer x ',"timeout":"1s"' <<<'if mkdir "$dir/once" 2>/dev/null; then read -r line; sleep 100; fi
		while read -r line; do take "$line"; ok; done'
	put 1
	drain
	[ "$(got x | wc -l)" -eq 1 ]
	[[ $stderr == *'x: no reply for 1 s, killing it'* ]]
}

# is_gone PID: nobody need have waited for it.
is_gone() {
	! grep -qs '^State:[[:space:]][^Z]' "/proc/$1/status"
}

@test "hookroute: one that was killed takes its children with it" {
	consumer x ',"timeout":"1s"' <<<'echo $$ >>"$dir/pids"; read -r line; sleep 1000 & echo $! >>"$dir/pids"; wait'
	put 1
	drain
	while read -r pid; do
		wait_until is_gone "$pid"
	done <"$BATS_TEST_TMPDIR/pids"
}

@test "hookroute: a program that is not there is a failure for now" {
	echo '{"exec":["/nowhere/x"]}' >"$HOOKTOOLS_CONF/consumers.d/x.json"
	put 1
	drain
	[ "$(files defer)" -eq 1 ]
	sed 1d "$spool/defer/$(id 1)" | jq -e '.left[0].error | test("/nowhere/x")'
}

@test "hookroute: an unknown consumer is given up at once, with what to do" {
	put 1
	drain
	[ "$(files dead)" -eq 1 ]
	why | jq -e '.error | test("^no consumer .x.: make .*/consumers.d/x.json, see hookroutes.5.$")'
}

@test "hookroute: a consumer's file that is wrong is a failure for now" {
	echo '{"exec":[' >"$HOOKTOOLS_CONF/consumers.d/x.json"
	put 1
	drain
	[ "$(files defer)$(files dead)" = 10 ]
	sed 1d "$spool/defer/$(id 1)" | jq -e '.left[0].error | test("consumers.d/x.json")'
}

@test "hookroute: a route's error is given up with the route's name, the rest delivered" {
	good_consumer x
	route b '.payload.nothing | keys'
	put 1
	drain
	[ "$(got x | wc -l)" -eq 1 ]
	why | jq -e '.route == "b.jq" and (.error | test("has no keys")) and (has("to") | not)'
}

@test "hookroute: no more are in flight than may be" {
	consumer x ',"in_flight":3' <<<'read -r a; read -r b; read -r c
		if read -rt 1 d; then take "{\"n\":\"four\"}"; fi
		for line in "$a" "$b" "$c"; do take "$line"; ok; done
		while read -r line; do take "$line"; ok; done'
	put 1 2 3 4 5 6
	drain
	[ "$(got x | jq -r .n)" = $'d1\nd2\nd3\nd4\nd5\nd6' ]
}

@test "hookroute: many are in flight if they may be, and are answered together" {
	consumer x ',"in_flight":500' <<<'while :; do
			lines=(); for i in {1..500}; do read -r line || exit; lines+=("$line"); done
			for line in "${lines[@]}"; do take "$line"; ok; done
		done'
	seq 1 1000 | sed 's/.*/{"n":&}/' | hookroute put --event push >/dev/null
	drain
	[ "$(got x | jq -r .id | sort -u | wc -l)" -eq 1000 ]
	[ "$(got x | wc -l)" -eq 1000 ]
}

@test "hookroute: two deliveries of an event to one consumer have two ids" {
	route a '{to: "x", send: {}}, {to: "x", send: {}}'
	good_consumer x
	put 16
	drain
	[ "$(got x | jq -r .id)" = "$(delivery 16 a.jq)
$(delivery 17 a.jq)" ]
}

@test "hookroute: what a consumer says on standard error is passed on" {
	consumer x <<<'while read -r line; do echo "took it" >&2; ok; done'
	put 1
	drain
	[[ $stderr == *'took it'* ]]
}

@test "hookroute: a consumer that is done with its input has time to end" {
	consumer x <<<'while read -r line; do ok; done; take ended'
	put 1
	drain
	[ "$(got x)" = ended ]
}

@test "hookroute: a large event goes through" {
	route a 'include "hooktools"; on("push") | to("x")'
	consumer x <<<'IFS= read -r line; echo "${#line}" >"$dir/size"; ok'
	event 1 push "\"$(head -c 3000000 /dev/zero | tr '\0' x)\"" >"$BATS_TEST_TMPDIR/event"
	hookroute put <"$BATS_TEST_TMPDIR/event"
	drain
	[ "$(cat "$BATS_TEST_TMPDIR/size")" -eq "$(($(wc -c <"$BATS_TEST_TMPDIR/event") - 1))" ]
}

left() { sed 1d "$spool/defer/$(id "$1")" | jq -c ".left[] | $2"; }

# in_seconds LEAST MOST NAME: NAME's delivery of event 1 is due in so many seconds.
in_seconds() {
	local now
	now=$(date +%s)
	left 1 "select(.to == \"$3\") | .due_at | .[0:19] + \"Z\" | fromdate - $now | . >= $1 and . <= $2" | grep -qx true
}

@test "hookroute: a consumer says when it wants the value again, for a day at most" {
	local after least most
	while IFS='|' read -r after least most; do
		rm -rf "$spool"
		HOOKTOOLS_RETRY=1s
		consumer x <<<"while read -r line; do echo '{\"ok\":false,\"error\":{\"kind\":\"temporary\",\"retry_after\":$after}}'; done"
		put 1
		drain
		in_seconds "$least" "$most" x
		[ "$(left 1 .tries)" = 1 ]
	done <<-EOT
		3600|3598|4321
		999999|86398|103681
		1|0|2
		"$(date -u -d '+2 hours' +%FT%TZ)"|7100|8700
		"$(TZ=UTC LC_ALL=C date -d '+2 hours' '+%a, %d %b %Y %T GMT')"|7100|8700
	EOT
}

@test "hookroute: a time to retry that is none is no reply" {
	consumer x <<<"read -r line; echo '{\"ok\":false,\"error\":{\"kind\":\"temporary\",\"retry_after\":\"soon\"}}'; sleep 100"
	put 1
	drain
	[[ $stderr == *"x: its reply is no reply: 'retry_after' is neither seconds nor a time"* ]]
}

@test "hookroute: each delivery of an event has its own time" {
	route b 'include "hooktools"; on("push") | to("y"; {n: .delivery})'
	consumer x <<<"while read -r line; do echo '{\"ok\":false,\"error\":{\"kind\":\"temporary\",\"retry_after\":7200}}'; done"
	consumer y ',"retry":"100ms 1h"' <<<'while read -r line; do take "$line"; fail temporary "not now"; done'
	put 1
	drain
	y_is_due() { [ "$(find "$spool/defer" -type f ! -newermt now | wc -l)" -eq 1 ]; }
	wait_until y_is_due
	drain
	[ "$(got y | wc -l)" -eq 2 ]
	[ "$(left 1 '[.to, .tries]')" = '["x",1]
["y",2]' ]
	in_seconds 7100 8700 x
	in_seconds 3500 4400 y
}

@test "hookroute: a delivery is tried again while another of its event is under way" {
	route b 'include "hooktools"; on("push") | to("y"; {n: .delivery})'
	consumer y ',"retry":"50ms 50ms 50ms"' <<<'while read -r line; do take "$line"
		if [ "$(wc -l <"$dir/got.y")" -lt 3 ]; then fail temporary "not now"; else ok; : >"$dir/go"; fi; done'
	consumer x <<<'while read -r line; do until [ -e "$dir/go" ]; do read -rt 0.02 <> <(:); done; take "$line"; ok; done'
	put 1
	drain
	[ "$(got y | wc -l)" -eq 3 ]
	[ "$(got x | wc -l)" -eq 1 ]
	[ "$(files defer)$(files dead)$(files "done")" = 001 ]
}

@test "hookroute: a consumer's own schedule, and its end" {
	consumer x ',"retry":"50ms","expire":"1500ms"' <<<'while read -r line; do take "$line"; fail temporary "not now"; done'
	put 1
	hookroute run >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	local router=$!
	given_up() { [ "$(files dead)" -eq 1 ]; }
	wait_until given_up
	kill -TERM "$router"
	wait "$router"
	[ "$(got x | wc -l)" -ge 4 ]
	grep -q 'failed, try 1: not now' "$BATS_TEST_TMPDIR/log"
	consumer x ',"retry":"soon"' <<<:
	run -78 --separate-stderr hookroute check
	[[ $stderr == *"x.json: 'retry' wants up to 64 times as \"5s 5m 30m\", not 'soon'"* ]]
	consumer x ',"expire":"never"' <<<:
	run -78 --separate-stderr hookroute check
	[[ $stderr == *"x.json: 'expire' is no time"* ]]
}
