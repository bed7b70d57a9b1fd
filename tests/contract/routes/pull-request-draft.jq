include "hooktools";
on("pull_request") | select(is_draft) | to("x"; {})
