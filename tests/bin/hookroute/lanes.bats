load ../../helper
load helper

# What is in one lane of a consumer arrives in order.
setup() {
	export HOOKTOOLS_RETRY=1h
}

@test "hookroute: a delivery's lane is what the route says" {
	route a 'include "hooktools"; on("push") | latest(lane(.delivery; to("x"; {}))), lane(7; to("y"))'
	event 1 >"$BATS_TEST_TMPDIR/event"
	run -0 --separate-stderr hookroute filter <"$BATS_TEST_TMPDIR/event"
	[ "$(jq -c '[.to, .lane, .latest]' <<<"$output")" = '["x","d1",true]
["y","7",null]' ]
}

@test "hookroute: a lane that is none is an error of its route" {
	local lane
	good_consumer x
	for lane in '{lane: 7}' '{latest: true}' '{lane: ("x" * 1025)}' '{lane: "a", latest: "yes"}'; do
		rm -rf "$spool"
		route a "{to: \"x\", send: {}} + $lane"
		put 1
		run -0 hookroute drain
		[ "$(files dead)" -eq 1 ]
	done
}
