load ../../helper
load ../../fake/helper

# What GitHub refuses is not asked for again and again: limits, what is missing, what is forbidden.

setup_file() {
	make_app_key
	make_clock
}

setup() {
	start_github
	add_app
	set_clock 0
}

teardown() {
	stop_servers
}

requests() { wc -l <"$github/requests"; }

# later SECONDS COMMAND...: as if so much time had passed.
later() {
	set_clock "$1"
	shift
	with_clock "$@"
}

# bats test_tags=FX_9
@test "tokenmint: that an App is not installed is asked for once in 5 minutes" {
	need_clock
	run -1 --separate-stderr tokenmint get nobody
	run -1 --separate-stderr tokenmint get nobody/site
	asked_before=$(requests)
	run -1 --separate-stderr later 290 tokenmint get nobody
	[[ $stderr == *"404"*"asked again in "* ]]
	run -1 --separate-stderr later 290 tokenmint get nobody/site
	[ "$(requests)" -eq "$asked_before" ]
	run -0 tokenmint get acme/site
	echo nobody >"$github/installations/43"
	run -0 --separate-stderr later 301 tokenmint get nobody
}

# bats test_tags=FX_9
@test "tokenmint: that a token is forbidden is asked for once in a minute" {
	need_clock
	mkdir "$github/suspended"
	touch "$github/suspended/42"
	run -77 --separate-stderr tokenmint get acme
	asked_before=$(requests)
	run -77 --separate-stderr later 50 tokenmint get acme
	[[ $stderr == *"suspended"*"asked again in "* ]]
	[ "$(requests)" -eq "$asked_before" ]
	rm "$github/suspended/42"
	run -77 --separate-stderr later 50 tokenmint get acme
	run -0 --separate-stderr later 61 tokenmint get acme
}

# bats test_tags=FX_9
@test "tokenmint: whoever knows better, a person or an event, asks at once" {
	mkdir "$github/suspended"
	touch "$github/suspended/42"
	run -77 --separate-stderr tokenmint get acme
	rm "$github/suspended/42"
	run -77 --separate-stderr tokenmint get acme
	run -0 tokenmint refresh acme
	run -0 tokenmint get acme
	touch "$github/suspended/42"
	run -75 --separate-stderr tokenmint refresh acme
	rm "$github/suspended/42"
	run -0 --separate-stderr tokenmint sync - <<<'{"id":"x","provider":"github","event":"installation","payload":{"action":"unsuspend","installation":{"id":42,"app_id":1,"account":{"login":"acme"}}}}'
	[ "$(jq -r .result <<<"$output")" = stored ]
}

@test "tokenmint: an App that is added anew is not what it was" {
	run -1 --separate-stderr tokenmint get nobody
	echo nobody >"$github/installations/43"
	run -1 --separate-stderr tokenmint get nobody
	tokenmint app add main --app-id 1 --key-file "$BATS_FILE_TMPDIR/app.pem" 2>/dev/null
	run -0 tokenmint get nobody
}

# bats test_tags=FX_9
@test "tokenmint: a rate limit of one request holds for all of the App, in every process" {
	need_clock
	echo beta >"$github/installations/43"
	run -0 tokenmint get acme
	for limit in secondary primary; do
		if [ "$limit" = primary ]; then
			echo 0 >"$github/remaining"
			echo 2000 >"$github/reset"
			echo 403 >"$github/fail"
			wait=2000
		else
			echo "403 700" >"$github/fail"
			wait=700
		fi
		echo "You have exceeded a $limit rate limit" >"$github/fail-message"
		base=$((${base:-0} + 10000))
		run -75 --separate-stderr later "$base" tokenmint get beta --min-ttl 1m
		[[ $stderr == *"$limit rate limit"* ]]
		rm -f "$github/fail" "$github/remaining"
		asked_before=$(requests)
		# Another owner, another scope, another command.
		run -75 --separate-stderr later $((base + wait - 5)) tokenmint get gamma
		[[ $stderr == *"app 'main' is limited, and GitHub not asked for "* ]]
		run -75 --separate-stderr later $((base + wait - 5)) tokenmint get acme -r site
		run -75 --separate-stderr later $((base + wait - 5)) tokenmint refresh
		[ "$(requests)" -eq "$asked_before" ]
		run -0 --separate-stderr later $((base + wait + 5)) tokenmint refresh
		[ "$(requests)" -gt "$asked_before" ]
	done
}

@test "tokenmint: a secondary limit that says no time is waited out for a minute" {
	need_clock
	echo 403 >"$github/fail"
	echo "You have exceeded a secondary rate limit. Please wait a few minutes." >"$github/fail-message"
	run -75 --separate-stderr tokenmint get acme
	rm "$github/fail"
	run -75 --separate-stderr later 55 tokenmint get acme
	run -0 --separate-stderr later 62 tokenmint get acme
}

@test "tokenmint: a limit holds for its own App only" {
	tokenmint app add other --app-id 1 --key-file "$BATS_FILE_TMPDIR/app.pem" 2>/dev/null
	echo "429 100" >"$github/fail"
	run -75 --separate-stderr tokenmint get acme --app main
	rm "$github/fail"
	run -75 --separate-stderr tokenmint get acme --app main
	run -0 tokenmint get acme --app other
}

@test "tokenmint: a limit or a refusal of a clock that was wrong does not hold for ever" {
	mkdir -p "$HOOKTOOLS_STATE/limits" "$HOOKTOOLS_STATE/vault/installation"
	far=$((($(date +%s) + 400000000) * 1000))
	echo "$far $((far + 60000)) words" >"$HOOKTOOLS_STATE/limits/main"
	echo "$far $((far + 60000)) 1 words" >"$HOOKTOOLS_STATE/vault/installation/.owner+acme@main.lock"
	run -0 tokenmint get acme
	for rubbish in '' x '1 ' '1 2' '99999999999999999999 1 x' "$(printf 'a%.0s' {1..300})"; do
		printf %s "$rubbish" >"$HOOKTOOLS_STATE/limits/main"
		run -0 tokenmint refresh
	done
}
