load helper

# The foreign libraries that a program is linked with, in one line.
foreign() {
	readelf -d "$build/$1" | sed -nE 's/.*NEEDED.*\[lib(curl|gnutls|jq|microhttpd|sqlite3)[^]]*\]/\1/p' |
		sort | tr '\n' ' '
}

# What is not linked cannot be attacked, and need not be loaded thousands of times a minute.
@test "links: each program has the foreign libraries of its common path, and no other" {
	[ "$(foreign bin/hookrecv)" = "gnutls microhttpd sqlite3 " ]
	[ "$(foreign bin/hookroute)" = "jq " ]
	[ "$(foreign bin/tokenmint)" = "gnutls " ]
	[ "$(foreign bin/runjob)" = "" ]
	[ "$(foreign bin/ghstats)" = "sqlite3 " ]
}

@test "links: so have the helpers" {
	[ "$(foreign libexec/hooktools/runjob-shim)" = "" ]
	[ "$(foreign libexec/hooktools/runjob-certs)" = "gnutls " ]
	[ "$(foreign libexec/hooktools/runjob-queue)" = "" ]
	[ "$(foreign libexec/hooktools/runjob-consume)" = "jq " ]
	[ "$(foreign libexec/hooktools/runjob-diff)" = "jq " ]
	[ "$(foreign libexec/hooktools/runjob-serve)" = "gnutls microhttpd " ]
	[ "$(foreign libexec/hooktools/runjob-attach)" = "" ]
	[ "$(foreign libexec/hooktools/runjob-pipeline)" = "jq " ]
	[ "$(foreign libexec/hooktools/runjob-object)" = "gnutls " ]
	[ "$(foreign libexec/hooktools/runjob-timeline)" = "jq " ]
	[ "$(foreign libexec/hooktools/runjob-registry)" = "gnutls jq " ]
	[ "$(foreign libexec/hooktools/runjob-report)" = "curl jq " ]
	[ "$(foreign libexec/hooktools/tokenmint-agent)" = "gnutls " ]
	[ "$(foreign libexec/hooktools/tokenmint-run)" = "gnutls " ]
	[ "$(foreign libexec/hooktools/tokenmint-mint)" = "curl " ]
	[ "$(foreign libexec/hooktools/tokenmint-identity)" = "gnutls " ]
	[ "$(foreign libexec/hooktools/tokenmint-login)" = "curl gnutls " ]
	[ "$(foreign libexec/hooktools/hookrecv-forge)" = "curl " ]
	[ "$(foreign libexec/hooktools/hookroute-forward)" = "curl gnutls jq " ]
	[ "$(foreign libexec/hooktools/hookroute-plugin)" = "gnutls sqlite3 " ]
	[ "$(foreign libexec/hooktools/hookroute-plugin-exec)" = "gnutls " ]
	[ "$(foreign libexec/hooktools/hookroute-tick)" = "gnutls sqlite3 " ]
	[ "$(foreign libexec/hooktools/ghstats-serve)" = "gnutls microhttpd sqlite3 " ]
}

@test "links: the stack is not executable, and relocations are read-only" {
	local program
	for program in "$build"/bin/* "$build"/libexec/hooktools/*; do
		run -0 readelf -lW "$program"
		[[ $output =~ GNU_STACK.*RW\  ]]
		[[ $output == *GNU_RELRO* ]]
		[[ $output == *'DYN (Position-Independent'* ]]
		# What is started for each job, and stays with it, needs no loader.
		case $program:$build in
		*/runjob-shim:*address*) ;;
		*/runjob-shim:*) [[ $output != *INTERP* ]] ;;
		*) [[ $output == *INTERP* ]] ;;
		esac
	done
}
