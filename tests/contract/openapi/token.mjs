// token.mjs API KEY-FILE: what `tokenmint get` does, by @octokit/auth-app: a token of installation 42.
import fs from "node:fs";
import { createAppAuth } from "@octokit/auth-app";
import { request } from "@octokit/request";

const [baseUrl, keyFile] = process.argv.slice(2);
const auth = createAppAuth({
	appId: "1",
	privateKey: fs.readFileSync(keyFile, "utf8"),
	request: request.defaults({ baseUrl }),
});
const { token } = await auth({ type: "installation", installationId: 42 });
console.log(token);
