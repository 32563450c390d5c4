// Certificates for tests, made with the openssl command.
//
// Use:    const ca = makeCa("My CA"); const leaf = makeLeaf("device-1", ca);
//         {cert, key, thumbprint} as PEM and SHA-1 in upper-case hex; without a CA: self-signed.
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const kDays = "30";

function inFolder(work) {
    const folder = mkdtempSync(join(tmpdir(), "twinstorm-certificates-"));
    try {
        return work(folder);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

function openssl(words) {
    execFileSync("openssl", words, { stdio: ["ignore", "ignore", "pipe"] });
}

function described(cert, key) {
    const hex = (text) => text.replaceAll(":", "").toUpperCase();
    const { fingerprint, fingerprint256 } = new X509Certificate(cert);
    return { cert, key, thumbprint: hex(fingerprint), thumbprint256: hex(fingerprint256) };
}

const kEcKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

function selfSigned(name, more) {
    return inFolder((folder) => {
        const [cert, key] = ["cert.pem", "key.pem"].map((file) => join(folder, file));
        openssl(["req", "-x509", ...kEcKey, "-subj", `/CN=${name}`, "-days", kDays,
            "-keyout", key, "-out", cert, ...more]);
        return described(readFileSync(cert, "utf8"), readFileSync(key, "utf8"));
    });
}

export function makeCa(name) {
    return selfSigned(name, ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]);
}

export function makeLeaf(name, ca, isCa = false) {
    if (!ca) {
        return selfSigned(name, ["-addext", "extendedKeyUsage=clientAuth"]);
    }
    return inFolder((folder) => {
        const path = (file) => join(folder, file);
        writeFileSync(path("ca.pem"), ca.cert);
        writeFileSync(path("ca-key.pem"), ca.key);
        writeFileSync(path("ext"), isCa ? "basicConstraints=critical,CA:TRUE\n"
            : "basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth\n");
        openssl(["req", ...kEcKey, "-subj", `/CN=${name}`,
            "-keyout", path("key.pem"), "-out", path("request.pem")]);
        openssl(["x509", "-req", "-in", path("request.pem"), "-CA", path("ca.pem"),
            "-CAkey", path("ca-key.pem"), "-CAcreateserial", "-days", kDays,
            "-extfile", path("ext"), "-out", path("cert.pem")]);
        return described(readFileSync(path("cert.pem"), "utf8"),
            readFileSync(path("key.pem"), "utf8"));
    });
}
