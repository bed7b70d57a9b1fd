load ../../helper
load ../../fake/helper

setup_file() {
	make_app_key
}

setup() {
	start_github
	add_app
}

teardown() {
	stop_servers
}

# doctor STATUS: runs it; its lines are in $output.
doctor() { run "-$1" --separate-stderr tokenmint doctor --json; }

# The state and the message of a check: said CHECK [NUMBER]
said() { jq -rs --arg check "$1" 'map(select(.check == $check)) | .['"${2:-0}"'] | .state + ": " + .message' <<<"$output"; }

@test "tokenmint: doctor finds nothing wrong where nothing is" {
	run -0 tokenmint get acme -p checks=write -p contents=read
	doctor 0
	[ "$(jq -r 'select(.state != "ok")' <<<"$output")" = "" ]
	[[ $(said app) == 'ok: main: GitHub accepts'* ]]
	[[ $(said clock) == *'less than 5 s'* ]]
	[[ $(said installations) == 'ok: main: 1 installations, 0 suspended' ]]
	[[ $(said tokens) == 'ok: 1 live for 30 min and more, 0 for less, 0 have ended'* ]]
	[[ $(said permissions) == *'every permission of the App is used' ]]
	[[ $(said refusals) == ok:* ]]
}

@test "tokenmint: doctor is for people on a terminal" {
	run -0 script -qec 'tokenmint doctor' /dev/null
	[[ ${lines[0]} == 'ok    vault '* ]]
}

@test "tokenmint: doctor says by how much the clocks differ, and who is ahead" {
	echo 20 >"$github/skew"
	doctor 0
	[[ $(said clock) =~ ^warn:.*clock\ is\ (19|20)\ s\ behind ]]
	echo -400 >"$github/skew"
	doctor 0
	[[ $(said clock) =~ ^warn:.*\ (400|399|401)\ s\ ahead.*GitHub.s\ time ]]
}

@test "tokenmint: doctor says what a 401, 403 and 404 mean here" {
	for code in 401 403 404; do
		echo "$code 0 /app" >"$github/fail"
		doctor 1
		[[ $(said app) == "fail: "*" $code "* ]]
		case $code in
		401) [[ $(said app) == *"signature is not accepted"* ]] ;;
		403) [[ $(said app) == *suspended* ]] ;;
		404) [[ $(said app) == *"no such App"* ]] ;;
		esac
	done
	[ "$(jq -rs 'map(select(.check == "app"))[0].next' <<<"$output")" = null ]
}

@test "tokenmint: doctor names suspended installations and those that lack what the App wants" {
	echo beta >"$github/installations/43"
	mkdir "$github/suspended"
	touch "$github/suspended/43"
	echo '{"checks":"write","contents":"write","issues":"read","metadata":"read"}' >"$github/app-permissions"
	doctor 0
	run -0 jq -r 'select(.check == "installations" and .state == "warn") | .message' <<<"$output"
	[[ $output == *"'acme' (42) has not granted what the App wants: contents=write, issues=read"* ]]
	[[ $output == *"'beta' (43) is suspended since 20"* ]]
}

@test "tokenmint: doctor names permissions that no token was asked for with" {
	run -0 tokenmint get acme -p contents=read
	doctor 0
	[[ $(said permissions) == 'warn: main: no token was asked for with: checks' ]]
	run -0 tokenmint get acme
	doctor 0
	[[ $(said permissions) == 'ok: main: 1 tokens had every permission'* ]]
}

@test "tokenmint: doctor tells of the end of the API's version" {
	echo 'Fri, 10 Mar 2028 00:00:00 GMT' >"$github/sunset"
	doctor 0
	[[ $(said version) == 'warn: '*deprecated*'Fri, 10 Mar 2028'* ]]
}

@test "tokenmint: doctor counts tokens by age, and refusals of the last day by what they mean" {
	tokenmint get acme >"$BATS_TEST_TMPDIR/token"
	tokenmint vault put installation/7 --expires 1ms <"$BATS_TEST_TMPDIR/token"
	tokenmint vault put installation/8 --expires 10m <"$BATS_TEST_TMPDIR/token"
	echo '422 0 access_tokens' >"$github/fail"
	run -65 tokenmint get acme -p issues=admin
	rm "$github/fail"
	doctor 0
	[[ $(said tokens) == 'warn: 1 live for 30 min and more, 1 for less, 1 have ended'* ]]
	[[ $(said refusals) == 'warn: 1 refused with 422 since a day: a repository or a permission'* ]]
}

@test "tokenmint: doctor fails without a key, an App, or GitHub" {
	tokenmint app remove main
	doctor 1
	[[ $(said apps) == 'fail: no App is known' ]]
	add_app
	stop_servers
	doctor 1
	[[ $(said app) == fail:* ]]
	rm -f "$HOOKTOOLS_CONF/hooktools.key"
	doctor 1
	[[ $(said vault) == 'fail: no master key'* ]]
}
