// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace zandb::agent {

/// SHA-256 of a stream of bytes.  Not thread-safe.
class Sha256
{
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256 &&) noexcept;
    Sha256 &operator=(Sha256 &&) noexcept;
    void update(const void *data, std::size_t size);
    /// Lower-case hex; afterwards the object is used up.
    std::string finish();
    /// The same as 32 bytes.
    std::string finishBytes();

    /// Lower-case hex.
    static std::string of(std::string_view bytes);

private:
    struct Free
    {
        void operator()(void *context) const;
    };
    std::unique_ptr<void, Free> m_context;
};

} // namespace zandb::agent
