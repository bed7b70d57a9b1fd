load ../../helper
load ../../fake/helper

setup_file() {
	make_app_key
}

setup() {
	start_github
	add_app
	export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_TERMINAL_PROMPT=0
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	stop_servers
}

age() {
	tokenmint vault get "$1" >"$BATS_TEST_TMPDIR/aged"
	tokenmint vault put "$1" --expires "$2" <"$BATS_TEST_TMPDIR/aged"
}

# The question that git asks, with the answer's password only.
ask_git='printf "protocol=https\nhost=github.com\n\n" | git credential fill | sed -n "s/^password=//p"'

# bats test_tags=FX_10
@test "tokenmint: exec runs a command in which git and tokenmint have the token" {
	run -0 --separate-stderr tokenmint exec acme/site -- sh -c "$ask_git; tokenmint get acme/site; tokenmint get acme"
	[ -z "$stderr" ]
	[ "${lines[0]}" = "$(tokenmint get acme)" ]
	[ "${lines[1]}" = "${lines[0]}" ]
	[ "${lines[2]}" = "${lines[0]}" ]
	[ "$(minted)" -eq 1 ]
}

# bats test_tags=FX_10
@test "tokenmint: exec puts no token into arguments or environment" {
	run -0 tokenmint exec acme/site -- sh -c 'tr "\0" "\n" </proc/$$/environ; tr "\0" "\n" </proc/$PPID/environ; tr "\0" "\n" </proc/$PPID/cmdline'
	[[ $output == *HOOKTOOLS_AGENT=@* ]]
	[[ $output != *ghs_* ]]
	[ "$(minted)" -eq 1 ]
}

# bats test_tags=FX_10
@test "tokenmint: exec's command has a live token for as long as it lives" {
	mkfifo "$BATS_TEST_TMPDIR/go" "$BATS_TEST_TMPDIR/said"
	# shellcheck disable=SC2016 # for the command's shell
	tokenmint exec acme/site -- sh -c 'tokenmint get acme/site >"$1/first"; echo >"$1/said"; read -r _ <"$1/go"
		until [ "$(tokenmint get acme/site)" != "$(cat "$1/first")" ]; do :; done
		tokenmint get acme/site >"$1/second"' sh "$BATS_TEST_TMPDIR" 3>&- &
	pid=$!
	read -r _ <"$BATS_TEST_TMPDIR/said"
	age installation/42 20m
	echo >"$BATS_TEST_TMPDIR/go"
	wait "$pid"
	[ "$(cat "$BATS_TEST_TMPDIR/second")" = "$(tokenmint get acme)" ]
	[ "$(minted)" -eq 2 ]
}

# bats test_tags=FX_10
@test "tokenmint: exec gives a new token after git was refused the old one" {
	# shellcheck disable=SC2016
	run -0 tokenmint exec acme/site -- sh -c 'old=$(tokenmint get acme/site)
		printf "protocol=https\nhost=github.com\nusername=x-access-token\npassword=%s\n\n" "$old" | git credential reject
		new=$(tokenmint get acme/site)
		[ "$new" != "$old" ] && [ "$(tokenmint get acme)" = "$new" ]'
	[ "$(minted)" -eq 2 ]
}

@test "tokenmint: exec limits the token, and refuses what is beyond it" {
	run -0 tokenmint exec acme/site -r site -p contents=read -- tokenmint get acme/site
	run -0 jq -c .asked "$github"/tokens/*
	[ "$output" = '{"repositories":["site"],"permissions":{"contents":"read"}}' ]
	run -77 --separate-stderr tokenmint exec acme/site -r site -p contents=read -- tokenmint get acme/site -p contents=write
	[[ $stderr == *"no line of the policy grants"* ]]
	run -77 tokenmint exec acme/site -- tokenmint get beta
	run -77 tokenmint exec acme/site -r site -- tokenmint get acme/other
}

@test "tokenmint: exec ends as its command ends" {
	run -7 tokenmint exec acme -- sh -c 'exit 7'
	run -137 tokenmint exec acme -- sh -c 'kill -9 $$'
	run -127 --separate-stderr tokenmint exec acme -- no-such-command
	[[ $stderr == *"no-such-command"* ]]
	touch "$BATS_TEST_TMPDIR/plain"
	run -126 --separate-stderr tokenmint exec acme -- "$BATS_TEST_TMPDIR/plain"
	run -0 tokenmint exec acme -- printf '%s|' a -- --help 'b c'
	[ "$output" = 'a|--|--help|b c|' ]
}

@test "tokenmint: exec passes signals and standard input on" {
	mkfifo "$BATS_TEST_TMPDIR/ready"
	# shellcheck disable=SC2016
	tokenmint exec acme -- bash -c 'trap "exit 5" TERM; echo >"$1"; while :; do read -rt 0.05 <> <(:) || true; done' sh "$BATS_TEST_TMPDIR/ready" 3>&- &
	pid=$!
	read -r _ <"$BATS_TEST_TMPDIR/ready"
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 5 ]
	run -0 tokenmint exec acme -- cat <<<hello
	[ "$output" = hello ]
}

@test "tokenmint: exec says what is wrong before it starts the command" {
	run -1 --separate-stderr tokenmint exec nobody/x -- touch "$BATS_TEST_TMPDIR/ran"
	[[ $stderr == *nobody* ]]
	run -64 --separate-stderr tokenmint exec acme
	[[ $stderr == *'--'* ]]
	run -64 --separate-stderr tokenmint exec acme --
	run -64 --separate-stderr tokenmint exec -- touch "$BATS_TEST_TMPDIR/ran"
	run -64 --separate-stderr tokenmint exec acme -p contents=rwx -- touch "$BATS_TEST_TMPDIR/ran"
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
}

@test "tokenmint: exec keeps the settings of git that its environment has" {
	GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0=Ann \
		run -0 tokenmint exec acme -- sh -c 'git config user.name; git config --get-all credential.https://github.com.helper; git ls-remote --get-url git@github.com:acme/site.git; git ls-remote --get-url ssh://git@github.com/acme/site.git'
	[ "${lines[0]}" = Ann ]
	[[ $output == *"!'$build/bin/tokenmint' git-credential"* ]]
	[[ $output == *https://github.com/acme/site.git*https://github.com/acme/site.git ]]
}

@test "tokenmint: exec inside exec asks the outer one" {
	run -0 tokenmint exec acme -- tokenmint exec acme/site -- tokenmint get acme/site
	[ "$output" = "$(tokenmint get acme)" ]
	run -77 tokenmint exec acme -p contents=read -- tokenmint exec acme/site -p contents=write -- true
}
