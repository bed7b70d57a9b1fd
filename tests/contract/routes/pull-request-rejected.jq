include "hooktools";
on("pull_request") | action("closed") | select(action != "merged") | to("x"; {})
