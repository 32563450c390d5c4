#include "amqp/value.h"

#include <array>
#include <iterator>
#include <utility>

#include "amqp/limits.h"

namespace twinstorm::amqp {

namespace {

using Kind = Value::Kind;

enum class Shape : std::uint8_t { kFixed, kVariable, kCompound, kArray };

// How a format code says what follows it [AMQP-1.6].
struct Format {
    std::uint8_t code;
    Kind kind;
    Shape shape;
    std::uint8_t bytes;       // Of a fixed value, or of a size prefix.
    std::uint8_t width;       // Of the type, whatever encoding was chosen: uint0 is a uint.
    std::int64_t number = 0;  // Of values without bytes.
};

constexpr Format kFormats[]{
    {0x40, Kind::kNull, Shape::kFixed, 0, 0},
    {0x41, Kind::kBool, Shape::kFixed, 0, 1, 1},
    {0x42, Kind::kBool, Shape::kFixed, 0, 1},
    {0x43, Kind::kUnsigned, Shape::kFixed, 0, 4},
    {0x44, Kind::kUnsigned, Shape::kFixed, 0, 8},
    {0x45, Kind::kList, Shape::kCompound, 0, 0},
    {0x50, Kind::kUnsigned, Shape::kFixed, 1, 1},
    {0x51, Kind::kSigned, Shape::kFixed, 1, 1},
    {0x52, Kind::kUnsigned, Shape::kFixed, 1, 4},
    {0x53, Kind::kUnsigned, Shape::kFixed, 1, 8},
    {0x54, Kind::kSigned, Shape::kFixed, 1, 4},
    {0x55, Kind::kSigned, Shape::kFixed, 1, 8},
    {0x56, Kind::kBool, Shape::kFixed, 1, 1},
    {0x60, Kind::kUnsigned, Shape::kFixed, 2, 2},
    {0x61, Kind::kSigned, Shape::kFixed, 2, 2},
    {0x70, Kind::kUnsigned, Shape::kFixed, 4, 4},
    {0x71, Kind::kSigned, Shape::kFixed, 4, 4},
    {0x72, Kind::kOpaque, Shape::kFixed, 4, 0},  // float
    {0x73, Kind::kOpaque, Shape::kFixed, 4, 0},  // char
    {0x74, Kind::kOpaque, Shape::kFixed, 4, 0},  // decimal32
    {0x80, Kind::kUnsigned, Shape::kFixed, 8, 8},
    {0x81, Kind::kSigned, Shape::kFixed, 8, 8},
    {0x82, Kind::kOpaque, Shape::kFixed, 8, 0},  // double
    {0x83, Kind::kTimestamp, Shape::kFixed, 8, 8},
    {0x84, Kind::kOpaque, Shape::kFixed, 8, 0},   // decimal64
    {0x94, Kind::kOpaque, Shape::kFixed, 16, 0},  // decimal128
    {0x98, Kind::kUuid, Shape::kFixed, 16, 0},
    {0xa0, Kind::kBinary, Shape::kVariable, 1, 0},
    {0xa1, Kind::kString, Shape::kVariable, 1, 0},
    {0xa3, Kind::kSymbol, Shape::kVariable, 1, 0},
    {0xb0, Kind::kBinary, Shape::kVariable, 4, 0},
    {0xb1, Kind::kString, Shape::kVariable, 4, 0},
    {0xb3, Kind::kSymbol, Shape::kVariable, 4, 0},
    {0xc0, Kind::kList, Shape::kCompound, 1, 0},
    {0xc1, Kind::kMap, Shape::kCompound, 1, 0},
    {0xd0, Kind::kList, Shape::kCompound, 4, 0},
    {0xd1, Kind::kMap, Shape::kCompound, 4, 0},
    {0xe0, Kind::kArray, Shape::kArray, 1, 0},
    {0xf0, Kind::kArray, Shape::kArray, 4, 0},
};

constexpr std::uint8_t kNoFormat = 0xff;

// Where each code stands in kFormats.
constexpr auto kFormatOf = [] {
    std::array<std::uint8_t, 256> index{};
    index.fill(kNoFormat);
    for (std::size_t i = 0; i < std::size(kFormats); ++i) {
        index[kFormats[i].code] = static_cast<std::uint8_t>(i);
    }
    return index;
}();

class Decoder {
public:
    explicit Decoder(std::span<const std::byte>& bytes) : bytes_(bytes) {}

