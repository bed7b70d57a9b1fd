#include "bin/tokenmint/options.h"

#include <stdlib.h>
#include <string.h>

#include "lib/error.h"
#include "lib/jws.h"
#include "lib/str.h"
#include "lib/vault_rules.h"

#define MIN_TTL_MS ((uint64_t)25 * 60 * 1000)
#define URI_CHARACTERS                                                                   \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"                 \
	"-._~:;=?&%/+@!$'()*,[]#"
#define MIN_TTL_LIMIT_MS ((uint64_t)55 * 60 * 1000)

const char options_usage[] =
	"usage: tokenmint vault init\n"
	"       tokenmint vault put NAME [--file F|-] [--expires 90d] [--for WHO]...\n"
	"       tokenmint vault get NAME [--for WHO]...\n"
	"       tokenmint vault list [PREFIX] [--limit N] [--after NAME] [--for WHO]... "
	"[--json]\n"
	"       tokenmint vault delete NAME [--for WHO]...\n"
	"       tokenmint vault rekey [--key-file F] [--json]\n"
	"       tokenmint vault test STORE [--json]\n"
	"       tokenmint vault export [PREFIX] [--recipient R]... [--recipients-file "
	"F]\n"
	"       tokenmint vault import --identity F [--file F|-]\n"
	"       tokenmint app add NAME --app-id N|--client-id C --key-file F|- [--api "
	"HOST]\n"
	"       tokenmint app add NAME --app-id N|--client-id C --sign-command NAME "
	"[--api HOST]\n"
	"       tokenmint app add NAME --app-id N|--client-id C --key-uri URI [--api "
	"HOST]\n"
	"       tokenmint app list|show NAME|remove NAME [--json]\n"
	"       tokenmint jwt [NAME]\n"
	"       tokenmint jws sign --jwk F|- [--alg A] [--file F|-]\n"
	"       tokenmint jws verify --jwk F|- [--alg A]... [--file F|-]\n"
	"       tokenmint jws verify --jwks F|- [--alg A]... [--file F|-]\n"
	"       tokenmint get OWNER[/REPO] [--app NAME] [--min-ttl 25m] [--repository "
	"R]...\n"
	"                 [--permission contents=read]... [--json]\n"
	"                 [--agent SOCKET] [--refused HASH]\n"
	"       tokenmint git-credential [OWNER[/REPO]] get|store|erase|capability\n"
	"                 [--app NAME] [--min-ttl 25m] [--repository R]...\n"
	"                 [--permission contents=read]... [--agent SOCKET]\n"
	"       tokenmint exec OWNER[/REPO] [--app NAME] [--min-ttl 25m] [--repository "
	"R]...\n"
	"                 [--permission contents=read]... -- CMD...\n"
	"       tokenmint agent [--listen unix:PATH] [--policy FILE] [--check]\n"
	"       tokenmint revoke OWNER|--all|--stdin [--app NAME]\n"
	"       tokenmint sync -\n"
	"       tokenmint refresh [--all|OWNER...] [--app NAME] [--older-than 30m]\n"
	"       tokenmint run-token issue --run ID [--role R]... [--namespace NAME]\n"
	"                 [--expires 1d] [--json]\n"
	"       tokenmint run-token revoke|verify --run ID\n"
	"       tokenmint run-token list [--run ID] [--limit N] [--after ID]\n"
	"       tokenmint doctor [--json]\n"
	"       tokenmint prune [--older-than 7d] [--audit-older-than 400d]\n"
	"       tokenmint apikey bootstrap [--name TEXT] [--expires 90d|never] [--json]\n"
	"       tokenmint apikey create [--role admin|operator|viewer]... "
	"[--namespace NAME]\n"
	"                 [--name TEXT] [--expires 90d|never] [--json]\n"
	"       tokenmint apikey list [--limit N] [--after ID] [--json]\n"
	"       tokenmint apikey show ID\n"
	"       tokenmint apikey revoke ID\n"
	"       tokenmint apikey verify < key\n"
	"       tokenmint session issue --audience NAME [--no-refresh] < key\n"
	"       tokenmint session issue --audience NAME --subject NAME [--role ROLE]...\n"
	"                 [--namespace NAME] [--no-refresh]\n"
	"       tokenmint session verify --audience NAME < token\n"
	"       tokenmint session refresh < token\n"
	"       tokenmint session revoke ID|--subject NAME|--all\n"
	"       tokenmint session list [--subject NAME] [--limit N] [--after ID] "
	"[--json]\n"
	"       tokenmint session keys\n"
	"       tokenmint session rotate [--alg EdDSA|ES256]\n"
	"       tokenmint oidc verify --issuer URL --audience NAME [--alg A]... "
	"[--policy "
	"FILE]\n"
	"                 [--leeway 60s] < token\n"
	"       tokenmint login [--device|--web] [--issuer URL] [--client-id C]\n"
	"                 [--client-secret-file F] [--scope TEXT] [--port N] [--timeout "
	"5m]\n"
	"       tokenmint logout [--issuer URL]\n"
	"       tokenmint visitor begin|finish|refresh|end < question\n"
	"       tokenmint whoami [--issuer URL] [--repositories]\n";

