// octokit.mjs URL SECRET_FILE SPOOL KIND: sends every example of @octokit/webhooks-examples,
// signed by @octokit/webhooks-methods.  KIND is json (with line breaks between tokens), form, or
// pings (those alone, to a provider that has none).  Prints how many there were, how they were answered, how many lie
// in the spool under their event's name with their own bytes; and what differs.
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import { sign } from "@octokit/webhooks-methods";
import { asOneLine, difference, each, post, stored } from "./deliveries.mjs";
import { examples } from "./examples.mjs";

const [url, secretFile, spool, kind] = process.argv.slice(2);
const secret = fs.readFileSync(secretFile, "utf8");

function write(example, n) {
	if (kind !== "form") {
		const text = JSON.stringify(example.payload, null, n % 2 ? "\t" : 2);
		return { type: "application/json", text, body: n % 3 ? text : text.replace(/\n/g, "\r\n") };
	}
	const text = JSON.stringify(example.payload);
	return { type: "application/x-www-form-urlencoded", text, body: String(new URLSearchParams({ payload: text })) };
}

async function send(example, n) {
	const { type, text, body } = write(example, n);
	const headers = {
		"Accept": "*/*",
		"Content-Type": type,
		"Content-Length": Buffer.byteLength(body),
		"User-Agent": "GitHub-Hookshot/044aadd",
		"X-GitHub-Delivery": randomUUID(),
		"X-GitHub-Event": example.name,
		"X-GitHub-Hook-ID": "292430182",
		"X-GitHub-Hook-Installation-Target-ID": "79929171",
		"X-GitHub-Hook-Installation-Target-Type": "repository",
		"X-Hub-Signature-256": await sign(secret, body),
	};
	if (example.server.startsWith("ghes-")) {
		headers["X-GitHub-Enterprise-Host"] = "ghes.example.com";
		headers["X-GitHub-Enterprise-Version"] = `3.${example.server.slice(-1)}.0`;
	}
	if (kind === "pings")
		headers["X-Delivery"] = headers["X-GitHub-Delivery"];
	example.answer = await post(url, headers, body);
	example.delivery = headers["X-GitHub-Delivery"];
	example.bytes = asOneLine(kind === "form" ? text : body);
}

const all = examples().filter(({ name }) => kind !== "pings" || name === "ping");
await each(all.map((example, n) => [example, n]), ([example, n]) => send(example, n));
const events = stored(spool);
const accepted = all.filter(({ answer }) => answer.status === 202);
const pings = all.filter(({ name, answer, delivery }) =>
	name === "ping" && answer.status === 200 && JSON.parse(answer.text).ping === true && !events.has(delivery));
let same = 0;
for (const example of accepted) {
	const problem = difference(example, events);
	if (problem)
		console.log(`${example.server} ${example.name}: ${problem}`);
	else
		same++;
}
const names = new Set(accepted.map(({ name }) => name)).size;
console.log(`${kind}: ${all.length} sent, ${accepted.length} accepted, ${pings.length} pings, ` +
	`${same} the same in the spool, ${names} kinds of event`);
process.exit(accepted.length + pings.length === all.length && same === accepted.length ? 0 : 1);
