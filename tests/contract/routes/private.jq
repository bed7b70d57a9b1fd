include "hooktools";
on("push", "pull_request", "release") | select(field("repository.private")) | to("x"; {})
