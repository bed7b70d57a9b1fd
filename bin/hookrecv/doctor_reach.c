#include <string.h>

#include "bin/hookrecv/doctor.h"
#include "bin/hookrecv/options.h"
#include "bin/hookrecv/probe.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/str.h"

/* Does a server answer where the forges send to? */

enum { URLS = 8 };

/* "HTTP/1.1 405 Method Not Allowed": the number, 0 when it is none. */
static unsigned status_of(const struct buf *answer)
{
	const char *text = buf_str(answer);

	if (!str_starts(text, "HTTP/1.") || answer->len < strlen("HTTP/1.1 200"))
		return 0;
	return (unsigned)str_leading_u64(text + strlen("HTTP/1.1 "));
}

static bool is_ours(const struct buf *answer, unsigned status)
{
	return status == 405 && strstr(buf_str(answer), "\"method_not_allowed\"");
}

static void judge_hook(struct doctor *doctor, const char *url, const struct buf *answer)
{
	unsigned status = status_of(answer);

	if (is_ours(answer, status))
		doctor_say(doctor, DOCTOR_OK, NULL, "hookrecv answers at %s", url);
	else if (status == 429)
		doctor_say(doctor, DOCTOR_WARN, "hookrecv bans list",
			   "%s answers 429: who asks from here is banned", url);
	else
		doctor_say(doctor, DOCTOR_FAIL, "does the proxy hand /hook/ on?",
			   "%s answers %u, and not as hookrecv does", url, status);
}

/* state: of a URL that cannot be reached: from inside a network its own outside often
 * cannot be. */
static void try_url(struct doctor *doctor, const char *url, enum doctor_state state)
{
	auto_free char *next =
		str_format("curl -i %s/hook/ from outside, which should say 405", url);
	auto_probe struct probe probe = PROBE_NONE;
	auto_buf struct buf answer = BUF_EMPTY;
	struct error err = { 0 };

	if (probe_url(&probe, url, &err) < 0)
		doctor_say(doctor, DOCTOR_FAIL, NULL, "%s", err.message);
	else if (probe_ask(&answer, &probe, &err) < 0)
		doctor_say(doctor, state, next, "%s: %s", url, err.message);
	else if (probe.tls)
		doctor_say(doctor, DOCTOR_OK, NULL,
			   "%s takes connections; curl -i %s/hook/ should say 405", url,
			   url);
	else
		judge_hook(doctor, url, &answer);
}

static void try_listen(struct doctor *doctor, const char *address)
{
	static const char next[] = "systemctl status hookrecv.socket hookrecv";
	auto_probe struct probe probe = PROBE_NONE;
	auto_buf struct buf answer = BUF_EMPTY;
	struct error err = { 0 };

	if (probe_listen(&probe, address, &err) < 0 ||
	    probe_ask(&answer, &probe, &err) < 0)
		doctor_say(doctor, DOCTOR_FAIL, next, "%s: %s", address, err.message);
	else if (!status_of(&answer))
		doctor_say(doctor, DOCTOR_WARN, "curl -ki https://ADDR:PORT/healthz",
			   "%s takes connections, and answers no plain HTTP: is it TLS?",
			   address);
	else if (status_of(&answer) != 200)
		doctor_say(doctor, DOCTOR_FAIL, next, "%s answers %u to /healthz",
			   address, status_of(&answer));
	else
		doctor_say(doctor, DOCTOR_OK, NULL, "a server is well at %s", address);
}

/* The URLs that the hooks were added with, each once. */
static unsigned try_hooks(struct doctor *doctor)
{
	const char *urls[URLS] = { NULL };
	unsigned count = 0;
	size_t i;

	for (i = 0; i < doctor->hooks.count && count < URLS; i++) {
		const char *url = doctor->hooks.hooks[i].url;
		unsigned j = 0;

		while (j < count && !str_equal(urls[j], url))
			j++;
		if (!url || j < count)
			continue;
		urls[count++] = url;
		try_url(doctor, url, DOCTOR_WARN);
	}
	return count;
}

void doctor_reach(struct doctor *doctor)
{
	const struct options *options = doctor->options;
	const char *url = options->url
				  ? options->url
				  : config_get(&doctor->config, "HOOKTOOLS_HOOK_URL");

	if (options->listen)
		try_listen(doctor, options->listen);
	if (url)
		try_url(doctor, url, DOCTOR_FAIL);
	if (!url && !try_hooks(doctor) && !options->listen)
		doctor_say(doctor, DOCTOR_WARN,
			   "hookrecv doctor --listen ADDR:PORT, or --url URL",
			   "nobody said where the server is");
}
