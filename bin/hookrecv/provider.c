#include "bin/hookrecv/provider.h"

#include <stddef.h>

#include "lib/str.h"

/* clang-format off */
#define FIVE_MINUTES 300

/* standardwebhooks.com, specification 1.0; the secret tells which of the two it is. */
#define STANDARD(family)                                                                 \
	.header = family "-signature", .encoding = PROVIDER_BASE64, .separator = ' ',     \
	.key = PROVIDER_BASE64, .content = "{id}.{time}.{body}", .id = family "-id",      \
	.time = family "-timestamp", .tolerance_s = FIVE_MINUTES
#define STANDARD_V1(family) { STANDARD(family), .prefix = "v1,", .mark = "whsec_" }
#define STANDARD_V1A(family)                                                             \
	{ STANDARD(family), .kind = PROVIDER_ED25519, .prefix = "v1a,", .mark = "whpk_" }
#define HMAC(name, before) { .header = (name), .encoding = PROVIDER_HEX, .prefix = (before) }
#define TOKEN(name, before) { .header = (name), .kind = PROVIDER_TOKEN, .prefix = (before) }

static const struct provider providers[] = {
	{
		/* docs.github.com/webhooks: validating webhook deliveries */
		.name = "github", .summary = "GitHub and GitHub Enterprise Server",
		.schemes = { HMAC("X-Hub-Signature-256", "sha256=") },
		.event = { "X-GitHub-Event" }, .delivery = { "X-GitHub-Delivery" },
		.ping = "ping", .never_again = true,
	},
	{
		/* A signing token, where it is set, beats the older secret token; the event's
		 * own UUID is shared by all hooks it fires and names no delivery. */
		.name = "gitlab", .summary = "GitLab: secret token or signing token",
		.schemes = { STANDARD_V1("webhook"), TOKEN("X-Gitlab-Token", NULL) },
		.event = { "X-Gitlab-Event" }, .delivery = { "webhook-id", "Idempotency-Key" },
		.never_again = true,
	},
	{
		/* go-gitea services/webhook/deliver.go: every family of headers at once */
		.name = "gitea", .summary = "Gitea",
		.schemes = { HMAC("X-Gitea-Signature", NULL), HMAC("X-Gogs-Signature", NULL),
			     HMAC("X-Hub-Signature-256", "sha256=") },
		.event = { "X-Gitea-Event" }, .delivery = { "X-Gitea-Delivery" },
		.form_signs_payload = true, .never_again = true,
	},
	{
		.name = "forgejo", .summary = "Forgejo, Codeberg",
		.schemes = { HMAC("X-Forgejo-Signature", NULL), HMAC("X-Gitea-Signature", NULL),
			     HMAC("X-Gogs-Signature", NULL),
			     HMAC("X-Hub-Signature-256", "sha256=") },
		.event = { "X-Forgejo-Event", "X-Gitea-Event" },
		.delivery = { "X-Forgejo-Delivery", "X-Gitea-Delivery" },
		.form_signs_payload = true, .never_again = true,
	},
	{
		.name = "gogs", .summary = "Gogs",
		.schemes = { HMAC("X-Gogs-Signature", NULL) },
		.event = { "X-Gogs-Event" }, .delivery = { "X-Gogs-Delivery" },
		.form_signs_payload = true, .never_again = true,
	},
	{
		/* The header is named like GitHub's old one with SHA-1, and is SHA-256. */
		.name = "bitbucket", .summary = "Bitbucket Cloud",
		.schemes = { HMAC("X-Hub-Signature", "sha256=") },
		.event = { "X-Event-Key" }, .delivery = { "X-Request-UUID" },
	},
	{
		.name = "bitbucket-server", .summary = "Bitbucket Data Center and Server",
		.schemes = { HMAC("X-Hub-Signature", "sha256=") },
		.event = { "X-Event-Key" }, .delivery = { "X-Request-Id" },
		.ping = "diagnostics:ping",
	},
	{
		.name = "azure", .summary = "Azure DevOps: Basic authentication",
		.schemes = { { "Authorization", PROVIDER_BASIC, .prefix = "Basic " } },
		.event_member = { "eventType" }, .delivery_member = { "id" },
	},
	{
		/* man.sr.ht/api-conventions.md: the key is that of sr.ht itself */
		.name = "sourcehut", .summary = "SourceHut: Ed25519, the secret is its public key",
		.schemes = { { "X-Payload-Signature", PROVIDER_ED25519, PROVIDER_BASE64,
			       .key = PROVIDER_BASE64, .content = "{body}{nonce}",
			       .nonce = "X-Payload-Nonce" } },
		.event = { "X-Webhook-Event" }, .delivery = { "X-Webhook-Delivery" },
		.public_key = "uX7KWyyDNMaBma4aVbJ/cbUQpdjqczuCyK/HxzV/u+4=",
	},
	{
		/* Svix, who began it, sends the same under a name of its own. */
		.name = "standard", .summary = "Standard Webhooks: v1 (whsec_…) and v1a (whpk_…)",
		.schemes = { STANDARD_V1A("webhook"), STANDARD_V1("webhook"),
			     STANDARD_V1A("svix"), STANDARD_V1("svix") },
		.event = { "webhook-event", "X-Event" }, .delivery = { "webhook-id", "svix-id" },
	},
	{
		/* api.slack.com: verifying requests from Slack */
		.name = "slack", .summary = "Slack",
		.schemes = { { "X-Slack-Signature", PROVIDER_HMAC, PROVIDER_HEX, "v0=",
			       .content = "v0:{time}:{body}",
			       .time = "X-Slack-Request-Timestamp",
			       .tolerance_s = FIVE_MINUTES } },
		.event_member = { "event.type", "type" }, .delivery_member = { "event_id" },
		.ping = "url_verification", .challenge = "challenge",
	},
	{
		/* The key is the text "whsec_…" itself, unlike that of Standard Webhooks. */
		.name = "stripe", .summary = "Stripe",
		.schemes = { { "Stripe-Signature", PROVIDER_HMAC, PROVIDER_HEX, "v1=", ',',
			       .content = "{time}.{body}", .time_item = "t=",
			       .tolerance_s = FIVE_MINUTES } },
		.event_member = { "type" }, .delivery_member = { "id" },
	},
	{
		.name = "hmac", .summary = "any sender of X-Hub-Signature-256: sha256=<hex>",
		.schemes = { HMAC("X-Hub-Signature-256", "sha256=") },
		.event = { "X-Event", "X-Event-Key", "X-GitHub-Event" },
		.delivery = { "X-Delivery", "X-Request-Id", "X-Request-UUID" },
	},
	{
		.name = "token", .summary = "any sender of Authorization: Bearer <secret>, or X-Api-Key",
		.schemes = { TOKEN("Authorization", "Bearer "), TOKEN("X-Api-Key", NULL) },
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

bool provider_signs_in(const struct provider *provider, const char *name)
{
	size_t i;

	for (i = 0; i < PROVIDER_SCHEMES && provider->schemes[i].header; i++) {
		if (str_equal_nocase(provider->schemes[i].header, name))
			return true;
	}
	return false;
}

bool provider_hides_header(const struct provider *provider, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if (str_equal_nocase(hidden[i], name))
			return true;
	}
	return provider_signs_in(provider, name);
}

bool provider_is_named_by_payload(const struct provider *provider)
{
	return provider->event_member[0] || provider->delivery_member[0];
}
