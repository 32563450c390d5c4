#include "agent/template_payload.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>

#include "agent/desired_form.h"
#include "agent/json_text.h"
#include "twinstorm/base/check.h"

namespace twinstorm::agent {
namespace {

constexpr std::size_t kNumberBytesMax = 24;
constexpr std::size_t kTimeBytesMax = 32;
constexpr std::size_t kDeviceIdBytesMax = 128;
constexpr std::size_t kEscapedBytesMax = 6;
constexpr std::size_t kUuidTextBytes = 36;
constexpr std::size_t kQuotes = 2;

// A walk is a sum of three, each smooth between points that are drawn: a slow one that goes far,
// and quicker ones that go less far.
struct Octave {
    double pace;  // Of the walk's.
    double weight;
};
constexpr std::array kOctaves{Octave{4, 0.6}, Octave{1, 0.3}, Octave{0.25, 0.1}};
// Sums of draws stay in the middle; this is how much they are pulled apart.
constexpr double kStretch = 1.6;

double point(std::uint64_t seed, std::int64_t index) {
    return Random(derive(seed, static_cast<std::uint64_t>(index))).unit();
}

double smooth(std::uint64_t seed, Duration step, WallTime at) {
    const Duration::rep since = at.time_since_epoch().count();
    Duration::rep index = since / step.count();
    Duration::rep rest = since % step.count();
    if (rest < 0) {
        --index;
        rest += step.count();
    }
    const double part = static_cast<double>(rest) / static_cast<double>(step.count());
    const double eased = part * part * (3 - 2 * part);
    const double from = point(seed, index);
    return from + (point(seed, index + 1) - from) * eased;
}

std::int64_t draw_between(std::int64_t min, std::int64_t max, Random& random) {
    const auto width = static_cast<std::uint64_t>(max) - static_cast<std::uint64_t>(min) + 1;
    // A width of 2^64 is all there is.
    const std::uint64_t offset = width == 0 ? random.bits() : random.below(width);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(min) + offset);
}

std::int64_t walk_between(const Piece& piece, const Moment& moment) {
    const double place = walk(derive(moment.device_seed, piece.walk), piece.pace, moment.at);
    const double steps = static_cast<double>(piece.max - piece.min) + 1;
    const auto offset = static_cast<std::int64_t>(place * steps);
    return std::min(piece.min + offset, piece.max);
}

// A number counted in units of its last decimal: no rounding, the same on every machine.
void append_decimal(std::string& text, std::int64_t value, int decimals) {
    const auto magnitude =
        value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    std::array<char, kNumberBytesMax> buffer;
    const auto* const end = std::to_chars(buffer.data(), buffer.end(), magnitude).ptr;
    const std::string_view digits(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    const auto after_point = static_cast<std::size_t>(decimals);
    text += value < 0 ? "-" : "";
    if (digits.size() <= after_point) {
        text.append("0.").append(after_point - digits.size(), '0').append(digits);
        return;
    }
    text += digits.substr(0, digits.size() - after_point);
    if (after_point > 0) {
        text += '.';
        text += digits.substr(digits.size() - after_point);
    }
}

void append_number(std::string& text, const Piece& piece, const Moment& moment, Random& random) {
    switch (piece.fill) {
        case Fill::kUnix: {
            const auto since = moment.at.time_since_epoch();
            append_decimal(text, std::chrono::floor<std::chrono::seconds>(since).count(), 0);
            return;
        }
        case Fill::kSequence:
            append_integer(text, moment.sequence);
            return;
        case Fill::kWalk:
            append_decimal(text, walk_between(piece, moment), piece.decimals);
            return;
        case Fill::kBoolean:
            text += random.unit() < piece.share ? "true" : "false";
            return;
        default:
            append_decimal(text, draw_between(piece.min, piece.max, random), piece.decimals);
            return;
    }
}

void append_text(std::string& text, const Piece& piece, const Moment& moment, Random& random) {
    switch (piece.fill) {
        case Fill::kDeviceId:
            append_escaped(text, moment.device_id);
            return;
        case Fill::kTime:
            append_time(text, moment.at, 0);
            return;
        case Fill::kUuid: {
            const std::uint64_t high = random.bits();
            append_uuid(text, high, random.bits());
            return;
        }
        default:
            text += piece.choices[random.below(piece.choices.size())];
            return;
    }
}

void append_piece(std::string& text, const Piece& piece, const Moment& moment, Random& random) {
    switch (piece.fill) {
        case Fill::kConstant:
            text += piece.text;
            return;
        case Fill::kDesired:
            append_value(text, moment.source.desired[piece.key], moment.state.effective(piece.key),
                         piece.in_text);
            return;
        case Fill::kUnix:
        case Fill::kSequence:
        case Fill::kInteger:
        case Fill::kNumber:
        case Fill::kBoolean:
        case Fill::kWalk:
            append_number(text, piece, moment, random);
            return;
        case Fill::kDeviceId:
        case Fill::kTime:
        case Fill::kUuid:
        case Fill::kChoice:
            text += piece.in_text ? "" : "\"";
            append_text(text, piece, moment, random);
            text += piece.in_text ? "" : "\"";
            return;
    }
}

std::size_t longest(const std::vector<std::string>& texts) {
    std::size_t bytes = 0;
    for (const std::string& text : texts) {
        bytes = std::max(bytes, text.size());
    }
    return bytes;
}

std::size_t piece_bytes_max(const PersonaTemplate& source, const Piece& piece) {
    switch (piece.fill) {
        case Fill::kConstant:
            return piece.text.size();
        case Fill::kDesired:
            return value_bytes_max(source.desired[piece.key]);
        case Fill::kDeviceId:
            return kEscapedBytesMax * kDeviceIdBytesMax + kQuotes;
        case Fill::kTime:
            return kTimeBytesMax;
        case Fill::kUuid:
            return kUuidTextBytes + kQuotes;
        case Fill::kChoice:
            return longest(piece.choices) + kQuotes;
        case Fill::kUnix:
        case Fill::kSequence:
        case Fill::kInteger:
        case Fill::kNumber:
        case Fill::kBoolean:
        case Fill::kWalk:
            return kNumberBytesMax;
    }
    return 0;
}

}  // namespace

double walk(std::uint64_t seed, Duration pace, WallTime at) {
    double place = 0;
    std::uint64_t number = 0;
    for (const Octave& octave : kOctaves) {
        const auto step = from_seconds(to_seconds(pace) * octave.pace);
        place += octave.weight * smooth(derive(seed, number++), std::max(step, Duration(1)), at);
    }
    const double apart = (place - 0.5) * kStretch + 0.5;
    return std::clamp(apart, 0.0, std::nextafter(1.0, 0.0));
}

void append_payload(std::string& text, const Payload& payload, const Moment& moment,
                    Random& random) {
    for (const Piece& piece : payload) {
        append_piece(text, piece, moment, random);
    }
}

std::size_t payload_bytes_max(const PersonaTemplate& source, const Payload& payload) {
    std::size_t bytes = 0;
    for (const Piece& piece : payload) {
        bytes += piece_bytes_max(source, piece);
    }
    return bytes;
}

}  // namespace twinstorm::agent
