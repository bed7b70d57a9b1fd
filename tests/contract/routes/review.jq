include "hooktools";
on("review") | action("submitted") | to("x"; {})
