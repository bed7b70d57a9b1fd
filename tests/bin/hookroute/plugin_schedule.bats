load ../../helper
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	printf '#!/bin/sh\ncat\n' >lint
	hookroute plugin add lint lint
}

of() {
	hookroute schedule list | jq -r "select(.name == \"lint\") | $1"
}

# bats test_tags=F0_12,F0_13,F0_15
@test "hookroute plugin: blank at first, scheduled and stopped, started, stopped, unscheduled" {
	[ -z "$(hookroute schedule list)" ]
	run -0 --separate-stderr hookroute plugin schedule lint '0 2 * * *' --timezone Europe/Berlin --jitter 0
	[ "$stderr" = "hookroute: plugin 'lint' is stopped: hookroute plugin start lint" ]
	[ "$(of '[.kind, .state, .next_at, .timezone, .repositories] | @csv')" = '"plugin","stopped",,"Europe/Berlin",0' ]
	run -0 --separate-stderr hookroute plugin start lint
	[ -z "$output$stderr" ]
	[ "$(of .state)" = started ]
	[[ $(of .next_local) == *' 02:00 CE'?T ]] || [[ $(of .next_local) == *' 02:00 CET' ]]
	hookroute plugin disable lint
	[ "$(of .state)" = disabled ]
	hookroute plugin enable lint
	hookroute plugin stop lint
	[ "$(of .state)" = stopped ]
	hookroute plugin unschedule lint
	[ -z "$(hookroute schedule list)" ]
}

@test "hookroute plugin schedule: another takes its place and goes on" {
	hookroute plugin schedule lint '0 2 * * *' 2>/dev/null
	hookroute plugin start lint
	run -0 --separate-stderr hookroute plugin schedule lint 'every 1h'
	[ -z "$output$stderr" ]
	[ "$(of '[.state, .expression] | @csv')" = '"started","every 1h"' ]
}

@test "hookroute plugin schedule: what is wrong is named, and nothing is changed" {
	run -65 --separate-stderr hookroute plugin schedule lint '0 25 * * *'
	[ "$stderr" = "hookroute: schedule '0 25 * * *': hour '25': it is from 0 to 23" ]
	run -65 --separate-stderr hookroute plugin schedule lint '0 2 * * *' --timezone Mars/Olympus
	[[ $stderr == *"no time zone 'Mars/Olympus'"* ]]
	run -64 hookroute plugin schedule lint '0 2 * * *' --jitter soon
	run -64 hookroute plugin schedule lint 0 2 x y z
	run -1 --separate-stderr hookroute plugin schedule none '0 2 * * *'
	[ "$stderr" = "hookroute: no plugin 'none': hookroute plugin list shows them" ]
	for command in start stop unschedule; do
		run -1 --separate-stderr hookroute plugin "$command" lint
		[ "$stderr" = "hookroute: plugin 'lint' has no schedule: hookroute plugin schedule lint '0 2 * * *'" ]
	done
	hookroute schedule add lint '0 3 * * *'
	run -65 --separate-stderr hookroute plugin schedule lint '0 2 * * *'
	[[ $stderr == *"there is a schedule 'lint' already, for routes: hookroute schedule remove lint" ]]
	run -1 hookroute plugin start lint
	[ "$(of .expression)" = '0 3 * * *' ]
}

# One that is only dropped can be scheduled as well.
@test "hookroute plugin schedule: a plugin that was dropped" {
	mkdir -p "$HOOKTOOLS_CONF/plugins.d"
	cp lint "$HOOKTOOLS_CONF/plugins.d/other"
	chmod +x "$HOOKTOOLS_CONF/plugins.d/other"
	run -0 hookroute plugin schedule other '0 2 * * *'
	[ "$(hookroute schedule list | jq -r .name)" = other ]
}

# bats test_tags=F0_12,F0_16
@test "hookroute plugin schedule: the plugin runs for each of its repositories" {
	make_key
	printf '#!/bin/sh\njq -r .schedule >>%q\n' "$BATS_TEST_TMPDIR/ran" >nightly
	hookroute plugin add nightly nightly
	for name in acme/site acme/shop other/x; do hookrecv add "$name" >/dev/null; done
	hookroute plugin assign nightly acme/site
	hookroute plugin assign nightly acme/shop
	hookroute plugin assign lint other/x
	hookroute plugin schedule nightly '*/5 * * * *' 2>/dev/null
	hookroute schedule start nightly --at 2026-03-28T00:00:00Z
	run -0 hookroute tick --at 2026-03-28T00:05:00Z
	run -0 --separate-stderr hookroute drain
	ran_twice() { [ "$(grep -cx nightly ran)" -eq 2 ]; }
	wait_until ran_twice
	[ "$(wc -l <ran)" -eq 2 ]
}

@test "hookroute plugin: an event that belongs to no repository is for no plugin" {
	hookroute schedule add nightly '0 2 * * *' --at 2026-03-28T00:00:00Z
	run -0 hookroute tick --at 2026-03-29T00:00:00Z
	run -0 hookroute drain
	[ "$(files dead)" -eq 0 ]
	[ "$(files "done")" -eq 1 ]
}
