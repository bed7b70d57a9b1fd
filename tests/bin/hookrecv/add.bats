load ../../helper
load helper

# bats test_tags=F0_1,F0_2,F0_3
@test "hookrecv add: makes a hook with a uuid, a path and a secret of its own" {
	make_key
	run -0 --separate-stderr hookrecv add acme/site --url https://hooks.example.org --json
	jq -e '.id | test("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")' <<<"$output"
	jq -e '.path == "/hook/\(.id)" and .name == "acme/site" and .provider == "github" and
		.url == "https://hooks.example.org" and .max_body == 26214400 and .enabled' <<<"$output"
	jq -e '.secret | test("^[0-9a-f]{64}$")' <<<"$output"
}

@test "hookrecv add: tells a person what to enter at the forge" {
	make_key
	run -0 --separate-stderr hookrecv add acme/site --url https://hooks.example.org
	[[ "$output" == *"url:      https://hooks.example.org/hook/"* ]]
	[[ "$output" =~ secret:\ +[0-9a-f]{64} ]]
}

# bats test_tags=F0_26,F0_28
@test "hookrecv add: a secret that was given is sealed and never shown" {
	make_key
	printf 'my own secret\n' >"$BATS_TEST_TMPDIR/given"
	run -0 hookrecv add acme/site -p gitlab --secret-file "$BATS_TEST_TMPDIR/given"
	[[ "$output" != *"my own secret"* ]]
	run -0 hookrecv list --json
	[[ "$output" != *secret* ]]
	id=$(jq -r .id <<<"$output")
	run -0 hookrecv show acme/site
	[[ "$output" != *"my own"* ]]
	run ! grep -raq 'my own secret' "$HOOKTOOLS_STATE"
	[ "$(tokenmint vault get "repository/${id}_SECRET")" = 'my own secret' ]
}

@test "hookrecv add: takes the secret from standard input" {
	make_key
	run -0 hookrecv add acme/site --secret-file - --json <<<'from a pipe'
	id=$(jq -r .id <<<"$output")
	[ "$(tokenmint vault get "repository/${id}_SECRET")" = 'from a pipe' ]
}

@test "hookrecv add: a name has one hook" {
	make_key
	run -0 hookrecv add acme/site --json
	id=$(jq -r .id <<<"$output")
	run -65 --separate-stderr hookrecv add acme/site -p forgejo
	[[ "$stderr" == *"'acme/site' has a hook already: $id"* ]]
	run -0 hookrecv list --json
	[ "$(jq -r .provider <<<"$output")" = github ]
	run -0 tokenmint vault list
	[ "${#lines[@]}" -eq 1 ]
}

# bats test_tags=F0_21,F0_22
@test "hookrecv remove: the hook and its secret are gone" {
	make_key
	hookrecv add acme/site >/dev/null
	run -0 tokenmint vault list
	[ "${#lines[@]}" -eq 1 ]
	run -0 hookrecv remove acme/site
	run -0 hookrecv list --json
	[ -z "$output" ]
	run -0 tokenmint vault list
	[ -z "$output" ]
	run -1 --separate-stderr hookrecv remove acme/site
	[[ "$stderr" == *"acme/site"* ]]
}

@test "hookrecv show: an unknown hook is named" {
	make_key
	run -1 --separate-stderr hookrecv show acme/none
	[[ "$stderr" == *"acme/none"* ]]
	run -1 --separate-stderr hookrecv show 01234567-89ab-4cde-8f01-23456789abcd
}

@test "hookrecv add: wrong words are wrong usage, and nothing is kept" {
	make_key
	for wrong in 'a/b/c' '../etc' '' 'a b' "$(printf 'x%.0s' {1..200})"; do
		run -64 --separate-stderr hookrecv add "$wrong"
		[ "${#stderr_lines[@]}" -eq 1 ]
	done
	run -64 --separate-stderr hookrecv add acme/site -p sourceforge
	[[ "$stderr" == *"'sourceforge'"*"hookrecv providers"* ]]
	run -64 --separate-stderr hookrecv add acme/site --max-body much
	run -64 --separate-stderr hookrecv add acme/site --limit 3
	run -64 --separate-stderr hookrecv add
	run -64 --separate-stderr hookrecv add acme/site more
	run -64 --separate-stderr hookrecv frobnicate
	run -64 --separate-stderr hookrecv list -l 127.0.0.1:0
	run -0 hookrecv list --json
	[ -z "$output" ]
}

@test "hookrecv add: a secret that cannot be read or used is said" {
	make_key
	run -71 --separate-stderr hookrecv add acme/site --secret-file "$BATS_TEST_TMPDIR/none"
	[[ "$stderr" == *"$BATS_TEST_TMPDIR/none"* ]]
	: >"$BATS_TEST_TMPDIR/empty"
	run -65 --separate-stderr hookrecv add acme/site --secret-file "$BATS_TEST_TMPDIR/empty"
	printf 'whsec_not*base64' >"$BATS_TEST_TMPDIR/bad"
	run -65 --separate-stderr hookrecv add acme/site -p standard --secret-file "$BATS_TEST_TMPDIR/bad"
	run -64 --separate-stderr hookrecv add acme/site -p none --secret-file "$BATS_TEST_TMPDIR/bad"
	run -0 hookrecv list --json
	[ -z "$output" ]
}

@test "hookrecv: without a master key it says how to make one" {
	run -78 --separate-stderr hookrecv add acme/site
	[[ "$stderr" == *"tokenmint vault init"* ]]
	run -78 --separate-stderr hookrecv -l 127.0.0.1:0
	[[ "$stderr" == *"tokenmint vault init"* ]]
}

@test "hookrecv list: a table for people" {
	make_key
	hookrecv add acme/site >/dev/null
	run -0 script -qec 'hookrecv list' /dev/null
	[[ "${lines[0]}" == "ID "*"PROVIDER"*"NAME"* ]]
	[[ "${lines[1]}" == *"github"*"yes"*"acme/site"* ]]
}

@test "hookrecv providers: lists them" {
	run -0 hookrecv providers --json
	for name in github gitlab gitea forgejo gogs bitbucket bitbucket-server azure sourcehut \
		standard slack stripe hmac token none; do
		jq -es --arg name "$name" 'any(.[]; .name == $name and (.summary | length > 3))' <<<"$output"
	done
}

@test "hookrecv: help and version" {
	run -0 --separate-stderr hookrecv --help
	[[ "$output" == "usage: hookrecv"* ]]
	run -0 hookrecv --version
	[[ "$output" =~ ^hookrecv\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}
