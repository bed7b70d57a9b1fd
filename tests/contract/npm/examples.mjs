// The payloads of @octokit/webhooks-examples: GitHub's own, then those of each Enterprise Server.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const folder = path.dirname(createRequire(import.meta.url).resolve("@octokit/webhooks-examples/package.json"));

export function examples() {
	const found = [];
	for (const server of fs.readdirSync(folder).sort()) {
		const index = path.join(folder, server, "index.json");
		if (!fs.existsSync(index))
			continue;
		for (const { name, examples: payloads } of JSON.parse(fs.readFileSync(index)))
			found.push(...payloads.map((payload) => ({ server, name, payload })));
	}
	return found;
}
