// jose.mjs keys|sign|judge|app DIRECTORY: npm's jose as signer and as judge.
// keys: a pair for each algorithm, as ALG.private.jwk, ALG.public.jwk, ALG.private.pem,
// ALG.public.pem; needs node only.  sign: DIRECTORY/payload as ALG.theirs.  judge: is ALG.ours
// right, with the payload in it, and is it refused once a part was changed?  app: the claims of
// the token on standard input, signed by the key of app.pem.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const [action, directory] = process.argv.slice(2);
const file = (name) => path.join(directory, name);
const read = (name) => fs.readFileSync(file(name));

const pair = (type, options) => () => crypto.generateKeyPairSync(type, options);
const rsa = pair("rsa", { modulusLength: 2048 });
const curve = (namedCurve) => pair("ec", { namedCurve });
const secret = (bytes) => () => {
	const key = crypto.createSecretKey(crypto.randomBytes(bytes));
	return { privateKey: key, publicKey: key };
};
const algorithms = {
	HS256: secret(32), HS384: secret(48), HS512: secret(64),
	RS256: rsa, RS384: rsa, RS512: rsa,
	PS256: rsa, PS384: rsa, PS512: rsa,
	ES256: curve("P-256"), ES384: curve("P-384"), ES512: curve("P-521"),
	EdDSA: pair("ed25519"),
};

function writeKey(name, key, pem) {
	const alg = name.split(".")[0];
	const jwk = { ...key.export({ format: "jwk" }), alg, kid: `the ${alg} "key" of é` };
	fs.writeFileSync(file(`${name}.jwk`), JSON.stringify(jwk));
	const text = key.type === "secret" ? key.export() : key.export({ format: "pem", type: pem });
	fs.writeFileSync(file(`${name}.pem`), text);
}

// Another character in the middle of each part, a part less, a byte more.
function changes(token) {
	const parts = token.split(".");
	const changed = parts.map((part, at) => {
		const middle = part.length >> 1;
		const other = part[middle] === "A" ? "B" : "A";
		return parts.with(at, part.slice(0, middle) + other + part.slice(middle + 1)).join(".");
	});
	return [...changed, `${parts[0]}.${parts[1]}.`, `${parts[0]}.${parts[1]}`, `${token}AAAA`];
}

async function judge(jose, alg) {
	const key = await jose.importJWK(JSON.parse(read(`${alg}.public.jwk`)), alg);
	const token = read(`${alg}.ours`).toString().trimEnd();
	const verify = (text) => jose.compactVerify(text, key, { algorithms: [alg] });
	const { payload, protectedHeader } = await verify(token);
	if (!read("payload").equals(Buffer.from(payload)) || !protectedHeader.kid.includes(alg))
		throw new Error(`${alg}: not what was signed`);
	for (const text of changes(token))
		if (await verify(text).then(() => true, () => false))
			throw new Error(`${alg}: accepted ${text}`);
}

async function sign(jose, alg) {
	const jwk = JSON.parse(read(`${alg}.private.jwk`));
	const signer = new jose.CompactSign(read("payload")).setProtectedHeader({ alg, kid: jwk.kid });
	fs.writeFileSync(file(`${alg}.theirs`), await signer.sign(await jose.importJWK(jwk, alg)));
}

if (action === "keys") {
	for (const [alg, make] of Object.entries(algorithms)) {
		const { privateKey, publicKey } = make();
		writeKey(`${alg}.private`, privateKey, "pkcs8");
		writeKey(`${alg}.public`, publicKey, "spki");
	}
} else if (action === "app") {
	const jose = await import("jose");
	const key = crypto.createPublicKey(read("public.pem"));
	const token = fs.readFileSync(0, "utf8").trimEnd();
	const { payload } = await jose.jwtVerify(token, key, { algorithms: ["RS256"], typ: "JWT" });
	console.log(JSON.stringify(payload));
} else {
	const jose = await import("jose");
	for (const alg of Object.keys(algorithms))
		await (action === "sign" ? sign(jose, alg) : judge(jose, alg));
	console.log(`${action}: ${Object.keys(algorithms).length}`);
}
