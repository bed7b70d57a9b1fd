// standard.mjs URL SECRET_FILE SPOOL LIBRARY FAMILY: sends GitHub's examples (as any text will
// do) signed by LIBRARY, standardwebhooks or svix, in headers FAMILY-id, -timestamp and
// -signature.  Then one of a body that was changed, and one that was signed too early.
// Prints how many there were, how many were accepted and lie in the spool with their own
// bytes, and how the two were answered.
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import { asOneLine, difference, each, post, stored } from "./deliveries.mjs";
import { examples } from "./examples.mjs";

const [url, secretFile, spool, library, family] = process.argv.slice(2);
const { Webhook } = await import(library);
const webhook = new Webhook(fs.readFileSync(secretFile, "utf8"));

function sign(delivery, body, age = 0) {
	const time = new Date(Date.now() - age * 1000);
	return {
		"Content-Type": "application/json",
		"webhook-event": "example",
		[`${family}-id`]: delivery,
		[`${family}-timestamp`]: String(Math.floor(time.getTime() / 1000)),
		[`${family}-signature`]: webhook.sign(delivery, time, body),
	};
}

const all = examples().filter(({ server }) => server === "api.github.com");
await each(all, async (example) => {
	const body = JSON.stringify(example.payload, null, 2);
	example.name = "example";
	example.delivery = `msg_${randomUUID().replaceAll("-", "")}`;
	example.bytes = asOneLine(body);
	example.answer = await post(url, sign(example.delivery, body), body);
});
const events = stored(spool);
const same = all.filter((example) => example.answer.status === 202 && !difference(example, events));
const changed = await post(url, sign("msg_changed", "{}"), "{ }");
const old = await post(url, sign("msg_old", "{}", 301), "{}");
const codes = [changed, old].map(({ status, text }) => `${status} ${JSON.parse(text).error.code}`);
console.log(`${library}: ${all.length} sent, ${same.length} accepted and the same in the spool; ` +
	`changed: ${codes[0]}, old: ${codes[1]}`);
