include "hooktools";
on("pull_request") | action("opened", "synchronize", "reopened") | to("x"; {})
