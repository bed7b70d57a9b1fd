#include "lib/http_client.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#include "lib/cleanup.h"
#include "lib/error.h"

#define HOPS_MAX 4
#define HEADERS_LIMIT ((size_t)65536)
#define BODY_LIMIT ((size_t)16 << 20)
#define TIMEOUT_MS 30000
#define CONNECT_TIMEOUT_MS 10000

/* One transfer under way. */
struct transfer {
	struct http_client_response *response;
	size_t limit_bytes;
	bool is_too_long;
};

int http_client_open(struct http_client *client, struct error *err)
{
	CURL *handle = NULL;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    !(handle = curl_easy_init()))
		return error_set(err, ERROR_SYSTEM, "start libcurl");
	client->handle = handle;
	return 0;
}

void http_client_close(struct http_client *client)
{
	if (client->handle)
		curl_easy_cleanup(client->handle);
	client->handle = NULL;
}

void http_client_response_wipe(struct http_client_response *response)
{
	buf_wipe(&response->headers);
	buf_wipe(&response->body);
	response->status = 0;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t len = size * count;

	if (transfer->response->body.len + len > transfer->limit_bytes) {
		transfer->is_too_long = true;
		return 0;
	}
	buf_add(&transfer->response->body, bytes, len);
	return len;
}

/* A status line begins another response: after 100 Continue and after a proxy's own. */
static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	struct buf *headers = &transfer->response->headers;
	size_t len = size * count;

	if (len >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
		buf_clear(headers);
		return len;
	}
	if (headers->len + len > HEADERS_LIMIT) {
		transfer->is_too_long = true;
		return 0;
	}
	buf_add(headers, bytes, len);
	return len;
}

static struct str_view trim(struct str_view text)
{
	while (text.len > 0 && strchr(" \t", text.data[0])) {
		text.data++;
		text.len--;
	}
	while (text.len > 0 && strchr(" \t\r", text.data[text.len - 1]))
		text.len--;
	return text;
}

bool http_client_header(struct str_view *value,
			const struct http_client_response *response, const char *name)
{
	const char *rest = buf_str(&response->headers);
	size_t len = strlen(name);

	while (rest) {
		struct str_view line = str_split(&rest, '\n');

		if (line.len <= len || line.data[len] != ':' ||
		    strncasecmp(line.data, name, len) != 0)
			continue;
		*value = trim(
			(struct str_view){ line.data + len + 1, line.len - len - 1 });
		return true;
	}
	return false;
}

/* The parts of an url that make its origin. */
struct origin {
	char *scheme;
	char *host;
	char *port;
};

#define ORIGIN_EMPTY                                                                     \
	{                                                                                \
		NULL, NULL, NULL                                                         \
	}
#define auto_origin __attribute__((cleanup(origin_free)))

static void origin_free(struct origin *origin)
{
	curl_free(origin->scheme);
	curl_free(origin->host);
	curl_free(origin->port);
	*origin = (struct origin)ORIGIN_EMPTY;
}

static int read_origin(struct origin *origin, const char *url, struct error *err)
{
	auto_origin struct origin read = ORIGIN_EMPTY;
	char *user = NULL;
	CURLU *parser = curl_url();
	bool is_good =
		parser && curl_url_set(parser, CURLUPART_URL, url, 0) == CURLUE_OK &&
		curl_url_get(parser, CURLUPART_SCHEME, &read.scheme, 0) == CURLUE_OK &&
		curl_url_get(parser, CURLUPART_HOST, &read.host, 0) == CURLUE_OK &&
		curl_url_get(parser, CURLUPART_PORT, &read.port, CURLU_DEFAULT_PORT) ==
			CURLUE_OK &&
		curl_url_get(parser, CURLUPART_USER, &user, 0) == CURLUE_NO_USER;

	curl_free(user);
	curl_url_cleanup(parser);
	if (!is_good)
		return error_set(err, ERROR_CONFIG, "'%.200s' is no http or https url",
				 url);
	*origin = read;
	read = (struct origin)ORIGIN_EMPTY;
	return 0;
}

static bool is_loopback(const char *host)
{
	return str_equal_nocase(host, "localhost") || str_equal(host, "[::1]") ||
	       (str_starts(host, "127.") && strspn(host, "0123456789.") == strlen(host));
}

static bool is_same_origin(const struct origin *a, const struct origin *b)
{
	return str_equal_nocase(a->scheme, b->scheme) &&
	       str_equal_nocase(a->host, b->host) && str_equal(a->port, b->port);
}

/* In the clear a token may only travel inside this machine. */
static int check_origin(const struct origin *origin, const char *url, struct error *err)
{
	if (str_equal_nocase(origin->scheme, "https"))
		return 0;
	if (!str_equal_nocase(origin->scheme, "http"))
		return error_set(err, ERROR_CONFIG, "'%.200s' is no http or https url",
				 url);
	if (!is_loopback(origin->host))
		return error_set(
			err, ERROR_CONFIG,
			"'%.200s' is not encrypted: http:// is for this machine only",
			url);
	return 0;
}

