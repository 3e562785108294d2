// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/receiver.h"
#include "agent/os/sha256.h"

#include <QTemporaryDir>
#include <QtTest>

#include <fstream>
#include <memory>
#include <thread>

#include <unistd.h>

namespace zandb::test {

using namespace zandb::agent;
using namespace zandb::agent::receive;
namespace fs = std::filesystem;

inline Json openBody(const Uuid &id, const std::string &host = "db1", const std::string &instance = "my3306")
{
    return {{"host", host}, {"instance", instance}, {"id", id}, {"started_us", 1'700'000'000'000'000}, {"need_bytes", 1000}};
}
inline Json fileBody(const std::string &name)
{
    return {{"name", name}, {"secret", false}};
}
inline Json endBody(const std::string &bytes)
{
    return {{"sha256", Sha256::of(bytes)}, {"bytes", bytes.size()}};
}
inline std::string frame(Kind kind, const std::string &body)
{
    return header(kind, body.size()) + body;
}
inline std::string frame(Kind kind, const Json &body)
{
    return frame(kind, dumpJson(body));
}
/// A backup of one file, as frames.
inline std::string wholeStream(const Uuid &id, const std::string &bytes)
{
    return frame(Kind::Open, openBody(id)) + frame(Kind::File, fileBody("payload")) + frame(Kind::Data, bytes)
           + frame(Kind::End, endBody(bytes)) + frame(Kind::Commit, Json::object());
}


/// A repository that others write to, and senders that send what they like.
struct ReceiveFixture
{
    std::unique_ptr<QTemporaryDir> m_dir;
    RepositoryConfig m_repository;

    Receiver receiver(const std::string &pinned = {}) const { return Receiver(m_repository, pinned); }

    static std::string codeOf(Receiver &receiver, Kind kind, const Json &body)
    {
        const auto done = receiver.handle(kind, dumpJson(body));
        return done ? std::string() : done.error().code;
    }
    static std::string codeOfData(Receiver &receiver, const std::string &bytes)
    {
        const auto done = receiver.handle(Kind::Data, bytes);
        return done ? std::string() : done.error().code;
    }
    /// Sends one file and its end.
    static std::string sendFile(Receiver &receiver, const std::string &name, const std::string &bytes)
    {
        std::string code = codeOf(receiver, Kind::File, fileBody(name));
        if (code.empty())
            code = codeOfData(receiver, bytes);
        return code.empty() ? codeOf(receiver, Kind::End, endBody(bytes)) : code;
    }
    /// Every file and directory below the root of the test, so that what lies beside the repository shows too.
    QStringList names() const
    {
        QStringList names;
        const fs::path root = m_dir->path().toStdString();
        for (const auto &entry : fs::recursive_directory_iterator(root))
            names << QString::fromStdString(entry.path().lexically_relative(root).string());
        names.sort();
        return names;
    }
    static std::string contentOf(const fs::path &file)
    {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    /// Commits a backup of one file and returns its directory.
    fs::path commit(const Uuid &id, const std::string &bytes) const
    {
        Receiver one = receiver();
        if (!codeOf(one, Kind::Open, openBody(id)).empty() || !sendFile(one, "payload", bytes).empty())
            return {};
        const auto done = one.handle(Kind::Commit, "{}");
        return done ? fs::path(done->at("path").get<std::string>()) : fs::path();
    }
    /// What receiveBackup makes of a stream that ends after these bytes.
    bool receiveStream(const std::string &bytes, std::string *answers = nullptr) const
    {
        auto in = makePipe().value();
        auto out = makePipe(1 << 20).value();
        std::thread sender([&] {
            (void)writeBytes(in.write.get(), bytes);
            in.write.reset();
        });
        const bool committed = receiveBackup(in.read.get(), out.write.get(), m_repository, {});
        in.read.reset(); // what the receiver left unread must not hold the sender up
        sender.join();
        out.write.reset();
        char buffer[4096];
        for (ssize_t n = 0; answers && (n = ::read(out.read.get(), buffer, sizeof buffer)) > 0;)
            answers->append(buffer, static_cast<std::size_t>(n));
        return committed;
    }

    void setUp()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        QVERIFY(m_dir->isValid());
        m_repository = {};
        m_repository.name = "vault";
        m_repository.path = fs::path(m_dir->path().toStdString()) / "vault";
        m_repository.acceptFrom = {"db1", "db2"};
        fs::create_directories(m_repository.path);
    }
};

} // namespace zandb::test
