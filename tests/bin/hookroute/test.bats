load ../../helper
load helper

setup() {
	route a 'include "hooktools"; on("push") | to("x"; {n: .payload.n})'
	event 1 push '{"n":1}' >"$BATS_TEST_TMPDIR/one"
}

@test "hookroute test: shows what would be sent for the events in files, or on standard input" {
	run -0 --separate-stderr hookroute test "$BATS_TEST_TMPDIR/one"
	shown=$output
	[ "$(jq -c '[.to, .send.n]' <<<"$shown")" = '["x",1]' ]
	run -0 --separate-stderr hookroute test <"$BATS_TEST_TMPDIR/one"
	[ "$output" = "$shown" ]
	[ ! -e "$spool" ]
}

@test "hookroute test: compares with FILE.want as JSON and shows the first difference" {
	hookroute filter <"$BATS_TEST_TMPDIR/one" | jq -cS . >"$BATS_TEST_TMPDIR/one.want"
	run -0 --separate-stderr hookroute test "$BATS_TEST_TMPDIR/one"
	[ -z "$output$stderr" ]
	route a 'include "hooktools"; on("push") | to("x"; {n: 2})'
	run -1 --separate-stderr hookroute test "$BATS_TEST_TMPDIR/one"
	[[ $output == "$BATS_TEST_TMPDIR/one: delivery 1 differs"* ]]
	[[ $output == *'"n":1'*'"n":2'* ]]
}

@test "hookroute test: too few and too many deliveries differ" {
	: >"$BATS_TEST_TMPDIR/one.want"
	run -1 --separate-stderr hookroute test "$BATS_TEST_TMPDIR/one"
	hookroute filter <"$BATS_TEST_TMPDIR/one" >"$BATS_TEST_TMPDIR/one.want"
	hookroute filter <"$BATS_TEST_TMPDIR/one" >>"$BATS_TEST_TMPDIR/one.want"
	run -1 --separate-stderr hookroute test "$BATS_TEST_TMPDIR/one"
	[[ $stderr == *'1 of 1 files differ'* ]]
}

@test "hookroute test: an error may be what is wanted" {
	route a 'error("no")'
	run -65 --separate-stderr hookroute test "$BATS_TEST_TMPDIR/one"
	printf '{"event_id":"%s","n":0,"route":"a.jq","error":"no"}\n' "$(id 1)" >"$BATS_TEST_TMPDIR/one.want"
	run -0 --separate-stderr hookroute test "$BATS_TEST_TMPDIR/one"
}

@test "hookroute test: a missing file is an error, a wrong route as well" {
	run ! --separate-stderr hookroute test "$BATS_TEST_TMPDIR/none"
	[[ $stderr == *none* ]]
	route a '('
	run -78 --separate-stderr hookroute test "$BATS_TEST_TMPDIR/one"
}

# bats test_tags=FX_29
@test "hookroute test: the fixtures of the vocabulary" {
	local dir count=0
	for dir in "$top"/tests/fixtures/routes/github-*/; do
		run -0 --separate-stderr hookroute test --routes "$dir" "$dir/event.json"
		diff <(jq -cS .send <<<"$output" | jq -cS 'del(.id)') <(jq -cS .send "$dir/want.json")
		count=$((count + 1))
	done
	[ "$count" -gt 10 ]
}
