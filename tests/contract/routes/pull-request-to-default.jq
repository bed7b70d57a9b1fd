include "hooktools";
on("pull_request") | branch(default_branch) | to("x"; {})
