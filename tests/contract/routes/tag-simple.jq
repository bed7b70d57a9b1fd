include "hooktools";
tag("simple-*", "v?.*", "0.0.*") | to("x"; {})
