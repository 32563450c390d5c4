// Runs test files of this folder against the hub: node reads NODE_EXTRA_CA_CERTS once, before any
// code of ours, so the hub's CA must exist before the tests' process starts.
//
// Use:    TWINSTORM=build/release/twinstorm node run.mjs FILE.test.mjs...     all files by default
//         exit 77: skipped, the packages are not installed (`npm ci` in this folder).
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const kSkipped = 77;
const kMistake = 2;
const kFileLimitMs = 170_000;  // Below CTest's, so that node says what was under way.

const here = fileURLToPath(new URL(".", import.meta.url));
if (!existsSync(join(here, "node_modules", ".package-lock.json"))) {
    console.log("skipped: Azure's packages are not installed; run `npm ci` in tests/contract");
    process.exit(kSkipped);
}
if (!process.env.TWINSTORM) {
    console.error("TWINSTORM must name the program under test");
    process.exit(kMistake);
}

function testFiles() {
    const named = process.argv.slice(2);
    return named.length > 0 ? named
        : readdirSync(here).filter((name) => name.endsWith(".test.mjs")).sort();
}

function runTests(caFolder) {
    const words = ["--test", "--test-concurrency=1", "--test-force-exit", "--test-reporter=spec",
        `--test-timeout=${kFileLimitMs}`, ...testFiles().map((name) => join(here, name))];
    const env = {
        ...process.env,
        NODE_EXTRA_CA_CERTS: join(caFolder, "ca.pem"),
        TWINSTORM_CA_FOLDER: caFolder,
    };
    const child = spawn(process.execPath, words, { stdio: "inherit", env });
    for (const signal of ["SIGINT", "SIGTERM"]) {
        process.on(signal, () => child.kill(signal));
    }
    return new Promise((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
}

const { makeCa } = await import("./hub.mjs");
const caFolder = mkdtempSync(join(tmpdir(), "twinstorm-contract-ca-"));
try {
    await makeCa(caFolder);
    process.exitCode = await runTests(caFolder);
} finally {
    rmSync(caFolder, { recursive: true, force: true });
}
