# shellcheck shell=bash
# as_nobody COMMAND...: with folders and programs where nobody may go, below $mine.
as_nobody() {
	[ -d "$mine/state" ] || {
		mkdir -p "$mine"/{state,conf,run,job,programs/bin,programs/libexec/hooktools}
		cp "$build"/bin/{runjob,tokenmint} "$mine/programs/bin/"
		cp "$build"/libexec/hooktools/runjob-* "$mine/programs/libexec/hooktools/"
		chown -R 65534:65534 "$mine"
	}
	HOOKTOOLS_STATE=$mine/state HOOKTOOLS_CONF=$mine/conf HOOKTOOLS_RUN=$mine/run HOME=$mine \
		PATH="$mine/programs/bin:$PATH" setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}
