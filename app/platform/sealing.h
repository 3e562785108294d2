// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

#include <string>

/// Secrets that stand in the store and that only the headless instances can read: libsodium's sealed boxes (X25519, XSalsa20-Poly1305).
/// All keys and boxes are base64 text.  Thread-safe.
namespace zandb::sealing {

struct KeyPair
{
    std::string publicKey;  ///< for the store
    std::string privateKey; ///< for the headless instances' credential; it is the 32 bytes' base64
};
Result<KeyPair> makeKeys();
/// Which key it is, for people and for comparing: the first 16 hex digits of SHA-256 of its bytes.
std::string keyId(const std::string &publicKey);
/// Errors: seal.failed (detail) for a key that is none.
Result<std::string> seal(const std::string &secret, const std::string &publicKey);
/// Errors: seal.failed: not sealed to this key, or changed since.
Result<std::string> unseal(const std::string &box, const std::string &privateKey);
/// The public half of a private key.  Errors: seal.failed.
Result<std::string> publicKeyOf(const std::string &privateKey);

} // namespace zandb::sealing
