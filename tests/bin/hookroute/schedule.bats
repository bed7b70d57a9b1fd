load ../../helper
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export TZ=America/New_York
}

# next EXPRESSION OPTIONS...: the times in UTC.
next() {
	run -0 --separate-stderr hookroute schedule next "$@"
	jq -r .due_at <<<"$output" | sed 's/:00.000Z//' | paste -sd' '
}

of() {
	hookroute schedule list --at "${at:-2026-03-28T00:00:00Z}" | jq -r "select(.name == \"$1\") | $2"
}

# refused STATUS TEXT ARGUMENT...: and nothing is there afterwards.
refused() {
	run "-$1" --separate-stderr hookroute schedule "${@:3}"
	[ -z "$output" ]
	[[ $stderr == "hookroute: "*"$2"* ]] || {
		echo "$stderr"
		return 1
	}
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "hookroute schedule next: the times of an expression, by the clock of its zone" {
	[ "$(next '30 2 * * *' --timezone Europe/Berlin --at 2026-03-28T00:00:00Z --count 3)" = \
		'2026-03-28T01:30 2026-03-29T01:00 2026-03-30T00:30' ]
	[ "$(next '30 2 * * *' --timezone Europe/Berlin --at 2026-10-24T20:00:00+02:00 --count 2)" = \
		'2026-10-25T00:30 2026-10-26T01:30' ]
	# The system's.
	[ "$(next '0 0 * * *' --at 2026-07-01T00:00:00Z --count 1)" = 2026-07-01T04:00 ]
	[ "$(next 'every 6h' --at 2026-07-01T00:00:00Z)" = \
		'2026-07-01T06:00 2026-07-01T12:00 2026-07-01T18:00 2026-07-02T00:00 2026-07-02T06:00' ]
	run -0 hookroute schedule next '30 2 * * *' --timezone Europe/Berlin --at 2026-03-29T00:00:00Z --count 1
	[ "$output" = '{"due_at":"2026-03-29T01:00:00.000Z","local":"2026-03-29 03:00 CEST"}' ]
}

@test "hookroute schedule next: a terminal gets rows" {
	run -0 script -qec "hookroute schedule next '30 2 * * *' --timezone Europe/Berlin --at 2026-03-29T00:00:00Z --count 1" /dev/null
	[ "${output%$'\r'}" = '2026-03-29T01:00:00Z  2026-03-29 03:00 CEST' ]
}

@test "hookroute schedule: expressions that are none are refused, with field and text" {
	refused 65 "hour '25': it is from 0 to 23" next '0 25 * * *'
	refused 65 "day of the month 'L': ?, L, W, #, ~ and H are not supported" next '0 0 L * *'
	refused 65 '@reboot is not supported' next @reboot
	refused 65 'there is no such day, ever' add never '0 0 30 2 *'
	refused 65 "interval '10s': it is from 1m to 366d" add often 'every 10s'
	refused 65 '6 fields, and not five' add seconds '0 0 2 * * *'
	[ -z "$(hookroute schedule list)" ]
}

@test "hookroute schedule: a zone that is not there is an error, and not UTC" {
	refused 65 "no time zone 'Europe/Berlim'" next '0 2 * * *' --timezone Europe/Berlim
	refused 65 "no time zone '../../../etc/passwd'" add x '0 2 * * *' --timezone ../../../etc/passwd
	refused 65 "no time zone 'CET-1CEST'" add x '0 2 * * *' --timezone CET-1CEST
	[ -z "$(hookroute schedule list)" ]
}

@test "hookroute schedule: wrong usage" {
	refused 64 'which command?' 2>&1
	refused 64 "no command 'schedule often'" often
	# Without quotes the shell makes files of the asterisks.
	refused 64 'a name and an expression in quotes' add nightly 0 2 x y z
	refused 64 'one expression, in quotes' next
	refused 64 "a schedule's name is of letters" add 'a b' '0 2 * * *'
	refused 64 '--payload wants JSON' add x '0 2 * * *' --payload '{"a":'
	refused 64 '--name wants a name' add x '0 2 * * *' --name 'a/b/c'
	refused 64 '--jitter wants a duration from 0 to 24h' add x '0 2 * * *' --jitter 25h
	refused 64 '--at wants a time' next '0 2 * * *' --at tomorrow
	refused 64 '--count wants a number' next '0 2 * * *' --count 0
	refused 64 'does not belong to next' next '0 2 * * *' --payload 1
	run -64 hookroute tick now
}

# bats test_tags=F0_13
@test "hookroute schedule: one for routes is started when it is added, and listed with its next time" {
	hookroute schedule add nightly '30 2 * * *' --timezone Europe/Berlin --name acme/site --payload '{"full": true}' \
		--at 2026-03-28T00:00:00Z
	hookroute schedule add hourly @hourly --at 2026-03-28T00:00:00Z
	run -0 hookroute schedule list --at 2026-03-28T00:00:00Z
	[ "$(jq -r .name <<<"$output" | paste -sd' ')" = 'hourly nightly' ]
	[ "$(of nightly '[.kind, .state, .next_at, .next_local, .timezone, .repository, .last_run_at] | @csv')" = \
		'"route","started","2026-03-28T01:30:00.000Z","2026-03-28 02:30 CET","Europe/Berlin","acme/site",' ]
	[ "$(of nightly '.payload | tojson')" = '{"full":true}' ]
	[ "$(of hourly .next_local)" = '2026-03-27 21:00 EDT' ]
	[ "$(of hourly .timezone)" = null ]
	[ "$(at=2026-03-28T02:00:00Z of nightly .next_local)" = '2026-03-29 03:00 CEST' ]
	run -0 script -qec 'hookroute schedule list --at 2026-03-28T00:00:00Z' /dev/null
	[[ ${lines[0]} =~ ^NAME\ +KIND\ +STATE\ +NEXT\ +LAST\ RUN\ +EXPRESSION ]]
	[[ ${lines[2]} =~ ^nightly\ +route\ +started\ +2026-03-28\ 02:30\ CET\ +-\ +'30 2 * * *'\ +acme/site ]]
}

@test "hookroute schedule: a name is taken once, and who is not there is said" {
	hookroute schedule add nightly '0 2 * * *'
	refused 65 "there is a schedule 'nightly' already, for routes: hookroute schedule remove nightly" \
		add nightly '0 3 * * *'
	[ "$(of nightly .expression)" = '0 2 * * *' ]
	refused 1 "no schedule 'none': hookroute schedule list shows them" remove none
	refused 1 "no schedule 'none'" start none
	refused 1 "no schedule 'none'" stop none
	hookroute schedule remove nightly
	[ -z "$(hookroute schedule list)" ]
}

@test "hookroute schedule list: pages" {
	local n all='' after=''
	for n in 1 2 3 4 5; do hookroute schedule add "s$n" '0 2 * * *'; done
	while run -0 hookroute schedule list --limit 2 ${after:+--after "$after"} && [ -n "$output" ]; do
		[ "${#lines[@]}" -le 2 ]
		all+="$(jq -r .name <<<"$output" | paste -sd' ') "
		after=$(jq -r .name <<<"$output" | tail -n 1)
	done
	[ "$all" = 's1 s2 s3 s4 s5 ' ]
}

# bats test_tags=F2_51
@test "hookroute schedule: intervals are spread by 2 to 5 minutes, each always by the same" {
	local n spread again
	for n in 1 2 3 4 5 6 7 8; do hookroute schedule add "s$n" 'every 1h' --at 2026-03-28T00:00:00Z; done
	spread=$(hookroute schedule list --at 2026-03-28T00:30:00Z | jq -r '[.jitter_ms, .next_at] | @tsv')
	[ "$(cut -f1 <<<"$spread" | awk '$1 < 120000 || $1 > 300000' | wc -l)" -eq 0 ]
	[ "$(cut -f1 <<<"$spread" | sort -u | wc -l)" -gt 4 ]
	[ "$(cut -f2 <<<"$spread" | grep -c '^2026-03-28T01:0[2-5]:')" -eq 8 ]
	again=$(hookroute schedule list --at 2026-03-28T00:45:00Z | jq -r '[.jitter_ms, .next_at] | @tsv')
	[ "$spread" = "$again" ]
}

# bats test_tags=F2_51
@test "hookroute schedule: its own jitter is stronger than the setting, which is for what is no interval" {
	hookroute schedule add exact 'every 1h' --jitter 0
	hookroute schedule add own '0 2 * * *' --jitter 10s
	hookroute schedule add nightly '0 2 * * *'
	[ "$(of exact .jitter_ms)" -eq 0 ]
	[ "$(of own .jitter_ms)" -le 10000 ]
	[ "$(of nightly .jitter_ms)" -eq 0 ]
	setting HOOKTOOLS_TICK_JITTER 24h
	[ "$(of exact .jitter_ms)" -eq 0 ]
	[ "$(of own .jitter_ms)" -le 10000 ]
	[ "$(of nightly .jitter_ms)" -gt 10000 ]
	HOOKTOOLS_TICK_JITTER=2d run -78 --separate-stderr hookroute schedule list
	[[ $stderr == *"HOOKTOOLS_TICK_JITTER is from 0 to 24h, not '2d'" ]]
}

@test "hookroute schedule: one whose zone is gone is listed as wrong" {
	hookroute schedule add nightly '0 2 * * *' --timezone Europe/Berlin
	TZDIR=$BATS_TEST_TMPDIR run -0 --separate-stderr hookroute schedule list
	[ "$(jq -r '[.state, .next_at] | @csv' <<<"$output")" = '"wrong",' ]
	[[ $(jq -r .problem <<<"$output") == "no time zone 'Europe/Berlin' in $BATS_TEST_TMPDIR"* ]]
}

@test "hookroute(8): the examples with schedules do what they say" {
	awk '/^\.Sh EXAMPLES/ { on = 1 } /^\.Sh DIAG/ { on = 0 } on && /^\$ hookroute schedule/, on && /[^e]$/' \
		"$top/man/hookroute.8" | sed 's/^\$ //; s/\\e$/\\/' >commands
	[ "$(grep -c '^hookroute schedule' commands)" -eq 3 ]
	run -0 bash -e commands
	[ "$(of backup '[.state, .timezone, .repository] | @csv')" = '"started","Europe/Berlin","acme/site"' ]
}
