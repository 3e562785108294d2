// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/jsontext.h"

#include "agent/protocol/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace zandb {
namespace {

/// Whether a byte stands in JSON text as it is, without a look at its neighbours.
constexpr std::array<bool, 256> plainBytes = [] {
    std::array<bool, 256> plain{};
    for (std::size_t byte = 0x20; byte < 0x7f; ++byte)
        plain[byte] = byte != '"' && byte != '\\';
    return plain;
}();

} // namespace

void JsonText::separate()
{
    if (m_needsComma)
        m_out += ',';
    m_needsComma = true;
}

JsonText &JsonText::begin(char bracket)
{
    separate();
    m_out += bracket;
    m_needsComma = false;
    return *this;
}

JsonText &JsonText::end(char bracket)
{
    m_out += bracket;
    m_needsComma = true;
    return *this;
}

JsonText &JsonText::key(std::string_view name)
{
    separate();
    m_out += '"';
    m_out += name;
    m_out += "\":";
    m_needsComma = false;
    return *this;
}

JsonText &JsonText::value(std::string_view text)
{
    separate();
    if (std::ranges::all_of(text, [](char c) { return plainBytes[static_cast<unsigned char>(c)]; })) {
        m_out += '"';
        m_out += text;
        m_out += '"';
    } else {
        m_out += dumpJson(Json(text));
    }
    return *this;
}

JsonText &JsonText::value(std::int64_t number)
{
    separate();
    std::array<char, 24> digits{};
    m_out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
    return *this;
}

JsonText &JsonText::value(double number)
{
    if (!std::isfinite(number))
        return null();
    separate();
    std::array<char, 32> digits{};
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    m_out.append(digits.data(), result.ptr);
    return *this;
}

JsonText &JsonText::null()
{
    separate();
    m_out += "null";
    return *this;
}

} // namespace zandb
