// cut.mjs FROM TO PATH...: of GitHub's description only these paths and what they need, so
// that a judge is up in a second.  Says which of the paths it does not have.  Where it does
// not say how a refusal looks, it is to look as the others do (basic-error).  A body has no
// members that it does not tell of.  GitHub's own links to further pages and to what has another
// name now go by a repository's number, of which it does not tell: those paths are as the named ones.
import fs from "node:fs";

const [from, to, ...wanted] = process.argv.slice(2);
const whole = JSON.parse(fs.readFileSync(from));
const paths = Object.fromEntries(wanted.filter((path) => whole.paths[path]).map((path) => [path, whole.paths[path]]));
const components = {};

function keep(node) {
	if (Array.isArray(node)) return node.forEach(keep);
	if (!node || typeof node !== "object") return undefined;
	if (typeof node.$ref === "string") {
		const [, , kind, name] = node.$ref.split("/");
		if (!components[kind]?.[name]) {
			(components[kind] ??= {})[name] = whole.components[kind][name];
			keep(whole.components[kind][name]);
		}
	}
	// An account is a user or an enterprise; for the list alone it says that it is both.
	if (node.allOf?.map((kind) => kind.title).join() === "Simple User,Enterprise") {
		node.anyOf = node.allOf;
		delete node.allOf;
	}
	delete node.examples;
	delete node.example;
	return Object.values(node).forEach(keep);
}

const BY_NAME = "/repos/{owner}/{repo}/";
for (const path of wanted.filter((path) => path.startsWith(BY_NAME) && paths[path])) {
	const copy = structuredClone(paths[path]);
	for (const operation of Object.values(copy)) {
		operation.operationId += "-by-number";
		operation.parameters = operation.parameters.filter(({ $ref }) => !/[/](owner|repo)$/.test($ref));
		operation.parameters.push({ name: "repository_id", in: "path", required: true, schema: { type: "string" } });
	}
	paths[path.replace(BY_NAME, "/repositories/{repository_id}/")] = copy;
}

for (const path of Object.values(paths))
	for (const { requestBody } of Object.values(path))
		for (const { schema } of Object.values(requestBody?.content ?? {}))
			if (schema.properties && !schema.oneOf && !schema.anyOf) schema.additionalProperties = false;

const refusal = {
	description: "refused",
	content: { "application/json": { schema: { $ref: "#/components/schemas/basic-error" } } },
};
for (const path of Object.values(paths))
	for (const operation of Object.values(path))
		for (const status of [401, 403, 404, 429]) operation.responses[status] ??= refusal;
keep(paths);
fs.writeFileSync(to, JSON.stringify({ openapi: whole.openapi, info: whole.info, servers: [{ url: "/" }], paths, components }));
for (const path of wanted.filter((path) => !whole.paths[path])) console.log(`not in the description: ${path}`);
