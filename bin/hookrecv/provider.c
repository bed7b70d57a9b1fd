#include "bin/hookrecv/provider.h"

#include <stddef.h>

#include "lib/str.h"

/* clang-format off */
static const struct provider providers[] = {
	{
		/* docs.github.com/webhooks: validating webhook deliveries */
		.name = "github", .summary = "GitHub and GitHub Enterprise Server",
		.schemes = { { "X-Hub-Signature-256", PROVIDER_HEX, "sha256=" } },
		.event = { "X-GitHub-Event" }, .delivery = { "X-GitHub-Delivery" },
		.ping = "ping",
	},
	{
		/* A signing token, where it is set, beats the older secret token; the event's
		 * own UUID is shared by all hooks it fires and names no delivery. */
		.name = "gitlab", .summary = "GitLab: secret token or signing token",
		.schemes = { { "webhook-signature", PROVIDER_STANDARD, "v1," },
			     { "X-Gitlab-Token", PROVIDER_TOKEN, "" } },
		.event = { "X-Gitlab-Event" }, .delivery = { "webhook-id", "Idempotency-Key" },
	},
	{
		/* go-gitea services/webhook/deliver.go: every family of headers at once */
		.name = "gitea", .summary = "Gitea",
		.schemes = { { "X-Gitea-Signature", PROVIDER_HEX, "" },
			     { "X-Gogs-Signature", PROVIDER_HEX, "" },
			     { "X-Hub-Signature-256", PROVIDER_HEX, "sha256=" } },
		.event = { "X-Gitea-Event" }, .delivery = { "X-Gitea-Delivery" },
		.form_signs_payload = true,
	},
	{
		.name = "forgejo", .summary = "Forgejo, Codeberg",
		.schemes = { { "X-Forgejo-Signature", PROVIDER_HEX, "" },
			     { "X-Gitea-Signature", PROVIDER_HEX, "" },
			     { "X-Gogs-Signature", PROVIDER_HEX, "" },
			     { "X-Hub-Signature-256", PROVIDER_HEX, "sha256=" } },
		.event = { "X-Forgejo-Event", "X-Gitea-Event" },
		.delivery = { "X-Forgejo-Delivery", "X-Gitea-Delivery" },
		.form_signs_payload = true,
	},
	{
		/* standardwebhooks.com, specification 1.0 */
		.name = "standard", .summary = "Standard Webhooks (v1)",
		.schemes = { { "webhook-signature", PROVIDER_STANDARD, "v1," } },
		.event = { "webhook-event", "X-Event" }, .delivery = { "webhook-id" },
	},
	{
		.name = "hmac", .summary = "any sender of X-Hub-Signature-256: sha256=<hex>",
		.schemes = { { "X-Hub-Signature-256", PROVIDER_HEX, "sha256=" } },
		.event = { "X-Event", "X-Event-Key", "X-GitHub-Event" },
		.delivery = { "X-Delivery", "X-Request-Id", "X-Request-UUID" },
	},
	{
		.name = "none", .summary = "nothing is verified: anybody who knows the URL may send",
		.event = { "X-Event", "X-Event-Key", "X-GitHub-Event" },
		.delivery = { "X-Delivery", "X-Request-Id", "X-Request-UUID" },
		.open = true,
	},
};
/* clang-format on */

enum { PROVIDERS = sizeof(providers) / sizeof(providers[0]) };

static const char *const hidden[] = {
	"Authorization",       "Proxy-Authorization",  "Cookie",
	"X-Gitlab-Token",      "X-Hub-Signature",      "X-Hub-Signature-256",
	"X-Gitea-Signature",   "X-Gogs-Signature",     "X-Forgejo-Signature",
	"webhook-signature",   "svix-signature",       "X-Slack-Signature",
	"Stripe-Signature",    "X-Payload-Signature",  "X-GitHub-Encoded-Secret",
	"X-Signature-Ed25519", "X-Amz-Security-Token", "X-Api-Key",
};

const struct provider *provider_find(const char *name)
{
	size_t i;

	for (i = 0; i < PROVIDERS; i++) {
		if (str_equal(providers[i].name, name))
			return &providers[i];
	}
	return NULL;
}

const struct provider *provider_next(const struct provider *provider)
{
	if (!provider)
		return providers;
	return provider + 1 < providers + PROVIDERS ? provider + 1 : NULL;
}

bool provider_hides_header(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if (str_equal_nocase(hidden[i], name))
			return true;
	}
	return false;
}
