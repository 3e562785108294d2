// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/killer/statementdigest.h"

#include <openssl/evp.h>

#include <array>

namespace zandb::agent {
namespace {

bool isWord(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

/// Literals become ?, blanks one space.
std::string masked(std::string_view text)
{
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '\'' || c == '"') {
            for (++at; at < text.size() && text[at] != c; ++at)
                at += text[at] == '\\';
            at = std::min(at + 1, text.size());
            result += '?';
        } else if (c >= '0' && c <= '9' && (result.empty() || !isWord(result.back()))) {
            while (at < text.size() && (isWord(text[at]) || text[at] == '.'))
                ++at;
            result += '?';
        } else if (c == ' ' || (c >= '\t' && c <= '\r')) {
            ++at;
            if (!result.empty() && result.back() != ' ')
                result += ' ';
        } else {
            result += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
            ++at;
        }
    }
    return result;
}

} // namespace

StatementDigest digestOf(std::string_view statement)
{
    StatementDigest digest{masked(statement), {}};
    std::array<unsigned char, EVP_MAX_MD_SIZE> md5{};
    unsigned int size = 0;
    if (EVP_Digest(digest.fingerprint.data(), digest.fingerprint.size(), md5.data(), &size, EVP_md5(), nullptr) == 1) {
        for (unsigned int i = 0; i < size; ++i) {
            digest.checksum += "0123456789ABCDEF"[md5[i] >> 4];
            digest.checksum += "0123456789ABCDEF"[md5[i] & 15];
        }
    }
    return digest;
}

} // namespace zandb::agent
