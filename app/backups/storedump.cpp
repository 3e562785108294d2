// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backups/storedump.h"

#include "app/store/connection.h"
#include "app/store/sqltext.h"
#include "models/common/text.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QSaveFile>
#include <QStandardPaths>

#include <zstd.h>

#include <set>

namespace zandb::backups {
namespace {

using namespace std::chrono_literals;

constexpr int level = 6;                      ///< of zstd
constexpr qint64 pieceBytes = 256 << 10;      ///< read at once
constexpr std::size_t tailBytes = 4096;       ///< where the end marker stands
constexpr std::chrono::minutes saysNothing{10}; ///< then the program is ended: a dump waits for nothing

tl::unexpected<Error> failed(std::string detail)
{
    return fail(errors::storeBackupFailed, {{"detail", std::move(detail)}});
}

Result<QString> findTool(bool mariaDb, const std::filesystem::path &directory)
{
    const QString name = mariaDb ? QStringLiteral("mariadb-dump") : QStringLiteral("mysqldump");
    QStringList places{QStringLiteral("/usr/local/bin"), QStringLiteral("/usr/bin"), QStringLiteral("/bin")};
    if (!directory.empty())
        places.prepend(qs(directory.string()));
    const QString found = QStandardPaths::findExecutable(name, places);
    if (found.isEmpty())
        return fail(errors::toolMissing, {{"tool", name.toStdString()}, {"package", mariaDb ? "mariadb-client" : "mysql-client"}});
    return found;
}

/// What `--version` says.  A "mysqldump" of a MariaDB package is not MySQL's.
Result<std::string> versionOf(const QString &tool, bool mariaDb)
{
    QProcess process;
    process.start(tool, {QStringLiteral("--no-defaults"), QStringLiteral("--version")});
    const bool ended = process.waitForFinished(10'000);
    const QByteArray line = process.readAllStandardOutput().split('\n').value(0).left(250);
    if (!ended || process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0 || line.isEmpty())
        return failed(tool.toStdString() + " does not say its version");
    if (line.contains("MariaDB") != mariaDb)
        return fail(errors::toolMissing, {{"tool", mariaDb ? "mariadb-dump" : "mysqldump of MySQL"},
                                          {"package", mariaDb ? "mariadb-client" : "mysql-client"}});
    return line.toStdString();
}

/// A value of an option file in quotes.
std::string inQuotes(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
        case '\\': out += "\\\\"; break;
        case '"': out += "\\\""; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default: out += c;
        }
    }
    return out + '"';
}

/// What the program reads instead of anyone's my.cnf.
Result<std::string> optionFile(const StoreSettings &settings, bool mariaDb)
{
    const auto password = store::passwordOf(settings);
    if (!password)
        return fail(password.error());
    std::string text = "[client]\nuser=" + inQuotes(settings.user) + '\n';
    if (!password->empty())
        text += "password=" + inQuotes(*password) + '\n';
    if (!settings.socket.empty())
        text += "socket=" + inQuotes(settings.socket.string()) + '\n';
    else
        text += "host=" + inQuotes(settings.host) + "\nport=" + std::to_string(settings.port) + "\nprotocol=tcp\n";
    if (store::wantsTls(settings)) {
        text += mariaDb ? "ssl\nssl-verify-server-cert\n" : "ssl-mode=VERIFY_IDENTITY\n";
        if (const std::string file = store::authorities(settings); !file.empty())
            text += "ssl-ca=" + inQuotes(file) + '\n';
    } else if (mariaDb) {
        text += "disable-ssl-verify-server-cert\n";
    }
    return text;
}

/// The account's rights come by a role, and the program sets none.  What fails here shows in the program's own words.
void makeRoleDefault(store::Session &session, bool mariaDb)
{
    if (!mariaDb) {
        const auto row = session.query("SELECT CURRENT_ROLE(), CURRENT_USER()");
        if (!row || row->empty() || row->front().text(0) == "NONE")
            return;
        const std::string account = row->front().text(1);
        const auto at = std::min(account.rfind('@'), account.size() - 1);
        (void)session.execute("SET DEFAULT ROLE ALL TO " + store::identifier(account.substr(0, at)) + '@' + store::identifier(account.substr(at + 1)));
        return;
    }
    const auto role = session.query("SELECT CURRENT_ROLE() FROM information_schema.applicable_roles WHERE role_name = CURRENT_ROLE() AND is_default <> 'YES'");
    if (role && !role->empty() && !role->front().isNull(0))
        (void)session.execute("SET DEFAULT ROLE " + store::identifier(role->front().text(0)));
}

/// Names the tables that a dump makes, as its text goes by in pieces.
class TableNames
{
public:
    void feed(const QByteArray &piece)
    {
        m_text += piece;
        qsizetype from = 0;
        for (qsizetype end; (end = m_text.indexOf('\n', from)) >= 0; from = end + 1)
            line(QByteArrayView(m_text).sliced(from, end - from));
        m_text.remove(0, from);
        if (m_text.size() > 64 << 10) { // a row of any length; its beginning says that it is one
            m_text.truncate(256);
            m_inRow = true;
        }
    }
    const std::set<std::string> &names() const { return m_names; }

private:
    void line(QByteArrayView text)
    {
        if (!std::exchange(m_inRow, false) && text.startsWith("CREATE TABLE `")) {
            std::string name;
            for (qsizetype i = 14; i < text.size(); ++i) {
                if (text[i] == '`' && (i + 1 == text.size() || text[++i] != '`'))
                    break;
                name += text[i];
            }
            m_names.insert(std::move(name));
        }
    }
    QByteArray m_text;
    bool m_inRow = false;
    std::set<std::string> m_names;
};

/// Packs what it gets into a file that has its name only after commit().
class PackedFile
{
public:
    explicit PackedFile(const QString &name) : m_file(name), m_context(ZSTD_createCCtx(), ZSTD_freeCCtx)
    {
        ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_compressionLevel, level);
        ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_checksumFlag, 1);
    }
    Result<void> open()
    {
        if (!m_file.open(QFile::WriteOnly) || !m_file.setPermissions(QFile::ReadOwner | QFile::WriteOwner))
            return failed(m_file.fileName().toStdString() + ": " + m_file.errorString().toStdString());
        return {};
    }
    Result<void> write(const QByteArray &bytes, bool last = false)
    {
        ZSTD_inBuffer in{bytes.constData(), static_cast<std::size_t>(bytes.size()), 0};
        for (std::size_t left = 1; left != 0;) {
            ZSTD_outBuffer out{m_buffer.data(), static_cast<std::size_t>(m_buffer.size()), 0};
            left = ZSTD_compressStream2(m_context.get(), &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
            if (ZSTD_isError(left))
                return failed(std::string("zstd: ") + ZSTD_getErrorName(left));
            const QByteArrayView packed(m_buffer.constData(), static_cast<qsizetype>(out.pos));
            m_sum.addData(packed.toByteArray());
            m_bytes += packed.size();
            if (m_file.write(packed.data(), packed.size()) != packed.size())
                return failed(m_file.fileName().toStdString() + ": " + m_file.errorString().toStdString());
            if (!last && in.pos == in.size)
                break;
        }
        return {};
    }
    Result<void> commit()
    {
        if (auto ended = write({}, true); !ended)
            return ended;
        if (!m_file.commit()) // makes it durable first
            return failed(m_file.fileName().toStdString() + ": " + m_file.errorString().toStdString());
        return {};
    }
    std::int64_t bytes() const { return m_bytes; }
    std::string sha256() const { return m_sum.result().toHex().toStdString(); }

private:
    QSaveFile m_file;
    std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx *)> m_context;
    QByteArray m_buffer{static_cast<qsizetype>(ZSTD_CStreamOutSize()), Qt::Uninitialized};
    QCryptographicHash m_sum{QCryptographicHash::Sha256};
    std::int64_t m_bytes = 0;
};

