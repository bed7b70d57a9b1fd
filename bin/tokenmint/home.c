#include "bin/tokenmint/home.h"

#include <ctype.h>
#include <string.h>

#include "lib/error.h"

#define URL_MAX 300
#define HOST_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789.-"

/* HOST or HOST:PORT, and no longer than its label may be. */
static bool is_host(const char *text)
{
	size_t len = strspn(text, HOST_CHARACTERS);
	size_t digits = 0;

	if (len == 0 || text[0] == '.' || text[0] == '-' ||
	    strlen(text) >= HOME_LABEL_LEN)
		return false;
	if (text[len] == '\0')
		return true;
	digits = strspn(text + len + 1, "0123456789");
	return text[len] == ':' && digits > 0 && digits <= 5 &&
	       text[len + 1 + digits] == '\0';
}

static const char *scheme_of(const char *text)
{
	if (str_starts(text, "https://"))
		return "https://";
	return str_starts(text, "http://") ? "http://" : NULL;
}

static int read_url(struct buf *base, const char *text, const char *scheme,
		    struct error *err)
{
	const char *host = text + strlen(scheme);
	size_t host_len = strcspn(host, "/");
	auto_buf struct buf authority = BUF_EMPTY;
	size_t len = strlen(text);

	for (size_t i = 0; i < host_len; i++)
		buf_add_char(&authority, (char)tolower((unsigned char)host[i]));
	if (len > URL_MAX || !is_host(buf_str(&authority)) ||
	    strspn(host + host_len, HOST_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ_~/") !=
		    strlen(host + host_len))
		return error_set(err, ERROR_USAGE,
				 "--api '%.300s' is no base of an API: want "
				 "https://HOST/PATH, without a user's name",
				 text);
	while (text[len - 1] == '/')
		len--;
	buf_add_str(base, scheme);
	buf_add(base, authority.data, authority.len);
	if (text + len > host + host_len)
		buf_add(base, host + host_len, (size_t)(text + len - host) - host_len);
	return 0;
}

int home_read(struct buf *base, const char *text, struct error *err)
{
	const char *scheme = scheme_of(text);
	auto_buf struct buf lower = BUF_EMPTY;
	const char *host = NULL;

	if (scheme)
		return read_url(base, text, scheme, err);
	for (const char *c = text; *c; c++)
		buf_add_char(&lower, (char)tolower((unsigned char)*c));
	host = buf_str(&lower);
	if (!is_host(host))
		return error_set(
			err, ERROR_USAGE,
			"--api '%.200s' is no host: want github.com, "
			"SUBDOMAIN.ghe.com, an Enterprise server's, or https://...",
			text);
	if (str_equal(host, "github.com") || str_ends(host, ".ghe.com"))
		buf_add_format(base, "https://%s%s",
			       str_starts(host, "api.") ? "" : "api.", host);
	else if (str_equal(host, "api.github.com"))
		buf_add_format(base, "https://%s", host);
	else
		buf_add_format(base, "https://%s/api/v3", host);
	return 0;
}

void home_label(char label[static HOME_LABEL_LEN], struct str_view base)
{
	size_t at = 0;
	size_t len = 0;

	while (at + 1 < base.len && memcmp(base.data + at, "//", 2) != 0)
		at++;
	for (at += 2; at < base.len && base.data[at] != '/' && len < HOME_LABEL_LEN - 1;
	     at++)
		label[len++] = base.data[at] == ':' ? '+' : base.data[at];
	label[len] = '\0';
}
