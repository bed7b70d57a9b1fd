load ../helper
load ../fake/helper

# A token from GitHub to the store: killed anywhere, read meanwhile, over a day.

setup_file() {
	make_app_key
	make_clock
	cc -O1 -D_GNU_SOURCE -o "$BATS_FILE_TMPDIR/killat" "$top/tests/flow/killat.c"
}

setup() {
	set_clock 0
	github=$BATS_TEST_TMPDIR/github
}

teardown() {
	stop_servers
}

# kill_at N: get is killed at its Nth system call; 0: it is not.
kill_at() {
	status=0
	{
		timeout 60 "$BATS_FILE_TMPDIR/killat" "$1" "$BATS_TEST_TMPDIR/count" tokenmint get acme \
			>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&-
	} 2>/dev/null || status=$?
}

# knows TOKEN: the fake minted it.
knows() {
	[ -f "$github/tokens/$(printf %s "$1" | sha256sum | cut -d' ' -f1)" ]
}

# The store is whole: each secret can be read, and the token is the old one or one that was minted.
store_is_whole() {
	local name token
	for name in $(tokenmint vault list); do
		tokenmint vault get "$name" >"$BATS_TEST_TMPDIR/secret" || return 1
	done
	token=$(tokenmint vault get installation/42) || return 1
	knows "$token"
}

# bats test_tags=F1_13,FX_9
@test "flow: killed at any system call of a mint the store is readable, and the next call mints again" {
	case $build in
	*address*) skip "the sanitizer does not bear a tracer" ;;
	esac
	start_github
	add_app
	run -0 tokenmint get acme
	tokenmint vault get installation/42 >"$BATS_TEST_TMPDIR/old"
	old=$(cat "$BATS_TEST_TMPDIR/old")
	kill_at 0
	[ "$status" -eq 0 ]
	tokenmint vault put installation/42 --expires 10m <"$BATS_TEST_TMPDIR/old"
	cp -a "$HOOKTOOLS_STATE" "$BATS_TEST_TMPDIR/saved"
	kill_at 0
	[ "$status" -eq 0 ]
	calls=$(cat "$BATS_TEST_TMPDIR/count")
	[ "$calls" -gt 100 ]
	stored=0 again=0
	for ((at = 1; at <= calls; at++)); do
		rm -rf "$HOOKTOOLS_STATE"
		cp -a "$BATS_TEST_TMPDIR/saved" "$HOOKTOOLS_STATE"
		kill_at "$at"
		[ "$status" -eq 137 ] || {
			# It may be a call or two shorter than the first time: locks, timers.
			[ "$status" -eq 0 ] && [ "$at" -gt $((calls - 10)) ] && continue
			echo "call $at of $calls: status $status"
			cat "$BATS_TEST_TMPDIR/err"
			return 1
		}
		store_is_whole || {
			echo "call $at of $calls: the store"
			return 1
		}
		before=$(tokenmint vault get installation/42)
		minted_before=$(minted)
		run -0 --separate-stderr tokenmint get acme --min-ttl 50m
		knows "$output" || {
			echo "call $at of $calls: an unknown token"
			return 1
		}
		if [ "$before" = "$old" ]; then
			again=$((again + 1))
			[ "$output" != "$old" ]
			[ "$(minted)" -gt "$minted_before" ]
		else
			stored=$((stored + 1))
			[ "$output" = "$before" ]
		fi
	done
	echo "# killed at $calls system calls: $again minted again, $stored had been stored" >&3
	[ "$stored" -gt 0 ]
	[ "$again" -gt 50 ]
}

# The fewest seconds that a stored token has left, by the clock of the fake.
least_left() {
	local least=999999 name token left now
	now=$(($(date +%s) + $(cat "$BATS_TEST_TMPDIR/clock")))
	for name in $(tokenmint vault list installation/); do
		token=$(tokenmint vault get "$name")
		left=$(($(jq .expires_ms "$github/tokens/$(printf %s "$token" | sha256sum | cut -d' ' -f1)") / 1000 - now))
		[ "$left" -ge "$least" ] || least=$left
	done
	echo "$least"
}

