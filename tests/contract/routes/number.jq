include "hooktools";
on("pull_request", "issue") | select(number == 1) | to("x"; {})
