load ../../helper
load helper

# 1 to 3 are delivered, 4 is given up; 1 and 4 are of acme/app.
setup() {
	route a 'include "hooktools"; on("push") | to("x"; {n: .delivery})'
	consumer x <<<'while IFS= read -r line; do case $line in *d4*) fail permanent no ;; *) take "$line"; ok ;; esac; done'
	{
		event 1 | sed 's,acme/site,acme/app,; s/2026-11-20/2026-11-18/'
		event 2
		event 3 release
		event 4 | sed 's,acme/site,acme/app,'
	} >"$BATS_TEST_TMPDIR/events"
	hookroute put <"$BATS_TEST_TMPDIR/events" >/dev/null
	run -0 hookroute drain
	rm "$BATS_TEST_TMPDIR/got.x"
	good_consumer x
}

# bats test_tags=FX_1
@test "hookroute replay: an event by its id runs again on purpose, with an id of its own" {
	run -0 --separate-stderr hookroute replay "$(id 2)"
	[[ $output =~ ^[0-9a-f-]{36}$ && $output != "$(id 2)" ]]
	local new=$output
	run -0 hookroute drain
	[ "$(got x)" = "{\"n\":\"d2\",\"id\":\"$(delivery_of "$new" a.jq)\"}" ]
	run -0 hookroute show "$new"
	jq -e '.event.replayed_from == "'"$(id 2)"'" and .event.delivery == "d2" and .event.payload == {}' <<<"$output"
	run -0 hookroute log "$(id 2)"
	jq -se '.[-1] | .what == "replay" and .became == "'"$new"'" and .uid == '"$EUID" <<<"$output"
	# The same event that merely comes again is known by its consumer.
	put 2
	run -0 hookroute drain
	[ "$(got x | tail -n 1 | jq -r .id)" = "$(delivery 2 a.jq)" ]
}

@test "hookroute replay: what was received since a time, of a repository, of a kind; each once" {
	run -0 hookroute replay --since 2026-11-20
	[ "${#lines[@]}" -eq 3 ]
	run -0 hookroute drain
	[ "$(got x | jq -r .n | sort | xargs)" = "d2 d4" ]
	run -0 hookroute replay --since 2026-11-01 --name acme/app
	[ "${#lines[@]}" -eq 2 ]
	run -0 hookroute drain
	[ "$(got x | jq -r .n | sort | xargs)" = "d1 d2 d4 d4" ]
	run -0 hookroute replay --since 2026-11-01 --until 2026-11-19
	[ "${#lines[@]}" -eq 1 ]
	run -0 hookroute replay --since 2026-11-01 --limit 2
	[ "${#lines[@]}" -eq 2 ]
}

