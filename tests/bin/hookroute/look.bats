load ../../helper
load helper

# A payload that libjq does not read.
deep() {
	printf '{"ref":"refs/heads/main","deep":'
	printf '%*s' 300 '' | tr ' ' '['
	printf '%*s' 300 '' | tr ' ' ']'
	printf '}'
}

# unread EVENT: routes do not look into the payload of such an event.
unread() {
	run -0 --separate-stderr hookroute filter < <(event 1 "$1" "$(deep)")
	[ -z "$output$stderr" ]
}

# read EVENT: they do.
is_read() {
	run -65 --separate-stderr hookroute filter < <(event 1 "$1" "$(deep)")
}

@test "hookroute: the payload of an event that no route could want is not parsed" {
	route a 'include "hooktools"; on("push", "tag") | to("x")'
	route b 'include "hooktools";
# only ours
select(.provider == "hooktools") | on("job") | to("x")'
	unread issues
	unread 'Push Mock'
	is_read push
	is_read 'Push Hook'
	is_read 'System Hook'
	route c 'select(.event == "issues") | {to: "x", with: "event"}'
	is_read issues
	unread job
	# One that wants all.
	route d '{to: "x", with: "event"}'
	is_read release
}

@test "hookroute drain: an event that no route could want ends in done/, whatever its payload" {
	good_consumer x
	route a 'include "hooktools"; on("push") | to("x")'
	put 1
	run -0 hookroute drain
	event 2 release "$(deep)" >"$spool/new/$(id 2)"
	event 3 push "$(deep)" >"$spool/new/$(id 3)"
	run -0 --separate-stderr hookroute drain
	[ "$(got x | wc -l)" -eq 1 ]
	[ -n "$(find "$spool/done" -name "$(id 2)")" ]
	[ -e "$spool/dead/$(id 3)" ]
	[ ! -e "$spool/dead/$(id 2)" ]
}

@test "hookroute: a payload is parsed where a route only looks as if it did not care" {
	local text
	while IFS= read -r text; do
		route a "include \"hooktools\"; $text"
		is_read issues
	done <<-'EOT'
		on("push") // . | {to: "x", with: "event"}
		(on("push") | to("x")), {to: "x", with: "event"}
		on("push"), . | {to: "x", with: "event"}
		on("pu\u0073h", "issue\u0073") | to("x")
		on("push", "\("issues")") | to("x")
		on("iss*") | to("x")
		on("{push,issue}") | to("x")
		on("issue") | to("x")
		def on(x): .; on("push") | to("x")
		select(.event == "push" | not) | to("x")
		select(.event == "push" or true) | to("x")
		select(.event == ("push", "issues")) | to("x")
		on("push" as $x | "issues") | to("x")
		. as $all | on("push") | to("x")
		(on("push") | to("x")), (on("issues") | to("x"))
		try on("push") | {to: "x", with: "event"}
		[on("push")] | {to: "x", with: "event"}
		on("push")? // . | {to: "x", with: "event"}
	EOT
	route a 'include "hooktools"; include "our"; on("push") | to("x")'
	mkdir "$HOOKTOOLS_CONF/jq"
	echo 'def on(names): .;' >"$HOOKTOOLS_CONF/jq/our.jq"
	is_read issues
	echo 'def other: .;' >"$HOOKTOOLS_CONF/jq/our.jq"
	unread issues
	cp "$top/share/jq/hooktools.jq" "$HOOKTOOLS_CONF/jq/"
	is_read issues
}

@test "hookroute: a key that is written with escapes is not overlooked" {
	route a 'include "hooktools"; on("push") | to("x")'
	event 1 issues | sed 's/,"payload"/,"\\u0065vent":"push"&/' >"$BATS_TEST_TMPDIR/event"
	run -0 hookroute filter <"$BATS_TEST_TMPDIR/event"
	[ "${#lines[@]}" -eq 1 ]
	event 1 issues | sed 's/,"payload":{}/&,"event":"push"/' >"$BATS_TEST_TMPDIR/event"
	run -0 hookroute filter <"$BATS_TEST_TMPDIR/event"
	[ "${#lines[@]}" -eq 1 ]
}

# What is decided must be the same with it and without it; an own vocabulary turns it off.
@test "hookroute: no delivery is lost by it, for any event of any forge" {
	route a 'include "hooktools"; on("push") | to("x"; "push")'
	route b 'include "hooktools"; on("tag") | to("x"; "tag")'
	route c 'include "hooktools"; on("deletion") | to("x"; "deletion")'
	route d 'include "hooktools"; (on("pull_request") | to("x"; "pull")), (on("comment", "review") | to("x"; "comment"))'
	route e 'include "hooktools"; on("iss*", "pipeline*") | to("x"; "issue")'
	route f 'include "hooktools"; on("delete", "release", "deployment") | to("x"; "other")'
	jq -r -L "$top/share/jq" -n 'include "hooktools"; _kinds | keys[], "push", "tag", "delete", "release", "System Hook", "unheard of"' >"$BATS_TEST_TMPDIR/kinds"
	jq -nc --rawfile kinds "$BATS_TEST_TMPDIR/kinds" '
		($kinds | rtrimstr("\n") | split("\n")[]) as $event
		| ("github", "gitlab", "gitea", "bitbucket", "bitbucket-server", "azure", "sourcehut", "?") as $provider
		| ({ref: "refs/heads/main", after: "1"}, {ref: "refs/tags/v1", after: "1"},
		   {ref: "refs/heads/main", after: "0000000000"}, {ref: "main", ref_type: "branch"}, {object_kind: "push"},
		   {object_kind: "merge_request"}, {event_name: "tag_push", ref: "refs/tags/v1"}, {object_kind: "build"}, null, []) as $payload
		| {id: "019a4c3e-1f00-7000-8000-000000000001", hook: null, name: "acme/site", $provider, $event, delivery: "d",
		   received_at: "2026-11-20T23:45:10.123Z", remote: null, headers: {}, $payload}' >"$BATS_TEST_TMPDIR/events"
	hookroute filter <"$BATS_TEST_TMPDIR/events" >"$BATS_TEST_TMPDIR/with"
	mkdir "$HOOKTOOLS_CONF/jq"
	cp "$top/share/jq/hooktools.jq" "$HOOKTOOLS_CONF/jq/"
	hookroute filter <"$BATS_TEST_TMPDIR/events" >"$BATS_TEST_TMPDIR/without"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/without")" -gt 1000 ]
	cmp "$BATS_TEST_TMPDIR/with" "$BATS_TEST_TMPDIR/without"
}
