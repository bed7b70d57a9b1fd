load ../../helper
load ../../fake/helper

setup_file() {
	make_app_key
}

setup() {
	start_github
	add_app
	audit=$HOOKTOOLS_STATE/audit.ndjson
}

teardown() {
	stop_servers
}

hash_of() { printf %s "$1" | openssl dgst -sha256 -binary | base64; }

count() { jq -r '[.revoked, .gone, .failed, .unknown] | join(" ")' <<<"$output"; }

# bats test_tags=FX_10
@test "tokenmint: revoke ends an owner's tokens at GitHub and removes them" {
	echo beta >"$github/installations/43"
	token=$(tokenmint get acme)
	tokenmint get acme -r site >/dev/null
	tokenmint get beta >/dev/null
	[ "$(minted)" -eq 3 ]
	run -0 --separate-stderr tokenmint revoke ACME
	[ "$(count)" = '2 0 0 0' ]
	[ "$(minted)" -eq 1 ]
	run -0 tokenmint vault list installation/
	[ "$output" = installation/43 ]
	run -0 jq -r 'select(.event == "revoke" and .outcome == "revoked") | .hashed_token' "$audit"
	[ "${lines[0]}" = "$(hash_of "$token")" ]
	[ "${#lines[@]}" -eq 2 ]
	run -0 tokenmint get acme
	[ "$output" != "$token" ]
}

# bats test_tags=FX_10
@test "tokenmint: revoke --all ends every one; those that are gone already are told apart" {
	echo beta >"$github/installations/43"
	tokenmint get acme >/dev/null
	rm "$github"/tokens/*
	tokenmint get beta >/dev/null
	run -0 tokenmint revoke --all
	[ "$(count)" = '1 1 0 0' ]
	[ "$(minted)" -eq 0 ]
	run -0 tokenmint revoke --all
	[ "$(count)" = '0 0 0 0' ]
}

@test "tokenmint: a token that could not be revoked stays, to be tried again" {
	tokenmint get acme >/dev/null
	echo 502 >"$github/fail"
	run -75 --separate-stderr tokenmint revoke acme
	[ "$(count)" = '0 0 1 0' ]
	[[ $stderr == *502* ]]
	rm "$github/fail"
	run -0 tokenmint revoke acme
	[ "$(count)" = '1 0 0 0' ]
}

# bats test_tags=FX_10
@test "tokenmint: revoke --stdin hands leaked tokens to GitHub's public endpoint" {
	own=$(tokenmint get acme)
	run -65 --separate-stderr tokenmint revoke --stdin <<-END
		ghp_leaked1
		github_pat_leaked2

		$own
		not-a-token
		ghu_with"quote
	END
	[ "$(count)" = '3 0 0 2' ]
	run -0 cat "$github/leaked"
	[ "$output" = 'ghp_leaked1
github_pat_leaked2' ]
	[ "$(minted)" -eq 0 ]
	run -0 jq -r 'select(.outcome == "sent") | .hashed_token' "$audit"
	[ "${lines[0]}" = "$(hash_of ghp_leaked1)" ]
	run -1 grep -rE 'ghp_|ghs_|github_pat' "$audit"
}

@test "tokenmint: revoke --stdin sends a thousand at once, and needs no vault" {
	rm -r "$HOOKTOOLS_STATE/vault"
	unset HOOKTOOLS_KEY_FILE
	run -0 tokenmint revoke --stdin < <(seq -f 'gho_%g' 2500)
	[ "$(count)" = '2500 0 0 0' ]
	[ "$(asked POST /credentials/revoke 202)" -eq 3 ]
	[ "$(wc -l <"$github/leaked")" -ge 2499 ]
}

@test "tokenmint: revoke wants to know what" {
	run -64 tokenmint revoke
	run -64 tokenmint revoke acme --all
	run -64 tokenmint revoke --all --stdin
	run -1 tokenmint revoke nobody
}

# bats test_tags=FX_10
@test "tokenmint: the audit file has who minted what, by GitHub's hash, and what was refused" {
	token=$(tokenmint get acme -r site -p contents=read)
	run -0 jq -c 'select(.event == "mint")' "$audit"
	[ "$(jq -r .hashed_token <<<"$output")" = "$(hash_of "$token")" ]
	[ "$(jq -cS '[.installation_id, .owner, .app, .scope, .uid]' <<<"$output")" = \
		"[42,\"acme\",\"main\",{\"permissions\":{\"contents\":\"read\"},\"repositories\":[\"site\"]},$(id -u)]" ]
	mkdir "$github/suspended"
	touch "$github/suspended/42"
	run -77 tokenmint get acme
	run -0 jq -r 'select(.event == "refuse") | .reason' "$audit"
	[[ $output == *suspended* ]]
	run -1 grep ghs_ "$audit"
	[ "$(stat -c %a "$audit")" = 600 ]
}
