load ../../helper
load ../../fake/helper

# Which installation a name means, and what kind of token comes of it.

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

expires_in() { jq -r '(.expires_at | sub("\\.[0-9]+Z"; "Z") | fromdate) - now | floor' <<<"$output"; }

@test "tokenmint: a repository that has another owner now gives that owner's token, and not the old one's" {
	mkdir -p "$github/moved" "$github/repositories"
	echo buyer >"$github/installations/77"
	echo 9001 >"$github/moved/acme+sold"
	echo 77 >"$github/repositories/9001"
	run -0 --separate-stderr tokenmint get acme/sold --json
	[ "$(jq -c '[.installation_id, .owner]' <<<"$output")" = '[77,"buyer"]' ]
	[[ $stderr == *"what was 'acme' is with 'buyer' now"* ]]
	[ ! -e "$HOOKTOOLS_STATE/installations/main/acme" ]
	run -0 --separate-stderr tokenmint get acme/site --json
	[ "$(jq -c '[.installation_id, .owner]' <<<"$output")" = '[42,"acme"]' ]
	run -0 --separate-stderr tokenmint get buyer/sold --json
	[ "$(jq .installation_id <<<"$output")" -eq 77 ]
	[ "$(asked GET /repositories/9001/installation)" -eq 1 ]
}

@test "tokenmint: letter case does not matter, the stored name is in lower case" {
	echo Acme-Corp >"$github/installations/50"
	run -0 --separate-stderr tokenmint get ACME-corp/Site --json
	[ "$(jq -r .owner <<<"$output")" = acme-corp ]
	run -0 tokenmint get acme-CORP
	[ "$(minted)" -eq 1 ]
}

@test "tokenmint: an enterprise's installation is found by its slug, on any page of the list" {
	for id in $(seq 100 340); do echo "org-$id" >"$github/installations/$id"; done
	echo enterprise:Big-Corp >"$github/installations/335"
	run -0 --separate-stderr tokenmint get big-corp --json
	[ "$(jq -c '[.installation_id, .owner]' <<<"$output")" = '[335,"big-corp"]' ]
	[ "$(asked GET /app/installations)" -eq 3 ]
	run -1 --separate-stderr tokenmint get nobody
	[[ $stderr == *"404"* ]]
	[ "$(asked GET /app/installations)" -eq 6 ]
	run -1 --separate-stderr tokenmint get nobody
	[ "$(asked GET /app/installations)" -eq 6 ]
}

@test "tokenmint: a next page at another origin does not get the App's token" {
	for id in $(seq 100 240); do echo "org-$id" >"$github/installations/$id"; done
	echo https://evil.example >"$github/link-origin"
	run -77 --separate-stderr tokenmint get nobody
	[[ $stderr == *"another origin"* ]]
}

# bats test_tags=F1_8
@test "tokenmint: tokens of the old form, the new form and great length are the same to it" {
	for len in 40 255 4096 8192; do
		echo "$len" >"$github/token-length"
		run -0 tokenmint refresh acme
		run -0 tokenmint get acme
		[ "${#output}" -eq "$len" ]
		[[ $output =~ ^ghs_[A-Za-z0-9]+$ ]]
		run -0 curl -sS -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $output" \
			"$HOOKTOOLS_GITHUB_API/repos/acme/site/actions/runs"
		[ "$output" = 200 ]
	done
	echo 8193 >"$github/token-length"
	run -75 --separate-stderr tokenmint refresh acme
	[[ $stderr == *"no token"* ]]
	run -0 tokenmint get acme
	[ "${#output}" -eq 8192 ]
}

# bats test_tags=FX_9
@test "tokenmint: fifty that ask at once get one token, minted once" {
	pids=()
	for n in $(seq 50); do
		tokenmint get acme/site --min-ttl 25m >"$BATS_TEST_TMPDIR/token.$n" 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	[ "$(asked POST /app/installations/42/access_tokens)" -eq 1 ]
	[ "$(sort -u "$BATS_TEST_TMPDIR"/token.* | wc -l)" -eq 1 ]
	[ "$(cat "$BATS_TEST_TMPDIR"/token.* | wc -l)" -eq 50 ]
}

# bats test_tags=FX_9
@test "tokenmint: with --min-ttl nothing is given that lives for less" {
	need_clock
	run -0 tokenmint get acme
	first=$output
	echo 500 >"$github/fail"
	set_clock 2000
	run -75 --separate-stderr with_clock tokenmint get acme --min-ttl 27m
	[ -z "$output" ]
	run -0 --separate-stderr with_clock tokenmint get acme --min-ttl 26m
	[ "$output" = "$first" ]
	set_clock 3500
	run -0 --separate-stderr with_clock tokenmint get acme
	[ "$output" = "$first" ]
	[[ $stderr == *"giving the stored token"* ]]
	run -75 --separate-stderr with_clock tokenmint get acme --min-ttl 2m
	set_clock 3601
	run -75 --separate-stderr with_clock tokenmint get acme
	[ -z "$output" ]
}

@test "tokenmint: a new token that lives for less than asked for is not given either" {
	echo 600 >"$github/ttl"
	run -75 --separate-stderr tokenmint get acme --min-ttl 20m
	[ -z "$output" ]
	[[ $stderr == *"lives for "*"s only, 1200 s are asked for"* ]]
	run -0 --separate-stderr tokenmint get acme --min-ttl 9m
	run -0 --separate-stderr tokenmint get acme
	[[ $stderr == *"giving the stored token"* ]]
}

@test "tokenmint: clocks 5 minutes apart, either way: it works, and says by how much" {
	for skew in 300 -300; do
		rm -rf "$HOOKTOOLS_STATE/installations" "$HOOKTOOLS_STATE/vault/installation" "$github/requests"
		echo "$skew" >"$github/skew"
		run -0 --separate-stderr tokenmint get acme --json
		left=$(expires_in)
		[ "$left" -gt 3500 ]
		[ "$left" -le 3601 ]
		if [ "$skew" -gt 0 ]; then
			[[ $stderr =~ "app 'main': this machine's clock is "(299|300|301)" s behind GitHub's" ]]
			[ "$(asked GET /users/acme/installation)" -eq 1 ]
		else
			[[ $stderr =~ "app 'main': this machine's clock is "(299|300|301)" s ahead of GitHub's" ]]
			[ "$(asked GET /users/acme/installation 401)" -eq 1 ]
			[ "$(asked GET /users/acme/installation 200)" -eq 1 ]
		fi
		[ "$(asked POST /app/installations/42/access_tokens)" -eq 1 ]
		[ "$(grep -c . <<<"$stderr")" -eq 1 ]
	done
}

@test "tokenmint: a token of a clock that was set back since is not relied upon" {
	need_clock
	set_clock 300
	run -0 with_clock tokenmint get acme
	set_clock 0
	run -0 with_clock tokenmint get acme
	[ "$(minted)" -eq 2 ]
}
