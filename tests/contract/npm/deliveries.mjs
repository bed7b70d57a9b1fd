// Posts bodies to a hook, and compares what was sent with what lies in the spool.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";

const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

// The status of the answer, and its text.
export function post(url, headers, body) {
	return new Promise((resolve, reject) => {
		const request = http.request(url, { method: "POST", agent, headers }, (answer) => {
			const pieces = [];
			answer.on("data", (piece) => pieces.push(piece));
			answer.on("end", () => resolve({ status: answer.statusCode, text: String(Buffer.concat(pieces)) }));
		});
		request.on("error", reject);
		request.end(body);
	});
}

// All of them, 8 at a time.
export async function each(items, act) {
	const waiting = items.values();
	await Promise.all(Array.from({ length: 8 }, async () => {
		for (const item of waiting)
			await act(item);
	}));
}

// The events of a spool by delivery id; the payload is the line's own bytes.
export function stored(spool) {
	const events = new Map();
	const folder = path.join(spool, "new");
	for (const name of fs.readdirSync(folder)) {
		const lines = fs.readFileSync(path.join(folder, name), "latin1").split("\n");
		for (const line of lines.filter(Boolean)) {
			const event = JSON.parse(Buffer.from(line, "latin1").toString());
			const at = line.indexOf(',"payload":') + ',"payload":'.length;
			if (events.has(event.delivery))
				throw new Error(`delivery ${event.delivery} is there twice`);
			event.bytes = Buffer.from(line.slice(at, -1), "latin1");
			events.set(event.delivery, event);
		}
	}
	return events;
}

// One event a line: a line break that stood between tokens is a space.
export const asOneLine = (text) => Buffer.from(text.replace(/[\r\n]/g, " "));

// What of a sent one is otherwise in the spool's events; null when nothing is.
export function difference({ name, answer, delivery, bytes }, events) {
	const event = events.get(delivery);
	if (!event)
		return `not stored: ${answer.text.trim()}`;
	if (event.id !== JSON.parse(answer.text).id || event.event !== name)
		return `stored as event '${event.event}', id ${event.id}`;
	return event.bytes.equals(bytes) ? null : "other bytes";
}
