// Holds our histogram encoding against hdr-histogram-js, both ways: what we wrote it must read with
// the same counts and percentiles, and what it writes we must read.
//
// Use:    npm ci; node hdr_interop.mjs PATH_OF_HDR_INTEROP     exit 77: skipped, not installed.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

const kSkipped = 77;
const kDay = 86_400_000_000;

let hdr;
try {
    hdr = (await import("hdr-histogram-js")).default;
} catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") {
        throw error;
    }
    console.log("skipped: hdr-histogram-js is not installed; run `npm ci` in tests/stats");
    process.exit(kSkipped);
}

function ours(mode, input = "") {
    const child = spawnSync(process.argv[2], [mode], {
        input, encoding: "utf8", maxBuffer: 1 << 28,
    });
    assert.equal(child.status, 0, `hdr_interop ${mode}: ${child.error ?? child.stderr}`);
    return JSON.parse(child.stdout);
}

// Every non-empty bucket as [highest equivalent value, count], like for_each_bucket().
function bucketsOf(histogram) {
    const buckets = [];
    for (let i = 0; i < histogram.countsArrayLength; ++i) {
        const count = histogram.getCountAtIndex(i);
        if (count > 0) {
            buckets.push([histogram.highestEquivalentValue(histogram.valueFromIndex(i)), count]);
        }
    }
    return buckets;
}

// `exact` is whether our side still knows its exact maximum, which the encoding rounds up. Ours
// never answers above the maximum, nor above a day.
function compare(name, theirs, description, exact) {
    assert.equal(theirs.totalCount, description.count, `${name}: count`);
    assert.deepEqual(bucketsOf(theirs), description.buckets, `${name}: buckets`);
    if (description.count === 0) {
        return;
    }
    const cap = exact ? description.max : kDay;
    const highest = theirs.highestEquivalentValue(theirs.maxValue);
    assert.equal(theirs.highestEquivalentValue(description.max), highest, `${name}: max`);
    for (const [percentile, value] of description.percentiles) {
        const expected = Math.min(theirs.getValueAtPercentile(percentile), cap);
        assert.equal(value, expected, `${name}: p${percentile}`);
    }
    const error = Math.abs(theirs.mean - description.mean);
    assert.ok(error <= 1e-9 * description.mean, `${name}: mean ${theirs.mean}`);
    const lowest = theirs.valueFromIndex(theirs.countsArrayIndex(description.min));
    assert.equal(lowest, description.min, `${name}: min`);
}

function decode(base64) {
    return hdr.decodeFromCompressedBase64(base64, 64);
}

function theyReadOurs(written) {
    for (const [name, description] of Object.entries(written)) {
        const theirs = decode(description.hdr);
        assert.equal(theirs.highestTrackableValue, kDay, name);
        assert.equal(theirs.lowestDiscernibleValue, 1, name);
        assert.equal(theirs.numberOfSignificantValueDigits, 3, name);
        compare(`ours, ${name}`, theirs, description, true);
    }
}

// Histograms that hdr-histogram-js recorded itself, in our layout and in one that grows.
function recordedByThem() {
    const fixed = hdr.build({
        bitBucketSize: 64, autoResize: false, lowestDiscernibleValue: 1,
        highestTrackableValue: kDay, numberOfSignificantValueDigits: 3,
    });
    const growing = hdr.build({ bitBucketSize: 64, numberOfSignificantValueDigits: 3 });
    let value = 1;
    for (let i = 0; i < 5_000; ++i) {
        value = (value * 48_271) % 2_147_483_647;
        fixed.recordValueWithCount(value % 10 ** (1 + (i % 10)), 1 + (i % 7));
        growing.recordValue(value % 1_000_000);
    }
    fixed.recordValue(kDay);
    const empty = hdr.build({ bitBucketSize: 64 });
    return { fixed, growing, empty };
}

function weReadTheirs(written) {
    const theirs = recordedByThem();
    for (const [name, description] of Object.entries(written)) {
        theirs[`again, ${name}`] = decode(description.hdr);
    }
    const lines = Object.values(theirs).map((histogram) =>
        hdr.encodeIntoCompressedBase64(histogram));
    const descriptions = ours("read", lines.join("\n") + "\n");
    assert.equal(descriptions.length, lines.length);
    Object.entries(theirs).forEach(([name, histogram], index) => {
        compare(`theirs, ${name}`, histogram, descriptions[index], false);
    });
    return lines.length;
}

// Merged over there, from what we wrote, it is what we recorded as one; and back again.
function theyMergeOurs() {
    const { whole, ...parts } = ours("parts");
    const merged = decode(parts["0"].hdr);
    merged.add(decode(parts["1"].hdr));
    merged.add(decode(parts["2"].hdr));
    compare("merged by them", merged, whole, true);
    const [read] = ours("read", hdr.encodeIntoCompressedBase64(merged) + "\n");
    assert.equal(read.hdr, whole.hdr, "merged by them, read by us");
}

theyMergeOurs();
const written = ours("write");
theyReadOurs(written);
const read = weReadTheirs(written);
console.log(`hdr-histogram-js read ${Object.keys(written).length} of ours, we read ${read} of its`);
