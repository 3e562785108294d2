// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platform/sealing.h"

#include "app/platform/channelerrors.h"

#include <QByteArray>
#include <QCryptographicHash>

#include <array>
#include <sodium.h>

namespace zandb::sealing {
namespace {

using PublicKey = std::array<unsigned char, crypto_box_PUBLICKEYBYTES>;
using PrivateKey = std::array<unsigned char, crypto_box_SECRETKEYBYTES>;

/// Wiped when it goes out of scope.
struct Secret
{
    PrivateKey bytes{};
    ~Secret() { sodium_memzero(bytes.data(), bytes.size()); }
};

Result<void> ready()
{
    if (sodium_init() < 0)
        return fail(errors::sealFailed, {{"detail", "libsodium cannot be used on this computer"}});
    return {};
}

std::string base64(const void *bytes, std::size_t size)
{
    return QByteArray(static_cast<const char *>(bytes), static_cast<qsizetype>(size)).toBase64().toStdString();
}

QByteArray decoded(const std::string &text)
{
    const auto result = QByteArray::fromBase64Encoding(QByteArray::fromStdString(text), QByteArray::AbortOnBase64DecodingErrors);
    return result ? *result : QByteArray();
}

template<std::size_t N>
bool read(const std::string &text, std::array<unsigned char, N> &into)
{
    QByteArray bytes = decoded(text);
    const bool fits = bytes.size() == static_cast<qsizetype>(N);
    if (fits)
        std::copy_n(reinterpret_cast<const unsigned char *>(bytes.constData()), N, into.begin());
    if (!bytes.isEmpty())
        sodium_memzero(bytes.data(), static_cast<std::size_t>(bytes.size()));
    return fits;
}

auto noKey() { return fail(errors::sealFailed, {{"detail", "the key is not 32 bytes in base64"}}); }

} // namespace

Result<KeyPair> makeKeys()
{
    if (auto ok = ready(); !ok)
        return fail(ok.error());
    PublicKey open{};
    Secret secret;
    crypto_box_keypair(open.data(), secret.bytes.data());
    return KeyPair{base64(open.data(), open.size()), base64(secret.bytes.data(), secret.bytes.size())};
}

std::string keyId(const std::string &publicKey)
{
    return QCryptographicHash::hash(decoded(publicKey), QCryptographicHash::Sha256).toHex().left(16).toStdString();
}

Result<std::string> seal(const std::string &secret, const std::string &publicKey)
{
    PublicKey open{};
    if (auto ok = ready(); !ok)
        return fail(ok.error());
    if (!read(publicKey, open))
        return noKey();
    std::string box(secret.size() + crypto_box_SEALBYTES, '\0');
    if (crypto_box_seal(reinterpret_cast<unsigned char *>(box.data()), reinterpret_cast<const unsigned char *>(secret.data()), secret.size(), open.data()) != 0)
        return fail(errors::sealFailed, {{"detail", "the key is none"}});
    return base64(box.data(), box.size());
}

Result<std::string> publicKeyOf(const std::string &privateKey)
{
    Secret secret;
    PublicKey open{};
    if (auto ok = ready(); !ok)
        return fail(ok.error());
    if (!read(privateKey, secret.bytes) || crypto_scalarmult_base(open.data(), secret.bytes.data()) != 0)
        return noKey();
    return base64(open.data(), open.size());
}

Result<std::string> unseal(const std::string &box, const std::string &privateKey)
{
    Secret secret;
    PublicKey open{};
    if (auto ok = ready(); !ok)
        return fail(ok.error());
    if (!read(privateKey, secret.bytes) || crypto_scalarmult_base(open.data(), secret.bytes.data()) != 0)
        return noKey();
    const QByteArray bytes = decoded(box);
    if (bytes.size() < static_cast<qsizetype>(crypto_box_SEALBYTES))
        return fail(errors::sealFailed, {{"detail", "what is stored is no sealed secret"}});
    std::string text(static_cast<std::size_t>(bytes.size()) - crypto_box_SEALBYTES, '\0');
    if (crypto_box_seal_open(reinterpret_cast<unsigned char *>(text.data()), reinterpret_cast<const unsigned char *>(bytes.constData()),
                             static_cast<unsigned long long>(bytes.size()), open.data(), secret.bytes.data())
        != 0)
        return fail(errors::sealFailed, {{"detail", "it was sealed to another key, or changed since"}});
    return text;
}

} // namespace zandb::sealing
