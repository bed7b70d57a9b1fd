#include "bin/hookrecv/provider_file.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "bin/hookrecv/provider_check.h"
#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/str.h"

struct field;
typedef int set_fn(struct provider *provider, const struct field *field, char *text,
		   struct error *err);

/* A member of the file and where it goes. */
struct field {
	const char *name;
	set_fn *set;
	size_t offset;
	const char *const *words; /* the values are these, counted from 0 */
};

#define IN_SCHEME(member)                                                                \
	(offsetof(struct provider, schemes) + offsetof(struct provider_scheme, member))

static void *place(struct provider *provider, const struct field *field)
{
	return (char *)provider + field->offset;
}

static int set_text(struct provider *provider, const struct field *field, char *text,
		    struct error *err)
{
	(void)err;
	memcpy(place(provider, field), &text, sizeof(text));
	return 0;
}

/* "X-Event X-Other": at most PROVIDER_NAMES. */
static int set_names(struct provider *provider, const struct field *field, char *text,
		     struct error *err)
{
	const char **to = place(provider, field);
	size_t count;

	for (count = 0; *text; count++) {
		size_t len = strcspn(text, " ");

		if (len == 0 || count == PROVIDER_NAMES)
			return error_set(err, ERROR_CONFIG,
					 "'%s' wants 1 to %d names with a space between",
					 field->name, PROVIDER_NAMES);
		to[count] = text;
		text += len;
		if (*text)
			*text++ = '\0';
	}
	return 0;
}

static int set_word(struct provider *provider, const struct field *field, char *text,
		    struct error *err)
{
	unsigned *to = place(provider, field);
	unsigned i;

	for (i = 0; field->words[i]; i++) {
		if (str_equal(field->words[i], text)) {
			*to = i;
			return 0;
		}
	}
	return error_set(err, ERROR_CONFIG, "'%s' cannot be '%s'", field->name, text);
}

static int set_separator(struct provider *provider, const struct field *field, char *text,
			 struct error *err)
{
	(void)field;
	if (strlen(text) != 1 || !strchr(" ,;", *text))
		return error_set(err, ERROR_CONFIG,
				 "'separator' is a space, ',' or ';', not '%s'", text);
	provider->schemes[0].separator = *text;
	return 0;
}

static int set_tolerance(struct provider *provider, const struct field *field, char *text,
			 struct error *err)
{
	uint64_t ms = 0;

	(void)field;
	if (str_to_duration(&ms, text, err) < 0 || ms < 1000 || ms > 3600 * 1000)
		return error_set(err, ERROR_CONFIG,
				 "'tolerance' is a time from 1s to 1h, not '%s'", text);
	provider->schemes[0].tolerance_s = (uint32_t)(ms / 1000);
	return 0;
}

static int set_form(struct provider *provider, const struct field *field, char *text,
		    struct error *err)
{
	(void)field;
	provider->form_signs_payload = str_equal(text, "payload");
	if (provider->form_signs_payload || str_equal(text, "body"))
		return 0;
	return error_set(err, ERROR_CONFIG, "'form' is 'body' or 'payload', not '%s'",
			 text);
}

static int set_retries(struct provider *provider, const struct field *field, char *text,
		       struct error *err)
{
	(void)field;
	provider->never_again = str_equal(text, "no");
	if (provider->never_again || str_equal(text, "yes"))
		return 0;
	return error_set(err, ERROR_CONFIG, "'retries' is 'yes' or 'no', not '%s'", text);
}

/* In the order of the enums of provider.h. */
static const char *const algorithms[] = { "hmac-sha256", "ed25519", "token", "basic",
					  NULL };
static const char *const encodings[] = { "text", "hex", "base64", NULL };

