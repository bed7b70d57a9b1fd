// events.mjs [mutants]: the examples as events of hookevent(5), a line each, and what no example
// shows, made of one that is nearest; with "mutants" what becomes of the examples when members go,
// change their type, or come new: six of each, always the same ones.
import { examples } from "./examples.mjs";

const others = [null, 7, "x/\u0000*{", ["a", null], { name: 1 }, true];

function id(n) {
	return `019a4c3e-1f00-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

function print(n, name, payload) {
	process.stdout.write(JSON.stringify({
		id: id(n), hook: "3f1f2c66-7a52-4f0e-9a50-54c5a3f1c111", name: "examples", provider: "github", event: name,
		delivery: `d${n}`, received_at: "2026-11-20T23:45:10.123Z", remote: null, headers: {}, payload,
	}) + "\n");
}

// Every member, the deepest too: [object, key].
function members(value, found = []) {
	for (const key of Object.keys(value)) {
		found.push([value, key]);
		if (value[key] !== null && typeof value[key] === "object")
			members(value[key], found);
	}
	return found;
}

function mutant(payload, n, turn) {
	const copy = structuredClone(payload);
	const all = members(copy);
	// The outer members are what routes ask for: they come more often.
	const some = turn % 2 ? all : all.filter(([object]) => object === copy);
	const [object, key] = some[(n * 7919 + turn * 104729) % some.length];
	if (turn === 0)
		delete object[key];
	else
		object[key] = others[(n + turn) % others.length];
	copy.brand_new = { action: "never_seen", list: [turn] };
	if (turn === 5)
		copy.action = "never_seen";
	return copy;
}

// Merged, from a fork, failed, private.
function* unseen({ name, payload }) {
	const copy = structuredClone(payload);
	if (name === "pull_request" && payload.action === "closed") {
		copy.pull_request.merged = true;
		yield copy;
	} else if (name === "pull_request" && payload.action === "opened") {
		copy.pull_request.head.repo = { ...copy.pull_request.head.repo, id: 1 };
		yield copy;
	} else if (name === "workflow_run" && payload.action === "completed") {
		copy.workflow_run.conclusion = "timed_out";
		yield copy;
	} else if (name === "push" && !payload.deleted) {
		copy.repository.private = true;
		yield copy;
	}
}

const all = examples();
if (process.argv[2] === "mutants") {
	all.forEach(({ name, payload }, n) => {
		for (let turn = 0; turn < 6; turn++)
			print(n * 6 + turn, name, mutant(payload, n, turn));
	});
} else {
	let n = 0;
	for (const { name, payload } of all)
		print(n++, name, payload);
	for (const example of all)
		for (const payload of unseen(example))
			print(n++, example.name, payload);
}
