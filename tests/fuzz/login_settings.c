#include "lib/login_settings.h"

#include <string.h>

#include "lib/error.h"
#include "lib/oidc.h"
#include "lib/oidc_policy.h"
#include "tests/fuzz/fuzz.h"

/* Settings that are taken have an address, a client and a policy, all of them sound. */
static void check(const struct login_settings *settings)
{
	struct str_view policy = { settings->text.data, settings->text.len };
	struct error err = { 0 };

	FUZZ_PROMISE(oidc_check_issuer(settings->url, &err) == 0);
	FUZZ_PROMISE(!strchr(strstr(settings->url, "://") + 3, '/'));
	FUZZ_PROMISE(*settings->client_id && !strpbrk(settings->client_id, "\r\n"));
	FUZZ_PROMISE(!settings->secret_file || settings->secret_file[0] == '/');
	FUZZ_PROMISE(!settings->issuer || oidc_check_issuer(settings->issuer, &err) == 0);
	FUZZ_PROMISE(oidc_policy_check(policy, &err) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	auto_login_settings struct login_settings settings = LOGIN_SETTINGS_EMPTY;
	struct str_view view = { text, size };
	struct error err = { 0 };

	if (login_settings_read(&settings, view, &err) == 0)
		check(&settings);
	else
		FUZZ_PROMISE(err.kind == ERROR_CONFIG && !settings.url);
	return 0;
}
