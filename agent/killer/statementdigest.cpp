// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/killer/statementdigest.h"

#include "agent/rules/fingerprint.h"

#include <openssl/evp.h>

#include <array>

namespace zandb::agent {
StatementDigest digestOf(std::string_view statement)
{
    StatementDigest digest{fingerprint(statement), {}};
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
