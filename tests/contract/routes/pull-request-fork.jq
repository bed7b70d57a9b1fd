include "hooktools";
on("pull_request") | select(is_fork) | to("x"; {})
