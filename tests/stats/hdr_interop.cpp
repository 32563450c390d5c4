// Our half of the interoperability test; hdr_interop.mjs drives it.
//
// Use:    `hdr_interop write` prints histograms of ours as {name: description};
//         `hdr_interop parts` prints three of them and their sum, likewise;
//         `hdr_interop read` takes one encoded histogram a line and prints [description].
#include <array>
#include <iostream>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "twinstorm/base/seed.h"
#include "twinstorm/stats/histogram.h"

namespace twinstorm::stats {
namespace {

namespace json = boost::json;

constexpr std::array kPercentiles{0.1, 1.0, 7.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0};

json::object describe(const Histogram& histogram) {
    json::array percentiles;
    for (const double percentile : kPercentiles) {
        percentiles.emplace_back(json::array{percentile, histogram.value_at(percentile / 100)});
    }
    json::array buckets;
    histogram.for_each_bucket([&](std::uint64_t value, std::uint64_t count) {
        buckets.emplace_back(json::array{value, count});
    });
    return {{"hdr", histogram.encode()}, {"count", histogram.count()}, {"min", histogram.min()},
            {"max", histogram.max()},    {"mean", histogram.mean()},   {"percentiles", percentiles},
            {"buckets", buckets}};
}

Histogram spread(std::uint64_t seed, int samples, std::uint64_t count_max) {
    Random random(seed);
    Histogram histogram;
    for (int i = 0; i < samples; ++i) {
        histogram.record(random.bits() >> (27 + random.below(37)), 1 + random.below(count_max));
    }
    return histogram;
}

Histogram of(std::initializer_list<std::uint64_t> values) {
    Histogram histogram;
    for (const std::uint64_t value : values) {
        histogram.record(value);
    }
    return histogram;
}

// The same samples in parts and whole, so that the other side can merge what we wrote.
json::object in_parts() {
    Random random(7);
    std::array<Histogram, 3> parts;
    Histogram whole;
    for (int i = 0; i < 30'000; ++i) {
        const std::uint64_t value = random.bits() >> (27 + random.below(37));
        parts.at(random.below(parts.size())).record(value);
        whole.record(value);
    }
    json::object all;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        all[std::to_string(i)] = describe(parts.at(i));
    }
    all["whole"] = describe(whole);
    return all;
}

void write() {
    Histogram exponential;
    Random random(1);
    for (int i = 0; i < 100'000; ++i) {
        exponential.record(from_seconds(random.exponential() * 0.02));
    }
    const json::object all{
        {"empty", describe({})},
        {"a zero", describe(of({0}))},
        {"one value", describe(of({1'234'567}))},
        {"the edges of buckets", describe(of({0, 1, 2'047, 2'048, 2'049, 4'095, 4'096}))},
        {"a day", describe(of({1, Histogram::kValueMax}))},
        {"a latency", describe(exponential)},
        {"every magnitude", describe(spread(2, 20'000, 3))},
        {"large counts", describe(spread(3, 300, std::uint64_t{1} << 40))},
    };
    std::cout << json::serialize(all) << '\n';
}

void write_parts() {
    std::cout << json::serialize(in_parts()) << '\n';
}

int read() {
    json::array all;
    for (std::string line; std::getline(std::cin, line);) {
        const Result<Histogram> histogram = Histogram::decode(line);
        if (!histogram) {
            std::cerr << histogram.error().message() << '\n';
            return 1;
        }
        all.emplace_back(describe(*histogram));
    }
    std::cout << json::serialize(all) << '\n';
    return 0;
}

}  // namespace
}  // namespace twinstorm::stats

int main(int argc, char** argv) {
    const std::string_view mode = argc == 2 ? argv[1] : "";
    if (mode == "write") {
        twinstorm::stats::write();
        return 0;
    }
    if (mode == "parts") {
        twinstorm::stats::write_parts();
        return 0;
    }
    return mode == "read" ? twinstorm::stats::read() : 2;
}
