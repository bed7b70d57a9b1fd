load ../../helper
load helper

@test "hookroute filter: prints what would be delivered, in the order of the routes' names" {
	route b '{to: "two", send: {x: 1}}'
	route a '{to: "one", send: 1}, {to: "one", with: "event"}'
	run -0 --separate-stderr hookroute filter < <(event 1)
	diff <(jq -cS . <<<"$output") <(jq -cS . <<-EOT
		{"event_id":"$(id 1)","n":0,"route":"a.jq","to":"one","send":1}
		{"event_id":"$(id 1)","n":1,"route":"a.jq","to":"one","with":"event"}
		{"event_id":"$(id 1)","n":0,"route":"b.jq","to":"two","send":{"x":1,"id":"$(delivery 1 b.jq)"}}
	EOT
	)
	[ ! -e "$spool" ]
}

@test "hookroute filter: no routes, no output; no events neither" {
	run -0 --separate-stderr hookroute filter < <(event 1)
	[ -z "$output$stderr" ]
	run -0 --separate-stderr hookroute filter </dev/null
	[ -z "$output$stderr" ]
}

@test "hookroute filter: ids are the same at every try, and a value's own is kept" {
	route a '{to: "x", send: {}}, {to: "x", send: {}}, {to: "x", send: {id: "own"}}, {to: "x", send: [1]}, {to: "x", send: {id: null}}'
	run -0 hookroute filter < <(event 10)
	first=$output
	run -0 hookroute filter < <(event 10)
	[ "$output" = "$first" ]
	[ "$(jq -c '.send | if type == "object" then .id else . end' <<<"$output")" = "\"$(delivery 10 a.jq)\"
\"$(delivery 10 a.jq 1)\"
\"own\"
[1]
\"$(delivery 10 a.jq 4)\"" ]
}

# bats test_tags=FX_30
@test "hookroute filter: the payload is spliced in byte for byte" {
	local payload='{"big":12345678901234567890,"exp":1E+2,"esc":"\u00e9\/","dup":1,"dup":2, "gap" :  [ ] }'
	route a '{to: "x", send: {a: 1}, with: "payload"}, {to: "x", send: {}, with: "event"}, {to: "x", with: "event"}'
	event 1 push "$payload" >"$BATS_TEST_TMPDIR/event"
	run -0 --separate-stderr hookroute filter --to x <"$BATS_TEST_TMPDIR/event"
	[ "${lines[0]}" = '{"a":1,"id":"'"$(delivery 1 a.jq)"'","payload":'"$payload}" ]
	[ "${lines[1]}" = '{"id":"'"$(delivery 1 a.jq 1)"'","event":'"$(cat "$BATS_TEST_TMPDIR/event")}" ]
	[ "${lines[2]}" = "$(cat "$BATS_TEST_TMPDIR/event")" ]
}

@test "hookroute filter: a lone surrogate is seen by routes and delivered as it came" {
	route a '{to: "x", send: {t: .payload.t}, with: "payload"}'
	run -0 --separate-stderr hookroute filter --to x < <(event 1 push '{"t":"a\ud83dz"}')
	[ "$(jq -r .t <<<"${output%,\"payload*\}}}")" = $'a\ufffdz' ]
	[[ $output == *',"payload":{"t":"a\ud83dz"}}' ]]
}

@test "hookroute filter: one route's error does not silence the next, nor what it did before" {
	route a '{to: "x", send: 1}, (.payload.n | keys | empty)'
	route b '{to: "x", send: 2}'
	run -65 --separate-stderr hookroute filter < <(event 1 push '{"n":3}'; event 2 push '{"n":{}}')
	[ "$(jq -c 'select(.event_id == "'"$(id 1)"'") | [.route, .send, has("error")]' <<<"$output")" = '["a.jq",1,false]
["a.jq",null,true]
["b.jq",2,false]' ]
	[[ $stderr == *'line 1: a.jq: '*'has no keys'* ]]
	[[ $stderr == *'1 of 2 events could not be routed'* ]]
}

@test "hookroute filter: outputs that are no deliveries are errors of their route" {
	local text
	for text in 1 null '"x"' '[]' '{}' '{send: 1}' '{to: 7, send: 1}' '{to: "../x", send: 1}' \
		'{to: "x"}' '{to: "x", with: "payload"}' '{to: "x", send: 1, with: "payload"}' \
		'{to: "x", send: [], with: "event"}' '{to: "x", send: {}, with: "all"}' \
		'{to: "x", send: {payload: 1}, with: "payload"}' '{to: "x", send: {event: null}, with: "event"}' '{to: "", send: 1}'; do
		route a "$text"
		run -65 --separate-stderr hookroute filter < <(event 1)
		jq -e '.route == "a.jq" and (.error | length > 0) and (has("to") | not)' <<<"$output"
	done
}

@test "hookroute filter: 1024 deliveries are a lot, 1025 too many" {
	route a 'range(1024) | {to: "x", send: .}'
	run -0 --separate-stderr hookroute filter < <(event 1)
	[ "${#lines[@]}" -eq 1024 ]
	route a 'range(1025) | {to: "x", send: .}'
	run -65 --separate-stderr hookroute filter < <(event 1)
	[[ $stderr == *'more than 1024 deliveries'* ]]
}

@test "hookroute filter: what is no event is said with its line, and the rest goes on" {
	route a '{to: "x", send: 1}'
	run -65 --separate-stderr hookroute filter < <(
		echo 'no JSON'
		echo '{"event":"push"}'
		echo '{"id":"7","event":"push"}'
		event 1
	)
	[ "${#lines[@]}" -eq 1 ]
	[[ $stderr == *'line 1: '*'line 2: '*'line 3: '*'3 of 4 events could not be routed'* ]]
}

@test "hookroute filter: what would end or escape the program means nothing in a route" {
	local text
	for text in halt halt_error 'halt_error(3)' 'input' 'inputs' '"x" | modulemeta'; do
		route a "$text"
		route b '{to: "x", send: 2}'
		run -65 --separate-stderr hookroute filter < <(event 1; event 2)
		[ "$(jq -c 'select(.route == "b.jq") | .send' <<<"$output")" = $'2\n2' ]
		[ "$(jq -c 'select(.route == "a.jq") | has("error")' <<<"$output")" = $'true\ntrue' ]
	done
	route a '{to: "x", send: ([$ENV, env, input_filename] | tojson)}'
	rm "$HOOKTOOLS_CONF/routes.d/b.jq"
	SECRET=1 run -0 --separate-stderr hookroute filter < <(event 1)
	[ "$(jq -r .send <<<"$output")" = '[{},{},null]' ]
	route a 'debug | stderr | {to: "x", send: 1}'
	run -0 --separate-stderr hookroute filter < <(event 1)
	[ -z "$stderr" ]
}

@test "hookroute filter: definitions stay in their file, includes are shared" {
	mkdir -p "$HOOKTOOLS_CONF/jq"
	echo 'def our: "ours";' >"$HOOKTOOLS_CONF/jq/our.jq"
	route a '# first
include "hooktools";
include "our";
def f: "a";
on("push") | to("x"; f + our)'
	route b '  include "hooktools";
def f: "b";
on("push") | to("x"; f)'
	run -0 --separate-stderr hookroute filter < <(event 1)
	[ "$(jq -r .send <<<"$output")" = $'aours\nb' ]
}

@test "hookroute filter: one consumer's lines only" {
	route a '{to: "x", send: 1}, {to: "y", send: 2}'
	run -0 --separate-stderr hookroute filter --to y < <(event 1)
	[ "$output" = 2 ]
}
