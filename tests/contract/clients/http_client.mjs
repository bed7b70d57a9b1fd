// http_client.mjs URL SECRET: what node's HTTP clients can do with a request.
// Prints a line for each way: its name, the delivery, the status of each answer.  https trusts
// what $NODE_EXTRA_CA_CERTS has.
import { createHmac } from "node:crypto";
import http from "node:http";
import https from "node:https";
import http2 from "node:http2";

const [url, secret] = process.argv.slice(2);
const client = url.startsWith("https") ? https : http;
const small = '{"n":1}';
const large = `{"fill":"${"x".repeat(3000000)}"}`;
let number = 0;

function signed(body, more) {
	return {
		"Content-Type": "application/json",
		"X-GitHub-Event": "push",
		"X-GitHub-Delivery": `node-${++number}`,
		"X-Hub-Signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
		...more,
	};
}

// send(request) writes the body.
function ask(body, send, { agent, ...more } = {}) {
	const headers = signed(body, more);
	return new Promise((resolve, reject) => {
		const request = client.request(url, { method: "POST", agent, headers, timeout: 20000 });
		request.on("response", (answer) => {
			answer.resume();
			answer.on("end", () => resolve(`${headers["X-GitHub-Delivery"]}:${answer.statusCode}`));
		});
		request.on("timeout", () => request.destroy(new Error("no answer")));
		request.on("error", reject);
		send(request);
	});
}

const say = (name, ...answers) => console.log(name, ...answers);
const at_once = (body) => (request) => request.end(body);

function in_pieces(body, size) {
	return (request) => {
		for (let at = 0; at < body.length; at += size)
			request.write(body.slice(at, at + size));
		request.end();
	};
}

// Not a byte before the server says that it wants them.
const when_told = (body) => (request) => {
	request.on("continue", () => request.end(body));
	request.flushHeaders();
};

say("length", await ask(small, at_once(small), { "Content-Length": small.length }));
say("chunked", await ask(small, in_pieces(small, 1)));
say("chunked-large", await ask(large, in_pieces(large, 65521)));
say("large", await ask(large, at_once(large), { "Content-Length": large.length }));
say("expect", await ask(small, when_told(small), { "Content-Length": small.length, "Expect": "100-continue" }));
say("expect-chunked", await ask(large, when_told(large), { "Expect": "100-continue" }));

const agent = new client.Agent({ keepAlive: true, maxSockets: 1 });
const kept = [];
for (let n = 0; n < 3; n++)
	kept.push(await ask(small, at_once(small), { agent, "Content-Length": small.length }));
say("kept", ...kept);
agent.destroy();

async function fetched(body, more) {
	const headers = signed(small);
	const answer = await fetch(url, { method: "POST", headers, body, ...more });
	await answer.text();
	return `${headers["X-GitHub-Delivery"]}:${answer.status}`;
}

say("fetch", await fetched(small));
say("fetch-stream", await fetched(new Blob([small]).stream(), { duplex: "half" }));

// An offer to speak HTTP/2 is not taken: the answer is one of HTTP/1.1.
say("upgrade", await ask(small, at_once(small), {
	"Content-Length": small.length,
	"Connection": "Upgrade, HTTP2-Settings",
	"Upgrade": "h2c",
	"HTTP2-Settings": "AAMAAABkAAQCAAAAAAIAAAAA",
}));

// HTTP/2 without an offer ends at once.
const ended = await new Promise((resolve) => {
	const session = http2.connect(new URL(url).origin);
	session.setTimeout(20000, () => resolve("timeout"));
	session.on("error", (error) => resolve(error.code));
	session.on("close", () => resolve("closed"));
	const stream = session.request({ ":method": "POST", ":path": new URL(url).pathname, ...signed(small) });
	stream.on("error", () => {});
	stream.end(small);
});
say("http2", ended);
process.exit(0);
