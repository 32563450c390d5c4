#include "scenario/secrets.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <fmt/format.h>

#include "scenario/value_reader.h"

namespace twinstorm::scenario {
namespace {

constexpr std::string_view kKeyMark = "sharedaccesskey=";  // In lower case: a hub ignores case.
constexpr std::string_view kBlank = "***";
constexpr std::string_view kEnvironment = "${env:";
constexpr std::string_view kFile = "${file:";
constexpr std::string_view kBlankChars = " \t\r\n";

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

bool holds_key(std::string_view text) {
    return lower(text).find(kKeyMark) != std::string::npos;
}

bool holds_reference(std::string_view text) {
    return text.find(kEnvironment) != std::string_view::npos ||
           text.find(kFile) != std::string_view::npos;
}

class Hider {
public:
    explicit Hider(Mistakes& mistakes) : mistakes_(mistakes) {}

    void visit(Value& value, const std::string& path) {
        for (Value& item : value.items) {
            visit(item, path + "[]");
        }
        for (Value::Entry& entry : value.entries) {
            hide(entry.key, entry.place);
            visit(entry.value, path.empty() ? entry.key : path + "." + entry.key);
        }
        if (value.kind != Value::Kind::kScalar || hide(value.scalar, value.place)) {
            return;
        }
        if (path != kSecretPath && holds_reference(value.scalar)) {
            mistakes_.add(value.place,
                          fmt::format("`{}` in the wrong place; expected a secret only as `{}`",
                                      value.scalar, kSecretPath));
        }
    }

    // Comments, above all. A line that has been reported once is enough.
    void search(std::string_view yaml) {
        const std::string text = lower(yaml);
        int line = 1;
        std::size_t line_start = 0;
        std::size_t counted = 0;
        for (std::size_t at = text.find(kKeyMark); at != std::string::npos;
             at = text.find(kKeyMark, at + 1)) {
            for (; counted < at; ++counted) {
                if (text[counted] == '\n') {
                    ++line;
                    line_start = counted + 1;
                }
            }
            if (!lines_.contains(line)) {
                report({0, line, static_cast<int>(at - line_start) + 1});
            }
        }
    }

private:
    bool hide(std::string& text, const Place& place) {
        if (!holds_key(text)) {
            return false;
        }
        text = kBlank;
        report(place);
        return true;
    }

    void report(const Place& place) {
        if (place.text == 0) {
            lines_.insert(place.line);
        }
        mistakes_.add(place,
                      "a shared access key in the open; expected the whole connection string to "
                      "come from `${env:NAME}` or `${file:PATH}`");
    }

    Mistakes& mistakes_;
    std::set<int> lines_;
};

// What stands between `open` and the brace that ends the text.
std::optional<std::string> reference(std::string_view text, std::string_view open) {
    if (!text.starts_with(open) || !text.ends_with('}')) {
        return std::nullopt;
    }
    const std::string_view name = text.substr(open.size(), text.size() - open.size() - 1);
    if (name.empty() || name.find_first_of("{}") != std::string_view::npos) {
        return std::nullopt;
    }
    return std::string(name);
}

std::optional<Secret> checked(std::string text, const Value& value, Mistakes& mistakes) {
    text.erase(text.find_last_not_of(kBlankChars) + 1);
    if (text.empty()) {
        mistakes.add(value.place,
                     fmt::format("`{}` is empty; expected a connection string", value.scalar));
        return std::nullopt;
    }
    return Secret(std::move(text));
}

std::optional<Secret> read_environment(const std::string& name, const Value& value,
                                       Mistakes& mistakes) {
    const char* const text = std::getenv(name.c_str());
    if (text == nullptr) {
        mistakes.add(value.place,
                     fmt::format("environment variable `{}` is not set; expected it to hold the "
                                 "connection string",
                                 name));
        return std::nullopt;
    }
    return checked(text, value, mistakes);
}

std::optional<Secret> read_file(const std::string& path, const Value& value, Mistakes& mistakes) {
    std::ifstream file(path, std::ios::binary);
    std::string text(kSecretBytesMax + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (!file.eof() || text.size() > kSecretBytesMax) {
        mistakes.add(value.place,
                     fmt::format("file `{}` cannot be read; expected it to hold the connection "
                                 "string, in at most {} bytes",
                                 path, kSecretBytesMax));
        return std::nullopt;
    }
    return checked(std::move(text), value, mistakes);
}

}  // namespace

void hide_secrets(std::string_view yaml, Value& root, Mistakes& mistakes) {
    Hider hider(mistakes);
    hider.visit(root, "");
    hider.search(yaml);
}

std::optional<Secret> read_secret(const Value& value, Mistakes& mistakes) {
    if (value.scalar == kBlank) {
        return std::nullopt;  // Reported where it was hidden.
    }
    if (const auto name = reference(value.scalar, kEnvironment)) {
        return read_environment(*name, value, mistakes);
    }
    if (const auto path = reference(value.scalar, kFile)) {
        return read_file(*path, value, mistakes);
    }
    mistakes.add(value.place, "no secret by reference; expected `${env:NAME}` or `${file:PATH}`");
    return std::nullopt;
}

}  // namespace twinstorm::scenario
