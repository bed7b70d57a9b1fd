include "hooktools";
on("*_alert") | action("created") | to("x"; {})
