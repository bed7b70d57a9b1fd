load ../../helper
load ../../fake/helper

# Apps at several APIs: github.com, Enterprise servers, data residency.

setup_file() {
	make_app_key
}

setup() {
	start_github
	first=$server_url
	other=$BATS_TEST_TMPDIR/other
	mkdir -p "$other/installations"
	echo acme >"$other/installations/42"
	start_server "$BATS_TEST_TMPDIR/other.log" "$build/tests/fake-github" -l 127.0.0.1:0 \
		--key "$BATS_FILE_TMPDIR/public.pem" --app-id 1 --state "$other"
	second=$server_url
	host=${second#http://}
	add_app
	tokenmint app add inside --app-id 1 --key-file "$BATS_FILE_TMPDIR/app.pem" --api "$second/api/v3/" 2>/dev/null
}

teardown() {
	stop_servers
}

home_of() {
	tokenmint app add probe --app-id 9 --key-file "$BATS_FILE_TMPDIR/app.pem" --api "$1" 2>/dev/null
	tokenmint app show probe --json | jq -r .api
}

# bats test_tags=F4_17
@test "tokenmint: an App's API is github.com's, a subdomain of ghe.com, or an Enterprise server's" {
	[ "$(home_of github.com)" = https://api.github.com ]
	[ "$(home_of api.github.com)" = https://api.github.com ]
	[ "$(home_of Octo-Corp.ghe.com)" = https://api.octo-corp.ghe.com ]
	[ "$(home_of api.octo-corp.ghe.com)" = https://api.octo-corp.ghe.com ]
	[ "$(home_of git.example.com)" = https://git.example.com/api/v3 ]
	[ "$(home_of git.example.com:8443)" = https://git.example.com:8443/api/v3 ]
	[ "$(home_of https://proxy.example.com/github/)" = https://proxy.example.com/github ]
	run -0 tokenmint app show main --json
	[ "$(jq 'has("api")' <<<"$output")" = false ]
	for bad in '' 'a b' 'git.example.com/x' '-x.example.com' 'git.example.com:port' 'https://user:pass@git.example.com' \
		'https://' 'https://git.example.com/?x' 'ftp://git.example.com' "$(printf 'a%.0s' {1..120}).example.com"; do
		run -64 --separate-stderr tokenmint app add probe --app-id 9 --key-file "$BATS_FILE_TMPDIR/app.pem" --api "$bad"
		[[ $stderr == *"--api"* ]]
	done
}

# bats test_tags=F1_7
@test "tokenmint: the same installation number at two APIs is two tokens" {
	run -0 tokenmint get acme/site --app main
	main=$output
	run -0 tokenmint get acme/site --app inside
	[ "$output" != "$main" ]
	run -0 tokenmint get acme --app main -r site
	run -0 tokenmint get acme --app inside -r site
	[ "$(minted)" -eq 2 ]
	[ "$(find "$other/tokens" -type f | wc -l)" -eq 2 ]
	[ "$(jq -r .path "$other/requests" | sort -u)" = "/api/v3/app/installations/42/access_tokens
/api/v3/repos/acme/site/installation" ]
	label=${host/:/+}
	run -0 tokenmint vault list installation/
	[ "${#lines[@]}" -eq 4 ]
	[ "${lines[0]}" = installation/42 ]
	[ "${lines[2]}" = "installation/42@$label" ]
	[ "$(cat "$HOOKTOOLS_STATE/installations/inside/acme")" = "42@$label" ]
	run -0 tokenmint vault get "installation/42"
	[ "$output" = "$main" ]
}

# bats test_tags=F1_9
@test "tokenmint: refresh renews each token at its own API" {
	tokenmint get acme --app main >/dev/null
	tokenmint get acme --app inside >/dev/null
	tokenmint get acme --app inside -r site >/dev/null
	run -0 --separate-stderr tokenmint refresh
	[ "$output" = '{"renewed":3,"kept":0,"removed":0,"failed":0}' ]
	[ "$(minted)" -eq 2 ]
	[ "$(find "$other/tokens" -type f | wc -l)" -eq 4 ]
}

# event ACTION URL
event() {
	jq -nc --arg action "$1" --arg url "$2" '{id: "0195b6a0-0000-7000-8000-000000000001", provider: "github",
		event: "installation", payload: {action: $action, installation: {id: 42, app_id: 1, account: {login: "acme"},
		access_tokens_url: "\($url)/app/installations/42/access_tokens"}}}'
}

# bats test_tags=F1_7,F1_5
@test "tokenmint: an event belongs to the App at the API that sent it" {
	run -0 --separate-stderr tokenmint sync - <<<"$(event created "$second/api/v3")"
	run -0 tokenmint vault list installation/
	[ "$output" = "installation/42@${host/:/+}" ]
	run -0 --separate-stderr tokenmint sync - <<<"$(event created "$first")"
	run -0 tokenmint vault list installation/
	[ "${#lines[@]}" -eq 2 ]
	run -0 --separate-stderr tokenmint sync - <<<"$(event deleted "$second/api/v3")"
	run -0 tokenmint vault list installation/
	[ "$output" = installation/42 ]
	[ ! -e "$HOOKTOOLS_STATE/installations/inside/acme" ]
	[ -e "$HOOKTOOLS_STATE/installations/main/acme" ]
}

@test "tokenmint: an App that moves to another API asks there" {
	tokenmint get acme --app inside >/dev/null
	tokenmint app add inside --app-id 1 --key-file "$BATS_FILE_TMPDIR/app.pem" --api "$first" 2>/dev/null
	run -0 tokenmint get acme --app inside
	[ "$(asked GET /users/acme/installation)" -eq 1 ]
	[ "$(minted)" -eq 1 ]
}
