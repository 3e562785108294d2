// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/repository.h"
#include "agent/backups/restore.h"
#include "tests/backups/backupfixture.h"
#include "tests/backups/forgery.h"

#include <QProcess>

#include <sys/stat.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
namespace fs = std::filesystem;

namespace {

std::string unpacked(const std::string &frames)
{
    std::string out;
    std::string buffer(1 << 20, '\0');
    ZSTD_DStream *stream = ZSTD_createDStream();
    ZSTD_inBuffer in{frames.data(), frames.size(), 0};
    while (in.pos < in.size) {
        ZSTD_outBuffer chunk{buffer.data(), buffer.size(), 0};
        if (ZSTD_isError(ZSTD_decompressStream(stream, &chunk, &in)))
            break;
        out.append(buffer.data(), chunk.pos);
    }
    ZSTD_freeDStream(stream);
    return out;
}

/// Runs a program in a directory with these bytes as its input.
QByteArray run(const fs::path &directory, const QString &program, const QStringList &words, const std::string &input = {})
{
    QProcess process;
    process.setWorkingDirectory(QString::fromStdString(directory.string()));
    process.start(program, words);
    if (!input.empty())
        process.write(input.data(), static_cast<qint64>(input.size()));
    process.closeWriteChannel();
    process.waitForFinished(60'000);
    return process.readAllStandardOutput();
}

} // namespace

/// A physical backup whose payload lacks what no server starts without is bad: that is no trouble of the host.
class TestLackingFiles : public QObject
{
    Q_OBJECT

    BackupFixture m_fixtures[2];
    std::optional<wire::BackupResult> m_backups[2];
    std::string m_why[2];

    /// A backup like the real one with its unpacked files changed.
    template<class Change>
    fs::path changed(bool mysql, Change change)
    {
        const fs::path original = m_backups[mysql]->path;
        const fs::path files = m_fixtures[mysql].path("files");
        fs::remove_all(files);
        fs::create_directories(files);
        const std::string stream = unpacked(readFile(original / (mysql ? "payload.tar.zst" : "payload.xb.zst"), 1u << 30).value_or(""));
        if (mysql)
            run(files, QStringLiteral("tar"), {QStringLiteral("-xf"), QStringLiteral("-")}, stream);
        else
            run(files, QStringLiteral("mbstream"), {QStringLiteral("-x")}, stream);
        change(files);
        QStringList names;
        for (const auto &entry : fs::recursive_directory_iterator(files)) {
            if (!entry.is_directory() || entry.is_symlink())
                names << QString::fromStdString(entry.path().lexically_relative(files).string());
        }
        const QByteArray again = mysql ? run(files, QStringLiteral("tar"), QStringList{QStringLiteral("-cf"), QStringLiteral("-")} + names)
                                       : run(files, QStringLiteral("mbstream"), QStringList{QStringLiteral("-c")} + names);
        return forge(original, packed(again.toStdString()), [](Manifest &) {});
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const bool mysql : {false, true}) {
            m_why[mysql] = TestServer::unavailable(mysql ? Flavour::MySql : Flavour::MariaDb);
            if (!m_why[mysql].empty())
                continue;
            ServerOptions options;
            options.flavour = mysql ? Flavour::MySql : Flavour::MariaDb;
            if (mysql)
                options.myCnf = {"plugin-load-add=mysql_clone.so"};
            std::string error;
            QVERIFY2(m_fixtures[mysql].start(options, error), error.c_str());
            FakeContext context(m_fixtures[mysql].config, m_fixtures[mysql].path("work"));
            const auto backup = runBackup(context, m_fixtures[mysql].args("physical"));
            QVERIFY2(backup, why(backup, &context).constData());
            m_backups[mysql] = *backup;
        }
    }

    void lacking_data()
    {
        QTest::addColumn<bool>("mysql");
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("instead"); ///< what is there in its place
        QTest::addColumn<bool>("good");
        QTest::newRow("MariaDB, as it was") << false << QByteArray() << QByteArray() << true;
        QTest::newRow("MySQL, as it was") << true << QByteArray() << QByteArray() << true;
        for (const char *file : {"ibdata1", "ib_logfile0", "mysql"})
            QTest::addRow("MariaDB without %s", file) << false << QByteArray(file) << QByteArray() << false;
        for (const char *file : {"ibdata1", "mysql.ibd"})
            QTest::addRow("MySQL without %s", file) << true << QByteArray(file) << QByteArray() << false;
        for (const char *instead : {"symlink", "fifo", "nothing in it"})
            QTest::addRow("MySQL, %s", instead) << true << QByteArray("ibdata1") << QByteArray(instead) << false;
    }
    void lacking()
    {
        QFETCH(bool, mysql);
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, instead);
        QFETCH(bool, good);
        if (!m_backups[mysql])
            QSKIP(m_why[mysql].c_str());
        const fs::path forged = changed(mysql, [&](const fs::path &files) {
            const fs::path path = files / file.toStdString();
            if (file.isEmpty())
                return;
            QVERIFY2(fs::exists(path), path.c_str());
            fs::remove_all(path);
            if (instead == "symlink")
                fs::create_symlink("/etc/hostname", path);
            else if (instead == "fifo")
                QCOMPARE(::mkfifo(path.c_str(), 0600), 0);
            else if (!instead.isEmpty())
                std::ofstream(path) << "";
        });
        FakeContext context(m_fixtures[mysql].config, m_fixtures[mysql].path("work"));
        const auto verified = runVerify(context, {readManifest(forged)->id, "local", m_fixtures[mysql].server->name(), "db1", ""});
        QVERIFY2(verified.has_value() == good, why(verified, &context).constData());
        if (!good) {
            QVERIFY2(verified.error().is(errors::restoreFailed), why(verified, &context).constData());
            QCOMPARE(verified.error().fields.at("step"), std::string("unpack"));
            QVERIFY2(verified.error().fields.at("detail").find(file.toStdString()) != std::string::npos, why(verified, &context).constData());
        }
        QCOMPARE(isFoundBad(forged), !good);
        fs::remove_all(forged);
    }
};

QTEST_GUILESS_MAIN(TestLackingFiles)
#include "tst_lackingfiles.moc"
