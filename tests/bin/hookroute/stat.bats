load ../../helper
load helper

# now MINUTES: so long ago, for an event.
ago() {
	date -u -d "-$1 minutes" +%FT%T.000Z
}

# aged N MINUTES [NAME [EVENT]]
aged() {
	event "$1" "${4:-push}" | sed "s/2026-11-20T23:45:10.123Z/$(ago "$2")/; s,acme/site,${3:-acme/site},"
}

@test "hookroute stat: counts and bytes by state and age, and the oldest" {
	export HOOKTOOLS_RETRY=1h
	route a 'include "hooktools"; on("push") | to("x"; {n: .delivery})'
	consumer x <<<'while read -r line; do case $line in *d1*) fail permanent no ;; *) fail temporary later ;; esac; done'
	aged 1 7 | hookroute put
	aged 2 7 | hookroute put
	run -0 hookroute drain
	local oldest
	oldest=$(ago 5000)
	aged 3 1 | hookroute put
	aged 4 100 | hookroute put
	event 5 | sed "s/2026-11-20T23:45:10.123Z/$oldest/" | hookroute put
	run -0 --separate-stderr hookroute stat
	[ "$(jq -r '[.state, .count] | join(" ")' <<<"$output" | xargs)" = "new 3 cur 0 defer 1 hold 0 dead 1" ]
	jq -se '.[0].ages | .["5m"] == 1 and .["160m"] == 1 and .["1280m+"] == 1' <<<"$output"
	jq -se '.[0].oldest_at == "'"$oldest"'" and .[0].bytes > 500' <<<"$output"
	jq -se '.[2].ages["10m"] == 1 and .[4].ages["10m"] == 1' <<<"$output"
	run -0 script -qec "hookroute stat" /dev/null
	[[ ${lines[0]} == "state "*" T        bytes     5m    10m    20m    40m    80m   160m   320m   640m  1280m   1280m+  oldest"* ]]
	[[ ${lines[1]} == "new "*"$oldest"* ]]
}

@test "hookroute stat: by what it waits for" {
	export HOOKTOOLS_RETRY=1h
	route a 'include "hooktools"; on("push") | to("x"; {n: .delivery}), to("y"; 1)'
	route b 'include "hooktools"; on("release") | to("x"; 1)'
	consumer x <<<'while read -r line; do fail temporary later; done'
	consumer y <<<'while read -r line; do fail permanent no; done'
	{
		aged 10 1
		aged 20 1 acme/app
		aged 30 1 acme/app release
	} >"$BATS_TEST_TMPDIR/events"
	hookroute put <"$BATS_TEST_TMPDIR/events"
	run -0 hookroute drain
	aged 40 1 | hookroute put
	run -0 hookroute stat --by consumer
	[ "$(jq -r '[.consumer, .count] | join(" ")' <<<"$output" | xargs)" = "x 3 - 1" ]
	run -0 hookroute stat --by consumer --dead
	[ "$(jq -r '[.consumer, .count] | join(" ")' <<<"$output" | xargs)" = "y 2" ]
	run -0 hookroute stat --by route
	[ "$(jq -r '[.route, .count] | join(" ")' <<<"$output" | xargs)" = "a.jq 2 - 1 b.jq 1" ]
	run -0 hookroute stat --by name
	[ "$(jq -r '[.name, .count] | join(" ")' <<<"$output" | xargs)" = "acme/app 2 acme/site 2" ]
	run -0 hookroute stat --by event --name acme/app
	[ "$(jq -r '[.event, .count] | join(" ")' <<<"$output" | xargs)" = "push 1 release 1" ]
	run -64 --separate-stderr hookroute stat --by weather
	[[ $stderr == *"--by wants state, consumer, route, name, event or provider, not 'weather'" ]]
}

@test "hookroute stat: an empty spool" {
	run -0 --separate-stderr hookroute stat
	[ "$(jq -r .count <<<"$output" | xargs)" = "0 0 0 0 0" ]
	run -0 hookroute stat --by name
	[ -z "$output" ]
}
