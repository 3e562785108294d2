// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/provision/secret.h"

#include "agent/os/files.h"
#include "agent/protocol/uuid.h"

#include <openssl/evp.h>

#include <sys/random.h>
#include <sys/stat.h>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t saltBytes = 20;
constexpr std::string_view letters = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"; // 64

std::string digest(const EVP_MD *kind, std::string_view bytes)
{
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_Digest(bytes.data(), bytes.size(), out, &size, kind, nullptr);
    return {reinterpret_cast<const char *>(out), size};
}

std::string sha256(std::string_view bytes)
{
    return digest(EVP_sha256(), bytes);
}

std::string repeated(const std::string &block, std::size_t size)
{
    std::string all;
    while (all.size() < size)
        all += block;
    all.resize(size);
    return all;
}

fs::path fileOf(const Config &config, const std::string &run)
{
    return config.stateDirectory / "provision" / (run + ".secret");
}

/// Secret and salt.
Result<std::string> wordOf(const Config &config, const std::string &run)
{
    if (!Uuid::parse(run)) // it becomes a file's name
        return fail(errors::orderArgs, {{"detail", "run"}});
    const fs::path file = fileOf(config, run);
    std::error_code ec;
    fs::create_directories(file.parent_path(), ec);
    fs::permissions(file.parent_path(), fs::perms::owner_all, ec);
    const auto lock = lockFile(file.parent_path() / "lock", std::chrono::seconds{10});
    if (!lock)
        return fail(lock.error());
    if (auto there = readFile(file, 1024); there && there->size() == 32 + saltBytes)
        return there;
    unsigned char random[32 + saltBytes];
    if (::getrandom(random, sizeof random, 0) != static_cast<ssize_t>(sizeof random))
        return fail(ioError("/dev/urandom", errno));
    std::string word;
    for (const unsigned char byte : random)
        word += letters[byte & 63];
    if (auto written = replaceFile(file, word); !written) // of mode 0600
        return fail(written.error());
    return word;
}

} // namespace

Result<std::string> secretOf(const Config &config, const std::string &run)
{
    auto word = wordOf(config, run);
    return word ? Result<std::string>(word->substr(0, 32)) : Result<std::string>(fail(word.error()));
}

void forgetSecret(const Config &config, const std::string &run)
{
    std::error_code ec;
    if (Uuid::parse(run))
        fs::remove(fileOf(config, run), ec);
}

std::string nativeVerifier(const std::string &secret)
{
    std::string text = "*";
    for (const unsigned char byte : digest(EVP_sha1(), digest(EVP_sha1(), secret))) {
        text += "0123456789ABCDEF"[byte >> 4];
        text += "0123456789ABCDEF"[byte & 15];
    }
    return text;
}

std::string sha2Verifier(const std::string &secret, const std::string &salt)
{
    const std::string b = sha256(secret + salt + secret);
    std::string first = secret + salt + repeated(b, secret.size());
    for (std::size_t n = secret.size(); n > 0; n >>= 1)
        first += (n & 1) != 0 ? b : secret;
    std::string a = sha256(first);
    std::string secrets, salts;
    for (std::size_t i = 0; i < secret.size(); ++i)
        secrets += secret;
    for (int i = 0; i < 16 + static_cast<unsigned char>(a[0]); ++i)
        salts += salt;
    const std::string p = repeated(sha256(secrets), secret.size());
    const std::string s = repeated(sha256(salts), salt.size());
    for (int i = 0; i < 5000; ++i)
        a = sha256((i % 2 != 0 ? p : a) + (i % 3 != 0 ? s : "") + (i % 7 != 0 ? p : "") + (i % 2 != 0 ? a : p));
    std::string text = "$A$005$" + salt;
    const auto put = [&](unsigned high, unsigned middle, unsigned low, int count) {
        for (unsigned value = high << 16 | middle << 8 | low; count-- > 0; value >>= 6)
            text += letters[value & 63];
    };
    const auto at = [&](int i) { return static_cast<unsigned>(static_cast<unsigned char>(a[static_cast<std::size_t>(i)])); };
    constexpr int order[10][3] = {{0, 10, 20}, {21, 1, 11}, {12, 22, 2}, {3, 13, 23}, {24, 4, 14}, {15, 25, 5}, {6, 16, 26}, {27, 7, 17}, {18, 28, 8}, {9, 19, 29}};
    for (const auto &three : order)
        put(at(three[0]), at(three[1]), at(three[2]), 4);
    put(0, at(31), at(30), 3);
    return text;
}

Result<std::string> verifierOf(const Config &config, const std::string &run, bool mariaDb)
{
    const auto word = wordOf(config, run);
    if (!word)
        return fail(word.error());
    return mariaDb ? nativeVerifier(word->substr(0, 32)) : sha2Verifier(word->substr(0, 32), word->substr(32));
}

} // namespace zandb::agent
