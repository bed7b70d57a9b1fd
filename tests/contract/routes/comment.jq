include "hooktools";
on("comment") | action("created") | to("x"; {})