works() {
	[ "$(curl -sS -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $1" \
		"$HOOKTOOLS_GITHUB_API/repos/$2/site/actions/runs")" = 200 ]
}

# bats test_tags=F1_8,F1_9,F1_10,F1_11
@test "flow: over a day of the timer every stored token has half an hour left at any moment" {
	need_clock
	start_github "${clock[@]}"
	add_app
	for n in 1 2; do echo "org-$n" >"$github/installations/5$n"; done
	for owner in acme org-1 org-2; do with_clock tokenmint get "$owner" >/dev/null; done
	every=$(sed -n 's/^OnUnitActiveSec=\([0-9]*\)min$/\1/p' "$top/share/systemd/tokenmint-refresh.timer")
	late=$(sed -n 's/^AccuracySec=\([0-9]*\)s$/\1/p' "$top/share/systemd/tokenmint-refresh.timer")
	[ "$every" -gt 0 ] && [ "$late" -gt 0 ]
	words=$(sed -n 's/^ExecStart=[^ ]*tokenmint //p' "$top/share/systemd/tokenmint-refresh.service")
	now=0 least=999999
	while [ "$now" -lt 86400 ]; do
		held=$(tokenmint vault get installation/42)
		now=$((now + every * 60 + late))
		set_clock "$now"
		left=$(least_left)
		[ "$left" -ge "$least" ] || least=$left
		# shellcheck disable=SC2086 # the unit's own words
		run -0 --separate-stderr with_clock tokenmint $words
		[ "$output" = '{"renewed":3,"kept":0,"removed":0,"failed":0}' ]
		# Who holds the old one goes on for half an hour.
		works "$held" acme
		set_clock $((now + 1799 - 60))
		works "$held" acme
	done
	echo "# 24 hours, a refresh every $every minutes and $late seconds: $least s left at least" >&3
	[ "$least" -ge 1800 ]
}

# bats test_tags=F1_11
@test "flow: when GitHub fails while tokens are renewed, the next try does what is left" {
	need_clock
	start_github "${clock[@]}"
	add_app
	echo beta >"$github/installations/43"
	for owner in acme beta; do with_clock tokenmint get "$owner" >/dev/null; done
	words=$(sed -n 's/^ExecStart=[^ ]*tokenmint //p' "$top/share/systemd/tokenmint-refresh.service")
	grep -qx 'Restart=on-failure' "$top/share/systemd/tokenmint-refresh.service"
	set_clock 1770
	echo "502 0 /installations/43/" >"$github/fail"
	# shellcheck disable=SC2086
	run -75 --separate-stderr with_clock tokenmint $words
	[ "$output" = '{"renewed":1,"kept":0,"removed":0,"failed":1}' ]
	rm "$github/fail"
	set_clock 1830
	# shellcheck disable=SC2086
	run -0 --separate-stderr with_clock tokenmint $words
	[ "$output" = '{"renewed":1,"kept":1,"removed":0,"failed":0}' ]
}

# bats test_tags=F1_13
@test "flow: a reader in a tight loop never finds the token missing or half" {
	start_github
	add_app
	tokenmint get acme >/dev/null
	(
		for _ in $(seq 25); do tokenmint refresh >/dev/null 2>&1; done
		touch "$BATS_TEST_TMPDIR/done"
	) 3>&- &
	renewer=$!
	reads=0
	while [ ! -e "$BATS_TEST_TMPDIR/done" ]; do
		token=$(tokenmint vault get installation/42)
		[[ $token =~ ^ghs_1_[A-Za-z0-9_-]{80}\.[A-Za-z0-9_-]{440}$ ]]
		reads=$((reads + 1))
	done
	wait "$renewer"
	echo "# $reads reads while 25 were stored in its place" >&3
	[ "$(minted)" -eq 26 ]
}
