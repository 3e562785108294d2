// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zandb {

/// Writes JSON as text at once.  A Json tree of a large batch takes ten times the memory of its text and more time than all that was counted in it; who only
/// wants the text writes it with this.
///
///     JsonText json(out);
///     json.beginObject().field("name", name).key("list").beginArray().value(1).value(2).endArray().endObject();
///
/// What is written is appended to `out`.  The caller sees to it that begin and end, key and value go together.  Not thread-safe.
class JsonText
{
public:
    explicit JsonText(std::string &out) : m_out(out) {}

    JsonText &beginObject() { return begin('{'); }
    JsonText &endObject() { return end('}'); }
    JsonText &beginArray() { return begin('['); }
    JsonText &endArray() { return end(']'); }
    /// A name of ours: it needs no escapes.
    JsonText &key(std::string_view name);
    /// Bytes that are not UTF-8 are replaced, as dumpJson() does.
    JsonText &value(std::string_view text);
    JsonText &value(std::int64_t number);
    /// Null where it is no number that JSON has.
    JsonText &value(double number);
    JsonText &null();

    template<class T>
    JsonText &value(const std::optional<T> &maybe)
    {
        return maybe ? value(*maybe) : null();
    }
    template<class T>
    JsonText &field(std::string_view name, const T &content)
    {
        return key(name).value(content);
    }

private:
    JsonText &begin(char bracket);
    JsonText &end(char bracket);
    void separate();

    std::string &m_out;
    bool m_needsComma = false;
};

} // namespace zandb
