include "hooktools";
on("release") | action("published") | to("x"; {})