static int set_transfer_error(struct error *err, CURLcode code, const char *url)
{
	const char *text = curl_easy_strerror(code);

	switch ((int)code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
		return error_set(err, ERROR_DENIED, "reach '%.200s': %s", url, text);
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
		return error_set(err, ERROR_CONFIG, "reach '%.200s': %s", url, text);
	case CURLE_OUT_OF_MEMORY:
		return error_set(err, ERROR_SYSTEM, "reach '%.200s': %s", url, text);
	case CURLE_BAD_CONTENT_ENCODING:
		return error_set(err, ERROR_DATA, "reach '%.200s': %s", url, text);
	default:
		return error_set(err, ERROR_TEMPORARY, "reach '%.200s': %s", url, text);
	}
}

static void set_limits(CURL *handle, const struct http_client_request *request)
{
	uint64_t timeout_ms = request->timeout_ms ? request->timeout_ms : TIMEOUT_MS;

	curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(handle, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	if (request->ca_file)
		curl_easy_setopt(handle, CURLOPT_CAINFO, request->ca_file);
}

/* GitHub pretty-prints for a User-Agent with "curl" in it, so libcurl's own would not do. */
static void set_request(CURL *handle, const struct http_client_request *request,
			struct curl_slist *headers)
{
	curl_easy_setopt(handle, CURLOPT_USERAGENT, "hooktools/" HOOKTOOLS_VERSION);
	curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
	if (!str_equal(request->method, "GET")) { /* without a body: Content-Length: 0 */
		curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)request->body.len);
		curl_easy_setopt(handle, CURLOPT_POSTFIELDS,
				 request->body.data ? request->body.data : "");
	}
	curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request->method);
}

/* "Expect:" keeps libcurl from waiting a second for 100 Continue. */
static struct curl_slist *make_headers(const struct http_client_request *request)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");

	for (const char *const *header = request->headers; header && *header; header++)
		list = curl_slist_append(list, *header);
	return list;
}

/* libcurl's copies bear the token. */
static void free_headers(struct curl_slist *list)
{
	for (struct curl_slist *item = list; item; item = item->next)
		explicit_bzero(item->data, strlen(item->data));
	curl_slist_free_all(list);
}

static int run_hop(struct http_client_response *response, CURL *handle, const char *url,
		   const struct http_client_request *request, struct error *err)
{
	struct transfer transfer = { response, request->limit_bytes, false };
	struct curl_slist *headers = make_headers(request);
	long status = 0;
	CURLcode code = CURLE_OK;

	if (transfer.limit_bytes == 0)
		transfer.limit_bytes = BODY_LIMIT;
	curl_easy_reset(handle);
	set_limits(handle, request);
	set_request(handle, request, headers);
	if (str_starts(url, "http:")) /* to this machine, see check_origin */
		curl_easy_setopt(handle, CURLOPT_PROXY, "");
	curl_easy_setopt(handle, CURLOPT_URL, url);
	curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
	curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
	code = curl_easy_perform(handle);
	free_headers(headers);
	if (transfer.is_too_long)
		return error_set(err, ERROR_DATA,
				 "reach '%.200s': the response is too long", url);
	if (code != CURLE_OK)
		return set_transfer_error(err, code, url);
	curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
	response->status = (int)status;
	return 0;
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 307 || status == 308;
}

/* The url of the next hop, or NULL when the response is the last. */
static int next_hop(char **url, CURL *handle, const struct http_client_response *response,
		    const struct origin *origin, struct error *err)
{
	auto_origin struct origin next = ORIGIN_EMPTY;
	const char *location = NULL;

	if (!is_redirect(response->status))
		return 0;
	curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &location);
	if (!location)
		return 0;
	if (read_origin(&next, location, err) < 0)
		return error_wrap(err, "redirect");
	if (!is_same_origin(origin, &next))
		return error_set(err, ERROR_DENIED,
				 "redirect to another origin '%.200s' refused", location);
	*url = str_dup(location);
	return 0;
}

int http_client_send(struct http_client_response *response, struct http_client *client,
		     const struct http_client_request *request, struct error *err)
{
	auto_http_client_response struct http_client_response read =
		HTTP_CLIENT_RESPONSE_EMPTY;
	auto_origin struct origin origin = ORIGIN_EMPTY;
	auto_free char *url = str_dup(request->url);

	if (read_origin(&origin, url, err) < 0 || check_origin(&origin, url, err) < 0)
		return -1;
	for (int hop = 0; hop < HOPS_MAX; hop++) {
		auto_free char *next = NULL;

		http_client_response_wipe(&read);
		if (run_hop(&read, client->handle, url, request, err) < 0)
			return -1;
		if (!request->stays &&
		    next_hop(&next, client->handle, &read, &origin, err) < 0)
			return -1;
		if (!next) {
			http_client_response_wipe(response);
			*response = read;
			read = (struct http_client_response)HTTP_CLIENT_RESPONSE_EMPTY;
			return 0;
		}
		cleanup_free(&url);
		url = next;
		next = NULL;
	}
	return error_set(err, ERROR_DATA, "reach '%.200s': too many redirects", url);
}
