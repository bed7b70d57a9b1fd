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

# What git writes to its helper: credential ACTION KEY=VALUE... [-- ARGUMENT...]
credential() {
	local action=$1 lines=()
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		lines+=("$1")
		shift
	done
	[ $# -eq 0 ] || shift
	printf '%s\n' "${lines[@]}" '' | tokenmint git-credential "$@" "$action"
}

# The value of a key of the answer in $output.
value() {
	sed -n "s/^$1=//p" <<<"$output"
}

age() {
	tokenmint vault get "$1" >"$BATS_TEST_TMPDIR/aged"
	tokenmint vault put "$1" --expires "$2" <"$BATS_TEST_TMPDIR/aged"
}

# bats test_tags=FX_10
@test "tokenmint: git-credential gives user, token and its end for a path at GitHub" {
	run -0 --separate-stderr credential get protocol=https host=github.com path=acme/site.git
	[ -z "$stderr" ]
	[ "$(value username)" = x-access-token ]
	[ "$(value password)" = "$(tokenmint get acme/site)" ]
	left=$(($(value password_expiry_utc) - $(date +%s)))
	[ "$left" -gt 3500 ]
	[ "$left" -le 3600 ]
	[ "$(minted)" -eq 1 ]
}

# bats test_tags=FX_10
@test "tokenmint: git-credential takes the repository out of longer paths, and host in any case" {
	run -0 credential get protocol=https host=GitHub.COM path=Acme/site.git/info/lfs
	[ "$(value password)" = "$(tokenmint get acme)" ]
	run -0 credential get protocol=https host=github.com path=/acme/site/
	[ "$(value password)" = "$(tokenmint get acme)" ]
}

@test "tokenmint: git-credential is silent about other servers, schemes, ports and users" {
	for other in 'protocol=https host=gitlab.com' 'protocol=http host=github.com' \
		'protocol=https host=github.com:8443' 'protocol=https host=github.com.evil.example' \
		'protocol=https host=github.com username=alice' 'protocol=https'; do
		# shellcheck disable=SC2086 # words on purpose
		run -0 --separate-stderr credential get path=acme/site.git $other
		[ -z "$output" ]
		[ -z "$stderr" ]
	done
	[ "$(minted)" -eq 0 ]
}

@test "tokenmint: git-credential follows HOOKTOOLS_GITHUB_URL" {
	HOOKTOOLS_GITHUB_URL=http://127.0.0.1:8080/ run -0 credential get protocol=http \
		host=127.0.0.1:8080 path=acme/site
	[ "$(value password)" = "$(tokenmint get acme)" ]
	HOOKTOOLS_GITHUB_URL=http://127.0.0.1:8080/ run -0 credential get protocol=https \
		host=github.com path=acme/site
	[ -z "$output" ]
}

# bats test_tags=FX_10
@test "tokenmint: git-credential without a path serves the owner it is told, or the only one" {
	run -0 credential get protocol=https host=github.com -- acme
	token=$(value password)
	[ "$token" = "$(tokenmint get acme)" ]
	run -0 credential get protocol=https host=github.com
	[ "$(value password)" = "$token" ]
	echo beta >"$github/installations/43"
	tokenmint get beta
	run -0 --separate-stderr credential get protocol=https host=github.com
	[ -z "$output" ]
	[[ $stderr == *"credential.useHttpPath"* ]]
}

@test "tokenmint: git-credential told of one owner or repository is silent about the others" {
	run -0 credential get protocol=https host=github.com path=other/site.git -- acme
	[ -z "$output" ]
	run -0 credential get protocol=https host=github.com path=acme/other.git -- acme/site
	[ -z "$output" ]
	run -0 credential get protocol=https host=github.com path=acme/site.git -- ACME/site
	[ -n "$output" ]
}

@test "tokenmint: git-credential limits the token as get does" {
	run -0 credential get protocol=https host=github.com path=acme/site.git -- -r site -p contents=read acme
	[ "$(value password)" = "$(tokenmint get acme/site -p contents=read -r site)" ]
	run -0 jq -c .asked "$github"/tokens/*
	[ "$output" = '{"repositories":["site"],"permissions":{"contents":"read"}}' ]
}

# bats test_tags=FX_10
@test "tokenmint: git-credential gives a new token in place of one that is nearly dead" {
	run -0 credential get protocol=https host=github.com path=acme/site
	first=$(value password)
	age installation/42 20m
	run -0 credential get protocol=https host=github.com path=acme/site
	[ "$(value password)" != "$first" ]
	age installation/42 20m
	run -0 credential get protocol=https host=github.com path=acme/site -- -m 10m acme
	[ "$(minted)" -eq 2 ]
}

@test "tokenmint: git-credential gives no token that lives less than a minute, also when GitHub fails" {
	run -0 credential get protocol=https host=github.com path=acme/site
	age installation/42 50s
	echo 502 >"$github/fail"
	run -75 --separate-stderr credential get protocol=https host=github.com path=acme/site
	[ -z "$output" ]
	[[ $stderr == *"less than a minute"* ]]
	age installation/42 2m
	run -0 --separate-stderr credential get protocol=https host=github.com path=acme/site
	[ -n "$(value password)" ]
}

# bats test_tags=FX_10
@test "tokenmint: git-credential erase drops the token that was refused, once" {
	run -0 credential get protocol=https host=github.com path=acme/site
	first=$(value password)
	run -0 credential erase protocol=https host=github.com path=acme/site username=x-access-token password="$first"
	[ -z "$output" ]
	run -0 credential get protocol=https host=github.com path=acme/site
	second=$(value password)
	[ "$second" != "$first" ]
	[ "$(minted)" -eq 2 ]
	# The old one once more, a wrong one and none: the new one stays.
	run -0 credential erase protocol=https host=github.com path=acme/site password="$first"
	run -0 credential erase protocol=https host=github.com path=acme/site password=ghs_wrong
	run -0 credential erase protocol=https host=github.com path=acme/site
	run -0 credential erase protocol=https host=gitlab.com path=acme/site password="$second"
	run -0 credential get protocol=https host=github.com path=acme/site
	[ "$(value password)" = "$second" ]
	[ "$(minted)" -eq 2 ]
}

@test "tokenmint: git-credential answers git 2.46 with a header that nobody is to keep" {
	run -0 credential get 'capability[]=authtype' 'capability[]=state' protocol=https host=github.com path=acme/site
	[ "${lines[0]}" = 'capability[]=authtype' ]
	[ "$(value authtype)" = Basic ]
	[ "$(value ephemeral)" = 1 ]
	[ -z "$(value password)$(value username)" ]
	[ "$(value credential | base64 -d)" = "x-access-token:$(tokenmint get acme)" ]
	run -0 credential erase 'capability[]=authtype' protocol=https host=github.com path=acme/site \
		authtype=Basic credential="$(value credential)"
	run -0 tokenmint vault list installation/
	[ -z "$output" ]
}

@test "tokenmint: git-credential stores nothing, tells its capabilities, and ignores what is new" {
	run -0 credential store protocol=https host=github.com path=acme/site password=ghp_mine username=x-access-token
	[ -z "$output" ]
	run -0 tokenmint vault list installation/
	[ -z "$output" ]
	run -0 tokenmint git-credential capability
	[ "$output" = "version 0
capability authtype" ]
	run -0 credential whatever protocol=https host=github.com path=acme/site
	[ -z "$output" ]
}

@test "tokenmint: git-credential refuses what git would not write" {
	run -65 --separate-stderr credential get protocol=https host=github.com nonsense
	[ -z "$output" ]
	run -64 --separate-stderr credential get protocol=https -- ../x
	run -64 --separate-stderr tokenmint git-credential
	printf 'protocol=https\nhost=github.com\0.evil\n\n' >"$BATS_TEST_TMPDIR/nul"
	run -65 --separate-stderr tokenmint git-credential get <"$BATS_TEST_TMPDIR/nul"
	[ -z "$output" ]
}

@test "tokenmint: git-credential says why there is no token" {
	run -1 --separate-stderr credential get protocol=https host=github.com path=nobody/x
	[ -z "$output" ]
	[[ $stderr == *nobody* ]]
}

@test "tokenmint: get --refused does not give the token of that hash again" {
	first=$(tokenmint get acme)
	hash=$(printf %s "$first" | openssl dgst -sha256 -binary | base64)
	run -0 tokenmint get acme --refused "$hash"
	second=$output
	[ "$second" != "$first" ]
	run -0 tokenmint get acme --refused "$hash"
	[ "$output" = "$second" ]
	[ "$(minted)" -eq 2 ]
}

# bats test_tags=F4_17
@test "tokenmint: where there is no App a personal access token serves get and git" {
	tokenmint app remove main
	run -78 tokenmint get acme
	printf 'ghp_personal\n' | tokenmint vault put global/pat
	export HOOKTOOLS_GITHUB_TOKEN_NAME=global/pat
	run -0 tokenmint get acme/site
	[ "$output" = ghp_personal ]
	run -0 credential get protocol=https host=github.com path=acme/site
	[ "$(value password)" = ghp_personal ]
	run -0 tokenmint exec acme/site -- tokenmint get acme/site
	[ "$output" = ghp_personal ]
	run -64 --separate-stderr tokenmint get acme -p contents=read
	[[ $stderr == *"cannot be limited"* ]]
	tokenmint vault put global/pat --expires 1ms <<<ghp_old
	run -78 --separate-stderr tokenmint get acme
	[[ $stderr == *"global/pat' has expired"* ]]
	HOOKTOOLS_GITHUB_TOKEN_NAME=global/none run -78 --separate-stderr tokenmint get acme
	[[ $stderr == *"not in the vault"* ]]
}
