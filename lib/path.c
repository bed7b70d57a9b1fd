#include "lib/path.h"

#include <string.h>

#include "lib/str.h"

char *path_join(const char *dir, const char *name)
{
	return str_format("%s%s%s", dir, str_ends(dir, "/") ? "" : "/", name);
}

bool path_is_safe_name(const char *name)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._+@-";
	size_t len = strlen(name);

	return len > 0 && len <= 255 && name[0] != '.' && strspn(name, allowed) == len;
}