@test "hookroute replay: --dry-run says what would be sent, and sends nothing" {
	run -0 --separate-stderr hookroute replay --since 2026-11-01 --dry-run
	[ "$(jq -r '[.event_id, .route, .to, .send.n] | join(" ")' <<<"$output")" = "$(id 1) a.jq x d1
$(id 2) a.jq x d2
$(id 4) a.jq x d4" ]
	[ "$stderr" = "hookroute: 4 events, 3 deliveries" ]
	[ "$(files new)$(files defer)" = 00 ]
	run -0 script -qec "hookroute replay --since 2026-11-01 --dry-run" /dev/null
	[[ $output == *"$(id 1)  acme/app push  a.jq to x"* ]]
}

@test "hookroute replay: --route does again what came of one route only" {
	route b 'include "hooktools"; to("y"; {n: .delivery})'
	good_consumer y
	run -0 --separate-stderr hookroute replay --since 2026-11-01 --route b.jq
	[ "${#lines[@]}" -eq 4 ]
	run -0 hookroute drain
	[ "$(got y | jq -r .n | sort | xargs)" = "d1 d2 d3 d4" ]
	[ -z "$(got x)" ]
	[ "$(got y | jq -r .id | sort -u | wc -l)" -eq 4 ]
	[ "$(files defer)" -eq 0 ]
}

@test "hookroute replay: a route that fails is said, the others' events go on" {
	route b 'if .delivery == "d2" then error("bad") else {to: "y", send: {n: .delivery}} end'
	run -65 --separate-stderr hookroute replay --since 2026-11-01 --route b.jq --dry-run
	[[ $stderr == *"event $(id 2): b.jq: bad"*"1 of 4 events could not be routed" ]]
	[ "${#lines[@]}" -eq 3 ]
}

@test "hookroute replay: what is not there, and wrong usage" {
	run -1 --separate-stderr hookroute replay "$(id 9)"
	[ "$stderr" = "hookroute: event '$(id 9)' is not in done/ or dead/: hookroute show $(id 9)" ]
	run -64 hookroute replay
	run -64 hookroute replay --name acme/app
	run -64 hookroute replay nonsense
}

@test "hookroute replay: the payload survives byte for byte" {
	local line
	line='{"id":"'$(id 7)'","hook":null,"name":"acme/site","provider":"github","event":"push","delivery":"d7","received_at":"2026-11-20T23:45:10.123Z","remote":null,"headers":{"a":"b"},"payload":{ "n" : 12345678901234567890123, "s":"\u00e9\ud800" }}'
	route a '{to: "x", with: "event"}'
	hookroute put <<<"$line"
	run -0 hookroute drain
	run -0 hookroute replay "$(id 7)"
	run -0 hookroute drain
	[ "$(got x | tail -n 1 | sed 's/.*"payload"//')" = "${line##*\"payload\"}" ]
	[ "$(got x | tail -n 1 | grep -o '"headers":.*')" = "$(grep -o '"headers":.*' <<<"$line")" ]
}

@test "hookroute diff: what another set of routes would change" {
	mkdir "$BATS_TEST_TMPDIR/next"
	cp "$HOOKTOOLS_CONF/routes.d/a.jq" "$BATS_TEST_TMPDIR/next/"
	run -0 --separate-stderr hookroute diff --since 2026-11-01 --routes "$BATS_TEST_TMPDIR/next"
	[ -z "$output" ]
	[ "$stderr" = "hookroute: 4 events, no difference" ]
	cat >"$BATS_TEST_TMPDIR/next/a.jq" <<<'include "hooktools";
		on("push") | repo("acme/site") | to("x"; {n: .delivery, more: true})'
	cat >"$BATS_TEST_TMPDIR/next/b.jq" <<<'include "hooktools"; on("release") | to("y")'
	run -1 --separate-stderr hookroute diff --since 2026-11-01 --routes "$BATS_TEST_TMPDIR/next"
	[ "$stderr" = "hookroute: 4 of 4 events differ: 1 deliveries added, 2 removed, 1 changed" ]
	[ "$(jq -r '[.event_id, .was.route // "-", .is.route // "-"] | join(" ")' <<<"$output" | sort)" = "$(id 1) a.jq -
$(id 2) a.jq a.jq
$(id 3) - b.jq
$(id 4) a.jq -" ]
	run -1 script -qec "hookroute diff --since 2026-11-01 --name acme/site --routes $BATS_TEST_TMPDIR/next" /dev/null
	[[ $output == *"$(id 2)  acme/site push"*'- a.jq to x {"n":"d2"'*'+ a.jq to x {'*'"more":true'* ]]
}

@test "hookroute diff: another order of the same deliveries is no difference" {
	mkdir "$BATS_TEST_TMPDIR/next"
	route b '{to: "y", send: {a: 1}}'
	echo '{to: "y", send: {a: 1}}' >"$BATS_TEST_TMPDIR/next/b.jq"
	cp "$HOOKTOOLS_CONF/routes.d/a.jq" "$BATS_TEST_TMPDIR/next/z.jq"
	sed 's/a.jq/z.jq/' "$HOOKTOOLS_CONF/routes.d/a.jq" >"$BATS_TEST_TMPDIR/next/a.jq"
	rm "$BATS_TEST_TMPDIR/next/z.jq"
	run -0 hookroute diff --routes "$BATS_TEST_TMPDIR/next"
	route a '{to: "y", send: {n: 1}}, {to: "y", send: {n: 2}}'
	echo '{to: "y", send: {n: 2}}, {to: "y", send: {n: 1}}' >"$BATS_TEST_TMPDIR/next/a.jq"
	run -0 hookroute diff --routes "$BATS_TEST_TMPDIR/next"
}

@test "hookroute diff: a route that would fail is a difference; wrong usage" {
	mkdir "$BATS_TEST_TMPDIR/next"
	echo 'error("no")' >"$BATS_TEST_TMPDIR/next/a.jq"
	run -1 --separate-stderr hookroute diff --since 2026-11-01 --routes "$BATS_TEST_TMPDIR/next"
	[ "$(jq -r '.is.error // empty' <<<"$output" | sort -u)" = no ]
	echo 'no jq (' >"$BATS_TEST_TMPDIR/next/a.jq"
	run -78 hookroute diff --routes "$BATS_TEST_TMPDIR/next"
	run -64 hookroute diff
}
