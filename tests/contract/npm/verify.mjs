// verify.mjs LIBRARY SECRET_FILE HEADERS_FILE BODY_FILE: does LIBRARY take what hookrecv signed?
// Prints yes or no.
import fs from "node:fs";

const [library, ...files] = process.argv.slice(2);
const [secret, head, body] = files.map((file) => fs.readFileSync(file, "utf8"));
const headers = Object.fromEntries(head.trim().split("\n").map((line) => line.split(/: (.*)/, 2)));
let good;
if (library === "@octokit/webhooks-methods") {
	const { verify } = await import(library);
	good = await verify(secret, body, headers["X-Hub-Signature-256"]);
} else {
	const { Webhook } = await import(library);
	try {
		new Webhook(secret).verify(body, headers);
		good = true;
	} catch (error) {
		if (error.constructor.name !== "WebhookVerificationError")
			throw error;
		good = false;
	}
}
console.log(good ? "yes" : "no");
