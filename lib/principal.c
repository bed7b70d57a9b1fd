#include "lib/principal.h"

#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "lib/path.h"
#include "lib/role.h"

void principal_free(struct principal *principal)
{
	free(principal->subject);
	free(principal->name_space);
	*principal = (struct principal)PRINCIPAL_EMPTY;
}

bool principal_is_namespace(const char *name)
{
	return strlen(name) <= PRINCIPAL_NAMESPACE_MAX && path_is_safe_name(name);
}

bool principal_is_subject(struct str_view text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] < ' ' || text.data[i] == '\x7f')
			return false;
	return text.len > 0 && text.len <= PRINCIPAL_SUBJECT_MAX;
}

bool principal_may(const struct principal *principal, const char *verb,
		   const char *object, const char *name_space)
{
	if (!role_may(principal->roles, verb, object))
		return false;
	if (!principal->name_space)
		return true;
	if (!name_space)
		return role_only_looks(verb);
	return str_equal(principal->name_space, name_space);
}

void principal_write_roles(struct json_writer *writer, unsigned roles)
{
	json_write_array(writer, "roles");
	for (int i = ROLE_COUNT - 1; i >= 0; i--)
		if (roles & ROLE_SET(i))
			json_write_string(writer, NULL, role_name((enum role)i));
	json_write_array_end(writer);
}

void principal_write(struct json_writer *writer, const struct principal *principal)
{
	json_write_string(writer, "subject", principal->subject);
	json_write_string(writer, "namespace", principal->name_space);
	principal_write_roles(writer, principal->roles);
}

bool principal_read_roles(unsigned *roles, struct str_view array)
{
	struct str_view element = { NULL, 0 };
	unsigned read = 0;

	if (array.len == 0 || array.data[0] != '[')
		return false;
	while (json_scan_element(&element, &array)) {
		enum role role = ROLE_VIEWER;

		if (element.len < 2 || element.data[0] != '"' ||
		    !role_read(&role,
			       (struct str_view){ element.data + 1, element.len - 2 }))
			return false;
		read |= ROLE_SET(role);
	}
	if (read != 0)
		*roles = read;
	return read != 0;
}

void principal_add_roles(struct buf *out, unsigned roles)
{
	const char *comma = "";

	for (int i = ROLE_COUNT - 1; i >= 0; i--) {
		if (!(roles & ROLE_SET(i)))
			continue;
		buf_add_format(out, "%s%s", comma, role_name((enum role)i));
		comma = ",";
	}
}
