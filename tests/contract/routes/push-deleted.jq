include "hooktools";
deleted("**") | to("x"; {})
