include "hooktools";
on("pull_request") | action("merged") | to("x"; {})
