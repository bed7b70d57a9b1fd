include "hooktools";
actor("Codertocat") | to("x"; {})
