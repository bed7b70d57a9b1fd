load helper

# complete_line WORD...: what is offered for the last word.
complete_line() {
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_hooktools "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
	printf '%s\n' "${COMPREPLY[@]}"
}

setup() {
	# shellcheck source=share/completions/hookrecv
	. "$top/share/completions/hookrecv"
}

offers() {
	run -0 complete_line "${@:2}"
	[ "$output" = "$1" ] || {
		echo "wanted: $1"
		echo "got: $output"
		return 1
	}
}

@test "completions: there is a file for each program, and it completes it" {
	local program
	for program in "$build"/bin/*; do
		program=${program##*/}
		[ -f "$top/share/completions/$program" ]
		complete -p "$program"
	done
}

@test "completions: commands" {
	offers $'add\nbans\ndisable\ndoctor\nenable\nexplain\nlist\nproviders\nreconcile\nremove\nrotate\nserve\nshow\nsign' hookrecv ''
	offers start runjob sta
	offers $'delete\nexport\nget\nimport\ninit\nlist\nput\nrekey\ntest' tokenmint vault ''
	offers $'add\nlist\nremove\nshow' tokenmint app ''
	offers 'github' runjob report g
	offers $'deploy\ndeployments' runjob pipeline depl
	offers --canary runjob pipeline deploy --can
	offers --expires runjob object put --exp
	echo '{"pipeline":"site","tasks":[{"id":"a","exec":["true"]}]}' | runjob pipeline register
	offers site runjob pipeline show s
	offers $'add\nlist\nnext\nremove\nstart\nstop' hookroute schedule ''
	offers $'lift\nlist' hookrecv bans ''
}

@test "completions: options of the command at hand" {
	offers --max-body hookrecv add acme/site --max
	offers --secret-file hookrecv sign --sec
	offers --min-ttl tokenmint get acme/site --min
	offers --help runjob --he
	offers '' hookrecv list --max
}

@test "completions: options that several commands share" {
	offers --memory runjob run --mem
	offers --timeout runjob start --timeo
}

@test "completions: ids" {
	local id
	make_key
	id=$(hookrecv add acme/site --json | jq -r .id)
	offers "$id" hookrecv remove ''
	offers "$id" hookrecv show "${id:0:3}"
}

@test "completions: every command that a usage text names first is offered" {
	local program command
	for program in "$build"/bin/*; do
		program=${program##*/}
		for command in $("$program" --help | sed 's/^usage: //' | awk -v p="$program" '$1 == p { print $2 }' |
			grep -E '^[a-z]+$' | sort -u); do
			run -0 complete_line "$program" ''
			grep -qx "$command" <<<"$output" || {
				echo "$program $command"
				return 1
			}
		done
	done
}
