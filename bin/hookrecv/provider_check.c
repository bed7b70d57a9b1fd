#include "bin/hookrecv/provider_check.h"

#include <stddef.h>
#include <string.h>

#include "bin/hookrecv/provider.h"
#include "lib/error.h"
#include "lib/str.h"

static const char header_letters[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	"0123456789-_";

static int check_header(const char *header, struct error *err)
{
	if (!header)
		return 0;
	if (str_equal_nocase(header, "Content-Type"))
		return error_set(err, ERROR_CONFIG, "'%s' has another use", header);
	if (header[strspn(header, header_letters)] == '\0')
		return 0;
	return error_set(err, ERROR_CONFIG, "'%s' is no name of a header", header);
}

static int check_different(const char *one, const char *other, struct error *err)
{
	if (!one || !other || !str_equal_nocase(one, other))
		return 0;
	return error_set(err, ERROR_CONFIG, "'%s' cannot be two things at once", one);
}

/* A header has one meaning; only what tells the delivery may be signed as {id} or {nonce}. */
static int check_uses(const struct provider *provider, struct error *err)
{
	const struct provider_scheme *scheme = &provider->schemes[0];
	const char *const used[] = { scheme->header, scheme->time, scheme->id,
				     scheme->nonce };
	size_t i;
	size_t j;

	for (i = 0; i < sizeof(used) / sizeof(used[0]); i++) {
		for (j = 0; j < i; j++) {
			if (check_different(used[j], used[i], err) < 0)
				return -1;
		}
		for (j = 0; j < PROVIDER_NAMES; j++) {
			if (check_different(used[i], provider->event[j], err) < 0 ||
			    (i < 2 &&
			     check_different(used[i], provider->delivery[j], err) < 0))
				return -1;
		}
	}
	return 0;
}

static int check_headers(const struct provider *provider, struct error *err)
{
	const struct provider_scheme *scheme = &provider->schemes[0];
	size_t i;

	if (!scheme->header)
		return error_set(err, ERROR_CONFIG, "'header' is missing");
	if (check_header(scheme->header, err) < 0 || check_header(scheme->id, err) < 0 ||
	    check_header(scheme->nonce, err) < 0 || check_header(scheme->time, err) < 0)
		return -1;
	for (i = 0; i < PROVIDER_NAMES; i++) {
		if (check_header(provider->event[i], err) < 0 ||
		    check_header(provider->delivery[i], err) < 0)
			return -1;
	}
	return check_uses(provider, err);
}

static unsigned count(const char *text, const char *word)
{
	unsigned found = 0;

	while ((text = strstr(text, word))) {
		text += strlen(word);
		found++;
	}
	return found;
}

/* A name that stands in the content wants a member that tells where it comes from, and a
 * member that is there wants its name in the content: what is not signed proves nothing. */
static int check_name(const char *content, const char *name, const char *from,
		      struct error *err)
{
	bool used = count(content, name) > 0;

	if (used && !from)
		return error_set(err, ERROR_CONFIG,
				 "no member tells what %s in 'content' is", name);
	if (!used && from)
		return error_set(err, ERROR_CONFIG,
				 "'%s' is not signed: no %s in 'content'", from, name);
	return 0;
}

static int check_content(const struct provider_scheme *scheme, struct error *err)
{
	const char *content = scheme->content ? scheme->content : "{body}";
	unsigned names = count(content, "{id}") + count(content, "{time}") +
			 count(content, "{nonce}") + count(content, "{body}");

	if (count(content, "{body}") != 1)
		return error_set(err, ERROR_CONFIG, "'content' wants {body} once");
	if (count(content, "{") != names || count(content, "}") != names)
		return error_set(err, ERROR_CONFIG,
				 "'content' knows {body}, {id}, {time} and {nonce}");
	if (check_name(content, "{id}", scheme->id, err) < 0 ||
	    check_name(content, "{nonce}", scheme->nonce, err) < 0)
		return -1;
	return check_name(content, "{time}",
			  scheme->time ? scheme->time : scheme->time_item, err);
}

static int check_time(const struct provider_scheme *scheme, struct error *err)
{
	bool timed = scheme->time || scheme->time_item;

	if (scheme->time && scheme->time_item)
		return error_set(err, ERROR_CONFIG,
				 "'time_header' and 'time_item' exclude each other");
	if (scheme->time_item && !scheme->separator)
		return error_set(err, ERROR_CONFIG, "'time_item' wants a 'separator'");
	if (timed != (scheme->tolerance_s > 0))
		return error_set(err, ERROR_CONFIG,
				 "a signed time and 'tolerance' want "
				 "each other");
	return 0;
}

/* What stands in front of an item of the list must be found there. */
static int check_front(const char *name, const char *text, char separator,
		       struct error *err)
{
	if (!text || (*text != ' ' && (!separator || !strchr(text, separator))))
		return 0;
	return error_set(err, ERROR_CONFIG,
			 "'%s' begins with a space or has the separator in it", name);
}

static int check_signed(const struct provider_scheme *scheme, struct error *err)
{
	if (scheme->encoding == PROVIDER_TEXT)
		return error_set(err, ERROR_CONFIG, "'encoding' is 'hex' or 'base64'");
	if (scheme->kind == PROVIDER_ED25519 && scheme->key == PROVIDER_TEXT)
		return error_set(err, ERROR_CONFIG,
				 "'key' of ed25519 is 'hex' or 'base64'");
	if (check_content(scheme, err) < 0 || check_time(scheme, err) < 0 ||
	    check_front("prefix", scheme->prefix, scheme->separator, err) < 0)
		return -1;
	return check_front("time_item", scheme->time_item, scheme->separator, err);
}

/* Of a token only the header and what stands in front of it can be told. */
static int check_token(const struct provider_scheme *scheme, struct error *err)
{
	if (scheme->encoding || scheme->key || scheme->mark || scheme->separator ||
	    scheme->content || scheme->id || scheme->nonce || scheme->time ||
	    scheme->time_item || scheme->tolerance_s)
		return error_set(
			err, ERROR_CONFIG,
			"a token signs nothing: of the signature it has 'header' "
			"and 'prefix' alone");
	return check_front("prefix", scheme->prefix, '\0', err);
}

int provider_check(const struct provider *provider, struct error *err)
{
	const struct provider_scheme *scheme = &provider->schemes[0];

	if (check_headers(provider, err) < 0)
		return -1;
	if (scheme->kind == PROVIDER_TOKEN || scheme->kind == PROVIDER_BASIC)
		return check_token(scheme, err);
	return check_signed(scheme, err);
}
