#include "lib/vault_name.h"

#include <string.h>

#include "lib/error.h"
#include "lib/path.h"

#define PART_LEN_MAX 200 /* leaves room for the names of locks and temporary files */
#define PARTS_MAX 3
#define NAME_LEN_MAX ((size_t)PARTS_MAX * (PART_LEN_MAX + 1))

static const struct scope {
	const char *name;
	int parts; /* of the whole name, the scope counted */
} scopes[] = {
	{ "app", 2 },	   { "global", 2 },	{ "identity", 2 }, { "installation", 2 },
	{ "pipeline", 3 }, { "repository", 2 }, { "user", 2 },
};

bool vault_is_part(struct str_view part)
{
	char name[PART_LEN_MAX + 1] = "";

	if (part.len > PART_LEN_MAX)
		return false;
	memcpy(name, part.data, part.len);
	/* file_replace makes its temporary files beside the secrets. */
	return path_is_safe_name(name) && !str_ends(name, ".tmp");
}

static int scope_parts(struct str_view part)
{
	for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++)
		if (str_view_equal(part, scopes[i].name))
			return scopes[i].parts;
	return 0;
}

const char *vault_scope(int *folders, unsigned number)
{
	if (number >= sizeof scopes / sizeof scopes[0])
		return NULL;
	*folders = scopes[number].parts - 1;
	return scopes[number].name;
}

bool vault_is_name(const char *name)
{
	const char *rest = name;
	int parts = 0;
	int want = 0;

	if (strlen(name) > NAME_LEN_MAX)
		return false;
	while (rest) {
		struct str_view part = str_split(&rest, '/');

		if (!vault_is_part(part))
			return false;
		if (parts++ == 0)
			want = scope_parts(part);
	}
	return parts == want;
}

int vault_name_check(const char *name, struct error *err)
{
	if (vault_is_name(name))
		return 0;
	return error_set(
		err, ERROR_USAGE,
		"'%.200s' is no name of a secret: want global/NAME, repository/NAME, "
		"installation/ID, app/NAME, user/NAME or pipeline/PIPELINE/NAME",
		name);
}