/// "zandb-store-SCHEMA-": the schema's name as it may stand in the name of a file.
QString prefixOf(const std::string &schema)
{
    QString name = qs(schema);
    name.replace(QRegularExpression(QStringLiteral("[^A-Za-z0-9_]")), QStringLiteral("_"));
    return QStringLiteral("zandb-store-") + name + QLatin1Char('-');
}

std::vector<std::filesystem::path> removeOlder(const QDir &directory, const QString &prefix, int keep)
{
    std::vector<std::filesystem::path> removed;
    static const QRegularExpression rest(QStringLiteral("^\\d{8}T\\d{6}Z\\.sql\\.zst$"));
    QStringList names = directory.entryList({prefix + QLatin1Char('*')}, QDir::Files, QDir::Name);
    names.erase(std::remove_if(names.begin(), names.end(), [&](const QString &name) { return !rest.match(name.mid(prefix.size())).hasMatch(); }),
                names.end());
    for (qsizetype i = 0; i + keep < names.size(); ++i) {
        if (const QString file = directory.filePath(names.at(i)); QFile::remove(file))
            removed.emplace_back(file.toStdString());
    }
    return removed;
}

/// Runs the program and packs what it says.  Its whole end stands in `tail`.
Result<void> stream(QProcess &process, const std::string &options, PackedFile &file, TableNames &names, QByteArray &tail, const std::stop_token &stop)
{
    process.write(options.data(), static_cast<qint64>(options.size()));
    process.closeWriteChannel();
    QByteArray words;
    auto heard = std::chrono::steady_clock::now();
    const auto end = [&](auto error) {
        process.kill();
        process.waitForFinished(10'000);
        return error;
    };
    while (true) {
        const bool running = process.state() != QProcess::NotRunning;
        if (process.bytesAvailable() == 0 && running)
            process.waitForReadyRead(200);
        words += process.readAllStandardError();
        words = words.right(2000);
        if (stop.stop_requested())
            return end(fail(errors::cancelled));
        const QByteArray piece = process.read(pieceBytes);
        if (piece.isEmpty() && !running && process.bytesAvailable() == 0)
            break;
        if (!piece.isEmpty())
            heard = std::chrono::steady_clock::now();
        else if (std::chrono::steady_clock::now() - heard > saysNothing)
            return end(failed("the program said nothing for ten minutes; " + words.trimmed().toStdString()));
        names.feed(piece);
        tail = (tail + piece).right(tailBytes);
        if (auto written = file.write(piece); !written)
            return end(fail(written.error()));
    }
    words += process.readAllStandardError();
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        return failed(process.program().toStdString() + ": " + words.trimmed().right(1000).toStdString());
    return {};
}

} // namespace