/* clang-format off */
static const struct field fields[] = {
	{ "summary", set_text, offsetof(struct provider, summary), NULL },
	{ "algorithm", set_word, IN_SCHEME(kind), algorithms },
	{ "header", set_text, IN_SCHEME(header), NULL },
	{ "encoding", set_word, IN_SCHEME(encoding), encodings },
	{ "prefix", set_text, IN_SCHEME(prefix), NULL },
	{ "separator", set_separator, 0, NULL },
	{ "key", set_word, IN_SCHEME(key), encodings },
	{ "key_prefix", set_text, IN_SCHEME(mark), NULL },
	{ "content", set_text, IN_SCHEME(content), NULL },
	{ "id_header", set_text, IN_SCHEME(id), NULL },
	{ "nonce_header", set_text, IN_SCHEME(nonce), NULL },
	{ "time_header", set_text, IN_SCHEME(time), NULL },
	{ "time_item", set_text, IN_SCHEME(time_item), NULL },
	{ "tolerance", set_tolerance, 0, NULL },
	{ "event_header", set_names, offsetof(struct provider, event), NULL },
	{ "delivery_header", set_names, offsetof(struct provider, delivery), NULL },
	{ "event_member", set_names, offsetof(struct provider, event_member), NULL },
	{ "delivery_member", set_names, offsetof(struct provider, delivery_member), NULL },
	{ "ping", set_text, offsetof(struct provider, ping), NULL },
	{ "form", set_form, 0, NULL },
	{ "retries", set_retries, 0, NULL },
};
/* clang-format on */

enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

static int find_field(size_t *index, struct str_view name, struct error *err)
{
	size_t i;

	for (i = 0; i < FIELDS; i++) {
		if (str_view_equal(name, fields[i].name)) {
			*index = i;
			return 0;
		}
	}
	return error_set(err, ERROR_CONFIG, "there is no member '%.*s'",
			 (int)(name.len < 40 ? name.len : 40), name.data);
}

/* Ends the string in place: its closing quote is not read again. */
static int take_string(char **string, char *text, struct str_view raw)
{
	char *value = text + (raw.data - text);

	if (raw.len < 2 || *value != '"' || memchr(value, '\\', raw.len))
		return -1;
	value[raw.len - 1] = '\0';
	*string = value + 1;
	return strpbrk(value + 1, "\x7f") ? -1 : 0;
}

static int take_members(struct provider *provider, char *text, struct error *err)
{
	struct str_view rest = { text, strlen(text) };
	struct str_view name = { NULL, 0 };
	struct str_view raw = { NULL, 0 };
	bool taken[FIELDS] = { false };
	char *value = NULL;
	size_t i = 0;

	while (json_scan_next(&name, &raw, &rest)) {
		if (find_field(&i, name, err) < 0)
			return -1;
		if (taken[i])
			return error_set(err, ERROR_CONFIG, "'%s' is there twice",
					 fields[i].name);
		taken[i] = true;
		if (take_string(&value, text, raw) < 0 || !*value)
			return error_set(err, ERROR_CONFIG,
					 "'%s' is no string without escapes, or empty",
					 fields[i].name);
		if (fields[i].set(provider, &fields[i], value, err) < 0)
			return -1;
	}
	return 0;
}

static int parse(struct provider_file *file, struct error *err)
{
	struct str_view text = { file->text, strlen(file->text) };
	struct provider_scheme *scheme = &file->provider.schemes[0];

	if (!json_plain_is_valid(text) || text.data[strspn(text.data, " \t\r\n")] != '{')
		return error_set(err, ERROR_CONFIG, "it is no JSON object");
	file->provider.name = file->name;
	file->provider.summary = "described by a file";
	if (take_members(&file->provider, file->text, err) < 0)
		return -1;
	if (scheme->kind == PROVIDER_BASIC && !scheme->prefix)
		scheme->prefix = "Basic ";
	return provider_check(&file->provider, err);
}

int provider_file_parse(struct provider_file *file, const char *name, const char *text,
			struct error *err)
{
	auto_provider_file struct provider_file parsed = PROVIDER_FILE_EMPTY;

	parsed.name = str_dup(name);
	parsed.text = str_dup(text);
	if (parse(&parsed, err) < 0)
		return -1;
	*file = parsed;
	parsed = (struct provider_file)PROVIDER_FILE_EMPTY;
	return 0;
}

void provider_file_free(struct provider_file *file)
{
	free(file->name);
	free(file->text);
	*file = (struct provider_file)PROVIDER_FILE_EMPTY;
}