static const struct option longs[] = {
	{ "after", required_argument, NULL, 'n' },
	{ "agent", required_argument, NULL, 'G' },
	{ "alg", required_argument, NULL, 'g' },
	{ "all", no_argument, NULL, 'A' },
	{ "api", required_argument, NULL, 'u' },
	{ "app", required_argument, NULL, 'a' },
	{ "app-id", required_argument, NULL, 'i' },
	{ "client-id", required_argument, NULL, 'c' },
	{ "debug", no_argument, NULL, 'd' },
	{ "expires", required_argument, NULL, 'e' },
	{ "file", required_argument, NULL, 'f' },
	{ "for", required_argument, NULL, 'F' },
	{ "help", no_argument, NULL, 'h' },
	{ "identity", required_argument, NULL, 'y' },
	{ "json", no_argument, NULL, 'j' },
	{ "jwk", required_argument, NULL, 'k' },
	{ "jwks", required_argument, NULL, 's' },
	{ "key-file", required_argument, NULL, 'f' },
	{ "key-uri", required_argument, NULL, 'K' },
	{ "limit", required_argument, NULL, 'l' },
	{ "min-ttl", required_argument, NULL, 'm' },
	{ "older-than", required_argument, NULL, 'o' },
	{ "permission", required_argument, NULL, 'p' },
	{ "recipient", required_argument, NULL, 'R' },
	{ "recipients-file", required_argument, NULL, 'T' },
	{ "refused", required_argument, NULL, 'x' },
	{ "repository", required_argument, NULL, 'r' },
	{ "sign-command", required_argument, NULL, 'S' },
	{ "stdin", no_argument, NULL, 'I' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int add_text(const char **texts, size_t *count, size_t limit, struct error *err)
{
	if (*count >= limit)
		return error_set(err, ERROR_USAGE, "too many arguments at '%s'", optarg);
	texts[(*count)++] = optarg;
	return 0;
}

static int take_app_id(struct options *options, struct error *err)
{
	uint64_t number = 0;

	options->app_id = optarg;
	if (str_to_u64(&number, optarg, 1, UINT32_MAX, err) < 0)
		return error_set(err, ERROR_USAGE, "--app-id wants a number, not '%s'",
				 optarg);
	return 0;
}

/* Client ids look like Iv23liABCDEFGHIJKLMN. */
static int take_client_id(struct options *options, struct error *err)
{
	options->client_id = optarg;
	if (!*optarg || strlen(optarg) > 100 ||
	    strspn(optarg,
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.") !=
		    strlen(optarg))
		return error_set(err, ERROR_USAGE, "--client-id '%s' is none", optarg);
	return 0;
}

static int take_min_ttl(struct options *options, struct error *err)
{
	options->is_ttl_asked = true;
	if (str_to_duration(&options->min_ttl_ms, optarg, err) < 0 ||
	    options->min_ttl_ms > MIN_TTL_LIMIT_MS)
		return error_set(
			err, ERROR_USAGE,
			"--min-ttl wants a time up to 55m, not '%s': tokens live an hour",
			optarg);
	return 0;
}

/* A PIN in the URI would stand in the arguments. */
static int take_key_uri(struct options *options, struct error *err)
{
	options->key_uri = optarg;
	if (!str_starts(optarg, "pkcs11:") || strlen(optarg) > 1000 ||
	    strspn(optarg, URI_CHARACTERS) != strlen(optarg))
		return error_set(err, ERROR_USAGE, "--key-uri wants pkcs11:...");
	if (strstr(optarg, "pin-value"))
		return error_set(err, ERROR_USAGE,
				 "--key-uri has a PIN in it: put that into a file, and "
				 "pin-source=file:... here");
	return 0;
}

static int take_time(uint64_t *time_ms, const char *name, struct error *err)
{
	if (str_to_duration(time_ms, optarg, err) < 0)
		return error_set(err, ERROR_USAGE, "%s wants a time as 30m, not '%s'",
				 name, optarg);
	return 0;
}

static int take_permission(struct options *options, struct error *err)
{
	const char *sign = strchr(optarg, '=');
	size_t name_len = sign ? (size_t)(sign - optarg) : 0;

	if (!name_len || strspn(optarg, "abcdefghijklmnopqrstuvwxyz_") != name_len ||
	    (!str_equal(sign, "=read") && !str_equal(sign, "=write") &&
	     !str_equal(sign, "=admin")))
		return error_set(err, ERROR_USAGE,
				 "--permission wants NAME=read, write or admin, not '%s'",
				 optarg);
	return add_text(options->permissions, &options->permission_count, OPTIONS_SCOPE,
			err);
}

static int take_repository(struct options *options, struct error *err)
{
	if (!str_is_name(optarg) || strchr(optarg, '/'))
		return error_set(err, ERROR_USAGE,
				 "--repository wants a name without its owner, not '%s'",
				 optarg);
	return add_text(options->repositories, &options->repository_count, OPTIONS_SCOPE,
			err);
}

static int take_reader(struct options *options, struct error *err)
{
	if (!vault_is_subject(optarg))
		return error_set(err, ERROR_USAGE,
				 "--for wants pipeline/NAME, namespace/NAME, user/NAME "
				 "or another of hookvault(5), not '%s'",
				 optarg);
	return add_text(options->readers, &options->reader_count, OPTIONS_SCOPE, err);
}

static int take_algorithm(struct options *options, struct error *err)
{
	if (!jws_algorithm(&options->algorithm,
			   (struct str_view){ optarg, strlen(optarg) }))
		return error_set(
			err, ERROR_USAGE,
			"--alg wants HS256, RS256, PS256, ES256 (or 384, 512) or "
			"EdDSA, not '%s'",
			optarg);
	options->algorithms |= JWS_ALGORITHM(options->algorithm);
	options->algorithm_count++;
	return 0;
}

/* Options that are taken as they stand. */
static const struct text {
	int letter;
	size_t at;
} texts[] = {
	{ 'n', offsetof(struct options, after) },
	{ 'G', offsetof(struct options, agent) },
	{ 'u', offsetof(struct options, api) },
	{ 'a', offsetof(struct options, app) },
	{ 'f', offsetof(struct options, file) },
	{ 'k', offsetof(struct options, jwk) },
	{ 's', offsetof(struct options, jwks) },
	{ 'x', offsetof(struct options, refused) },
	{ 'S', offsetof(struct options, signer) },
	{ 'T', offsetof(struct options, recipients_file) },
	{ 'y', offsetof(struct options, identity) },
};

static bool take_text(struct options *options, int letter)
{
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (texts[i].letter == letter) {
			memcpy((char *)options + texts[i].at, &optarg, sizeof optarg);
			return true;
		}
	return false;
}

static int take(void *context, int letter, struct error *err)
{
	struct options *options = context;

	if (take_text(options, letter))
		return 0;
	switch (letter) {
	case 'K':
		return take_key_uri(options, err);
	case 'A':
		options->all = true;
		return 0;
	case 'c':
		return take_client_id(options, err);
	case 'e':
		return take_time(&options->expires_ms, "--expires", err);
	case 'F':
		return take_reader(options, err);
	case 'g':
		return take_algorithm(options, err);
	case 'i':
		return take_app_id(options, err);
	case 'j':
		options->json = true;
		return 0;
	case 'l':
		return cli_limit(&options->limit, optarg, err);
	case 'm':
		return take_min_ttl(options, err);
	case 'o':
		return take_time(&options->older_than_ms, "--older-than", err);
	case 'p':
		return take_permission(options, err);
	case 'R':
		return add_text(options->recipients, &options->recipient_count,
				OPTIONS_SCOPE, err);
	case 'r':
		return take_repository(options, err);
	case 'I':
		options->from_stdin = true;
		return 0;
	default:
		return error_set(err, ERROR_BUG, "option -%c", letter);
	}
}

int options_parse(struct options *options, int argc, char *argv[], struct error *err)
{
	static const struct cli_grammar grammar = {
		"AIK:R:S:T:a:c:de:F:f:G:g:hi:jk:l:m:n:o:p:r:s:u:Vx:y:", longs, take
	};

	*options =
		(struct options){ .cli = { .program = "tokenmint", .context = options },
				  .agent = getenv("HOOKTOOLS_AGENT"),
				  .min_ttl_ms = MIN_TTL_MS };
	if (options->agent && !*options->agent)
		options->agent = NULL;
	return cli_parse(&options->cli, &grammar, argc, argv, err);
}
