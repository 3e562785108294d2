// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/os/sha256.h"

#include <new>

#include <openssl/evp.h>

namespace zandb::agent {

static EVP_MD_CTX *context(const auto &pointer) { return static_cast<EVP_MD_CTX *>(pointer.get()); }

void Sha256::Free::operator()(void *pointer) const { EVP_MD_CTX_free(static_cast<EVP_MD_CTX *>(pointer)); }

Sha256::Sha256() : m_context(EVP_MD_CTX_new())
{
    if (!m_context || EVP_DigestInit_ex(context(m_context), EVP_sha256(), nullptr) != 1)
        throw std::bad_alloc();
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256 &&) noexcept = default;
Sha256 &Sha256::operator=(Sha256 &&) noexcept = default;

void Sha256::update(const void *data, std::size_t size) { EVP_DigestUpdate(context(m_context), data, size); }

std::string Sha256::finishBytes()
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_DigestFinal_ex(context(m_context), digest, &size);
    return std::string(reinterpret_cast<const char *>(digest), size);
}

std::string Sha256::finish()
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const char c : finishBytes()) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string Sha256::of(std::string_view bytes)
{
    Sha256 sum;
    sum.update(bytes.data(), bytes.size());
    return sum.finish();
}

} // namespace zandb::agent
