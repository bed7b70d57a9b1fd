#include "bin/runjob-shim/names.h"

#include <stdio.h>
#include <string.h>

enum { PID_ROOM = 16 };

void names_add(char *text, size_t size, struct str_view name, pid_t pid)
{
	size_t len = strlen(text);
	size_t i;

	if (len + name.len + PID_ROOM > size)
		return;
	snprintf(text + len, size - len, "%s%.*s (%d)", len ? ", " : "", (int)name.len,
		 name.data, (int)pid);
	/* It stands in JSON, and a process calls itself what it likes. */
	for (i = len; text[i]; i++) {
		if (text[i] == '"' || text[i] == '\\' || text[i] < ' ' || text[i] > '~')
			text[i] = '?';
	}
}