    [[nodiscard]] Result<Value> value(int depth) {
        const auto code = take(1);
        if (!code) {
            return fail(code.error());
        }
        const auto format_code = static_cast<std::uint8_t>((*code)[0]);
        if (format_code != 0x00) {
            return body(format_code, depth);
        }
        // A described value: descriptor, then value.
        if (auto counted = count(depth); !counted) {
            return fail(counted.error());
        }
        Value described{.kind = Kind::kDescribed};
        for (int i = 0; i < 2; ++i) {
            auto part = value(depth + 1);
            if (!part) {
                return part;
            }
            described.items.push_back(std::move(*part));
        }
        return described;
    }

private:
    [[nodiscard]] static tl::unexpected<Error> malformed(const char* what) {
        return fail(ErrorCode::kMalformedPacket, what);
    }

    [[nodiscard]] Result<std::span<const std::byte>> take(std::size_t size) {
        if (size > bytes_.size()) {
            return malformed("an AMQP value goes on past its end");
        }
        const auto taken = bytes_.first(size);
        bytes_ = bytes_.subspan(size);
        return taken;
    }

    [[nodiscard]] Result<std::uint64_t> number(std::size_t width) {
        const auto taken = take(width);
        if (!taken) {
            return fail(taken.error());
        }
        std::uint64_t value = 0;
        for (const std::byte each : *taken) {
            value = value << 8 | static_cast<std::uint64_t>(each);
        }
        return value;
    }

    [[nodiscard]] Result<void> count(int depth) {
        if (depth > kDepthMax) {
            return malformed("AMQP values nest too deep");
        }
        if (++count_ > kValuesMax) {
            return malformed("too many AMQP values");
        }
        return {};
    }

    [[nodiscard]] Result<Value> body(std::uint8_t code, int depth) {
        if (kFormatOf[code] == kNoFormat) {
            return malformed("an unknown AMQP format code");
        }
        const Format& format = kFormats[kFormatOf[code]];
        if (auto counted = count(depth); !counted) {
            return fail(counted.error());
        }
        switch (format.shape) {
            case Shape::kFixed:
                return fixed(format);
            case Shape::kVariable:
                return variable(format);
            case Shape::kCompound:
                return compound(format, depth);
            case Shape::kArray:
                return array(format, depth);
        }
        return malformed("an unknown AMQP format code");
    }

    [[nodiscard]] Result<Value> fixed(const Format& format) {
        Value value{.kind = format.kind, .width = format.width, .number = format.number};
        if (format.kind == Kind::kOpaque || format.kind == Kind::kUuid) {
            const auto taken = take(format.bytes);
            if (!taken) {
                return fail(taken.error());
            }
            value.text.assign(reinterpret_cast<const char*>(taken->data()), taken->size());
            return value;
        }
        if (format.bytes == 0) {
            return value;
        }
        const auto read = number(format.bytes);
        if (!read) {
            return fail(read.error());
        }
        value.number = static_cast<std::int64_t>(*read);
        if (format.kind == Kind::kSigned && format.bytes < 8) {
            const int shift = 64 - 8 * format.bytes;
            value.number = static_cast<std::int64_t>(*read << shift) >> shift;
        }
        if (format.kind == Kind::kBool && *read > 1) {
            return malformed("an AMQP boolean is neither 0 nor 1");
        }
        return value;
    }

    [[nodiscard]] Result<Value> variable(const Format& format) {
        const auto size = number(format.bytes);
        if (!size) {
            return fail(size.error());
        }
        const auto taken = take(*size);
        if (!taken) {
            return fail(taken.error());
        }
        Value value{.kind = format.kind};
        value.text.assign(reinterpret_cast<const char*>(taken->data()), taken->size());
        return value;
    }

