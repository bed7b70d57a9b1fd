load ../../helper

@test "tokenmint: help and version" {
	run -0 --separate-stderr tokenmint --help
	[[ ${lines[0]} == "usage: tokenmint vault init" ]]
	[ -z "$stderr" ]
	run -0 --separate-stderr tokenmint -V
	[[ $output =~ ^tokenmint\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "tokenmint: wrong usage is status 64, on stderr" {
	for line in '' nonsense vault 'vault nonsense' 'vault put' 'vault get' 'vault get a b' \
		'app add' 'app add main' 'jwt a b' get 'get a b' sync 'sync x' 'refresh --all x' \
		'get acme --min-ttl 2h' 'get acme --min-ttl x' 'get acme -p contents' \
		'get acme -p contents=all' 'get acme -r a/b' 'get ../x' 'get a/b/c' \
		'vault list --all' 'get --what' 'get acme --app' 'app add main --app-id 1' \
		'app add main --app-id x --key-file f' 'app add x --app-id 1 --key-file /dev/null'; do
		tokenmint vault init 2>/dev/null
		# shellcheck disable=SC2086
		run -64 --separate-stderr tokenmint $line
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
}

@test "tokenmint: the helper is not for people" {
	run -64 --separate-stderr tokenmint-mint --help
	[[ $stderr == *"started by tokenmint"* ]]
}

@test "tokenmint-mint: what is no request is answered as an error, and the next is served" {
	HOOKTOOLS_GITHUB_API=http://127.0.0.1:1 run -0 --separate-stderr tokenmint-mint <<-'END'
		nonsense
		{"method":"GET","path":"//evil/x","token":"t"}
		{"method":"GET","path":"/../x","token":"t"}
		{"method":"GET","path":"/x","token":"t"}
	END
	[ "$(jq -r .error <<<"$output" | tr '\n' ' ')" = "data data data temporary " ]
}

@test "tokenmint-mint: plain http goes to this machine only" {
	HOOKTOOLS_GITHUB_API=http://example.com run -0 --separate-stderr tokenmint-mint \
		<<<'{"method":"GET","path":"/x","token":"t"}'
	[ "$(jq -r .error <<<"$output")" = config ]
	[[ $output == *"not encrypted"* ]]
}