Result<StoreDump> dumpStore(store::Session &session, const StoreBackupSettings &options, const std::stop_token &stop)
{
    const auto server = session.server();
    if (!server)
        return fail(server.error());
    const auto tool = findTool(server->mariaDb, options.tools);
    if (!tool)
        return fail(tool.error());
    StoreDump dump;
    if (auto version = versionOf(*tool, server->mariaDb); version)
        dump.tool = std::move(*version);
    else
        return fail(version.error());
    const QDir directory(qs(options.directory.string()));
    if (options.directory.empty() || !directory.exists())
        return failed("the directory " + options.directory.string() + " is not there");
    const auto now = session.now();
    const auto before = session.query("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'");
    const auto settings = optionFile(session.settings(), server->mariaDb);
    if (!now || !before || !settings)
        return fail(!now ? now.error() : !before ? before.error() : settings.error());
    makeRoleDefault(session, server->mariaDb);

    const QString prefix = prefixOf(session.settings().schema);
    QString at = qs(toIso(*now)).left(19);
    at.remove(QLatin1Char('-')).remove(QLatin1Char(':'));
    const QString name = directory.filePath(prefix + at + QStringLiteral("Z.sql.zst"));
    PackedFile file(name);
    if (auto opened = file.open(); !opened)
        return fail(opened.error());
    QStringList words{QStringLiteral("--defaults-file=/dev/stdin"), QStringLiteral("--single-transaction"), QStringLiteral("--quick"),
                      QStringLiteral("--skip-triggers"), QStringLiteral("--hex-blob"), QStringLiteral("--default-character-set=utf8mb4"),
                      QStringLiteral("--max-allowed-packet=1G")};
    if (!server->mariaDb)
        words << QStringLiteral("--set-gtid-purged=OFF") << QStringLiteral("--no-tablespaces")
              << QStringLiteral("--loose-skip-masking-policies"); // of the whole server; only later versions know them
    words << QStringLiteral("--") << qs(session.settings().schema);
    QProcess process;
    QProcessEnvironment environment; // nothing of ours may change what a dump is
    environment.insert(QStringLiteral("PATH"), QStringLiteral("/usr/local/bin:/usr/bin:/bin"));
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C"));
    process.setProcessEnvironment(environment);
    process.start(*tool, words);
    if (!process.waitForStarted(10'000))
        return failed(tool->toStdString() + ": " + process.errorString().toStdString());
    TableNames names;
    QByteArray tail;
    if (auto streamed = stream(process, *settings, file, names, tail, stop); !streamed)
        return fail(streamed.error());
    if (!tail.contains("-- Dump completed"))
        return failed("the dump has no end marker");
    for (const store::Row &row : *before) {
        if (!names.names().contains(row.text(0)))
            return failed("the dump does not hold the table " + row.text(0));
    }
    if (auto committed = file.commit(); !committed)
        return fail(committed.error());
    dump.file = name.toStdString();
    dump.bytes = file.bytes();
    dump.tables = static_cast<std::int64_t>(names.names().size());
    dump.sha256 = file.sha256();
    dump.removed = removeOlder(directory, prefix, options.keep);
    return dump;
}

} // namespace zandb::backups
