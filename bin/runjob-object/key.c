#include "bin/runjob-object/key.h"

#include <stdio.h>
#include <string.h>

#include "lib/error.h"

bool key_is_valid(const char *key)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+@-/";
	size_t len = strlen(key);

	if (!len || len >= KEY_LEN || strspn(key, letters) != len)
		return false;
	return *key != '.' && *key != '/' && key[len - 1] != '/' && !strstr(key, "//") &&
	       !strstr(key, "/.");
}

int key_check(const char *key, struct error *err)
{
	if (key_is_valid(key))
		return 0;
	return error_set(
		err, ERROR_USAGE,
		"'%.200s' is no key: 1 to %d letters, digits and ._+@-/, no part "
		"of it empty or beginning with a dot",
		key, KEY_LEN - 1);
}

static void replace(char *text, char from, char to)
{
	for (; *text; text++) {
		if (*text == from)
			*text = to;
	}
}

void key_to_name(char name[static KEY_LEN], const char *key)
{
	snprintf(name, KEY_LEN, "%s", key);
	replace(name, '/', ',');
}

bool key_of_name(char key[static KEY_LEN], const char *name)
{
	if (strlen(name) >= KEY_LEN || strchr(name, '/'))
		return false;
	snprintf(key, KEY_LEN, "%s", name);
	replace(key, ',', '/');
	return key_is_valid(key);
}
