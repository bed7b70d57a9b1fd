// issuers.mjs provider|mock|browse|visit|device|session ...: issuers of OpenID Connect made by others.
// provider [REDIRECT]: npm's oidc-provider with one public client, "hooktools", whose people are
// all called jo.  mock: npm's oauth2-mock-server; POST /mint gives a token with the claims of its body.
// browse URL: goes there as a browser of somebody who agrees to everything, and back.
// visit URL: begins with a POST there, and shows what is at the end.
// device URL CODE yes|no: goes there, enters the code, and agrees or says no.
// session JWKS AUDIENCE: the claims of a session's access token on standard input, by jose.
import fs from "node:fs";
import http from "node:http";

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const [action, ...operands] = process.argv.slice(2);

const listen = (server) => new Promise((resolve) =>
	server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}`)));
const say = (url) => console.log(`listening on ${url.replace("http://", "")}`);

// Whoever is asked to log in is jo, and agrees.
async function agree(provider, request, response) {
	const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
	if (prompt.name === "login")
		return provider.interactionFinished(request, response, { login: { accountId: "jo" } });
	const grant = grantId ? await provider.Grant.find(grantId)
		: new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
	grant.addOIDCScope("openid email profile");
	const consent = { grantId: await grant.save() };
	return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

async function serveProvider() {
	const { default: Provider } = await import("oidc-provider");
	const server = http.createServer();
	const url = await listen(server);
	const claims = { email: "jo@example.org", name: "Jo" };
	const provider = new Provider(url, {
		clients: [{
			client_id: "hooktools", application_type: "native", token_endpoint_auth_method: "none",
			redirect_uris: [operands[0] ?? "http://127.0.0.1/callback"], response_types: ["code"],
			grant_types: ["authorization_code", "refresh_token", DEVICE_GRANT],
		}],
		claims: { openid: ["sub"], email: ["email"], profile: ["name"] },
		conformIdTokenClaims: false,
		findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id, ...claims }) }),
		features: { devInteractions: { enabled: false }, deviceFlow: { enabled: true } },
		interactions: { url: (context, interaction) => `/agree/${interaction.uid}` },
		issueRefreshToken: () => true,
		pkce: { required: () => true, methods: ["S256"] },
		ttl: { AccessToken: 60, IdToken: 600 },
	});
	const callback = provider.callback();
	server.on("request", (request, response) => request.url.startsWith("/agree/")
		? agree(provider, request, response).catch((error) => { console.error(error); response.end(); })
		: callback(request, response));
	say(url);
}

async function serveMock() {
	const { OAuth2Server } = await import("oauth2-mock-server");
	const server = new OAuth2Server();
	await server.issuer.keys.generate("RS256");
	await server.issuer.keys.generate("ES256");
	await server.start(0, "127.0.0.1");
	server.issuer.url = `http://127.0.0.1:${server.address().port}`;
	// Tokens with claims of our choice come from a server beside it.
	const minter = http.createServer(async (request, response) => {
		let text = "";
		for await (const part of request)
			text += part;
		const { alg, ...claims } = JSON.parse(text);
		const kid = server.issuer.keys.toJSON().find((key) => key.alg === alg)?.kid;
		response.end(await server.issuer.buildToken({
			kid, expiresIn: 300,
			scopesOrTransform: (header, payload) => { Object.assign(payload, claims); },
		}));
	});
	fs.writeFileSync(operands[0], await listen(minter));
	say(server.issuer.url);
}

// What a browser keeps between its requests.
const jar = new Map();

// go URL [FORM]: what is at the end of all redirects.
async function go(url, form) {
	for (let hop = 0; hop < 20; hop++) {
		const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
		const response = await fetch(url, { redirect: "manual", headers: cookie ? { cookie } : {},
			...form && { method: "POST", body: new URLSearchParams(form) } });
		form = undefined;
		for (const line of response.headers.getSetCookie()) {
			const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
			jar.set(name, value);
		}
		const location = response.headers.get("location");
		if (!location)
			return response;
		url = new URL(location, url).href;
	}
	throw new Error("too many redirects");
}

// The one form of a page: where it goes, and what is in it.
function formOf(html) {
	const field = (text, name) => text.match(new RegExp(`${name}="([^"]*)"`))?.[1];
	const fields = [...html.matchAll(/<input[^>]*>/g)].map(([tag]) => [field(tag, "name"), field(tag, "value") ?? ""]);
	return [field(html.match(/<form[^>]*>/)[0], "action"), Object.fromEntries(fields)];
}

async function enter(url, code, answer) {
	let [to, form] = formOf(await (await go(url)).text());
	[to, form] = formOf(await (await go(to, { ...form, user_code: code })).text());
	if (answer === "no") {
		delete form.confirm;
		form.abort = "yes";
	}
	const response = await go(to, form);
	console.log(response.status, (await response.text()).match(/<h1>(.*?)<[/]h1>/)?.[1]);
}

if (action === "provider") {
	await serveProvider();
} else if (action === "mock") {
	await serveMock();
} else if (action === "browse") {
	console.log((await go(operands[0])).status);
} else if (action === "visit") {
	const response = await go(operands[0], {});
	console.log(`${response.status}\n${await response.text()}`);
} else if (action === "device") {
	await enter(...operands);
} else {
	const jose = await import("jose");
	const keys = jose.createLocalJWKSet(JSON.parse(fs.readFileSync(operands[0])));
	const { payload } = await jose.jwtVerify(fs.readFileSync(0, "utf8").trimEnd(), keys,
		{ issuer: "hooktools", audience: operands[1], typ: "at+jwt", algorithms: ["EdDSA", "ES256"] });
	console.log(JSON.stringify(payload));
}