    // Size and count of a list, map or array; what follows must end where the size says.
    struct Extent {
        std::uint64_t count = 0;
        std::size_t rest = 0;  // Bytes that are left behind it.
    };
    [[nodiscard]] Result<Extent> extent(std::size_t width) {
        const auto size = number(width);
        if (!size) {
            return fail(size.error());
        }
        if (*size > bytes_.size() || *size < width) {
            return malformed("an AMQP compound is larger than what holds it");
        }
        const std::size_t rest = bytes_.size() - *size;
        const auto count = number(width);
        if (!count) {
            return fail(count.error());
        }
        if (*count > kValuesMax) {
            return malformed("too many AMQP values");
        }
        return Extent{*count, rest};
    }

    [[nodiscard]] Result<Value> compound(const Format& format, int depth) {
        Value value{.kind = format.kind};
        if (format.bytes == 0) {
            return value;  // list0
        }
        const auto extent_read = extent(format.bytes);
        if (!extent_read) {
            return fail(extent_read.error());
        }
        if (format.kind == Kind::kMap && extent_read->count % 2 != 0) {
            return malformed("an AMQP map has a key without a value");
        }
        for (std::uint64_t i = 0; i < extent_read->count; ++i) {
            auto item = this->value(depth + 1);
            if (!item) {
                return item;
            }
            value.items.push_back(std::move(*item));
        }
        if (bytes_.size() != extent_read->rest) {
            return malformed("an AMQP compound does not end where it says");
        }
        return value;
    }

    [[nodiscard]] Result<Value> array(const Format& format, int depth) {
        const auto extent_read = extent(format.bytes);
        if (!extent_read) {
            return fail(extent_read.error());
        }
        Value value{.kind = Kind::kArray};
        auto code = number(1);
        if (code && *code == 0) {
            // One descriptor for all: nobody here asks for it, and copies could be many and large.
            auto descriptor = this->value(depth + 1);
            if (!descriptor) {
                return descriptor;
            }
            code = number(1);
        }
        if (!code) {
            return fail(code.error());
        }
        for (std::uint64_t i = 0; i < extent_read->count; ++i) {
            auto item = body(static_cast<std::uint8_t>(*code), depth + 1);
            if (!item) {
                return item;
            }
            value.items.push_back(std::move(*item));
        }
        if (bytes_.size() != extent_read->rest) {
            return malformed("an AMQP array does not end where it says");
        }
        return value;
    }

    std::span<const std::byte>& bytes_;
    std::size_t count_ = 0;
};

const Value kNull;

}  // namespace

const Value& Value::field(std::size_t index) const {
    return index < items.size() ? items[index] : kNull;
}

const Value& Value::at(std::string_view key) const {
    if (kind == Kind::kMap) {
        for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
            if (items[i].is_text() && items[i].text == key) {
                return items[i + 1];
            }
        }
    }
    return kNull;
}

std::string Value::to_text() const {
    switch (kind) {
        case Kind::kString:
        case Kind::kSymbol:
        case Kind::kBinary:
            return text;
        case Kind::kBool:
            return number != 0 ? "true" : "false";
        case Kind::kUnsigned:
            return std::to_string(unsigned_number());
        case Kind::kSigned:
        case Kind::kTimestamp:
            return std::to_string(number);
        case Kind::kUuid: {
            static constexpr char kDigits[] = "0123456789abcdef";
            std::string hex;
            for (std::size_t i = 0; i < text.size(); ++i) {
                if (i == 4 || i == 6 || i == 8 || i == 10) {
                    hex += '-';
                }
                const auto byte = static_cast<unsigned char>(text[i]);
                hex += kDigits[byte >> 4];
                hex += kDigits[byte & 15];
            }
            return hex;
        }
        default:
            return {};
    }
}

Result<Value> decode_value(std::span<const std::byte>& bytes) {
    return Decoder(bytes).value(0);
}

}  // namespace twinstorm::amqp
