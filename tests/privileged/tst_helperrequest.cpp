// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/datafiles.h"
#include "agent/helper/administration.h"
#include "agent/privileged/request.h"
#include "tests/places.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

#include <fstream>
#include <sstream>

using namespace zandb;
using namespace zandb::agent;
namespace fs = std::filesystem;

namespace {

/// JSON with ' for ".
QByteArray json(const char *text)
{
    return QByteArray(text).replace('\'', '"');
}

} // namespace

/// What may be asked of the helper, without one.
class TestHelperRequest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void goodRequests_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("check") << json("{'verb':'check','instance':'my3306'}");
        QTest::newRow("backup") << json("{'verb':'physical-backup','instance':'main','slave_info':true,'throttle_bytes':0}");
        QTest::newRow("clone") << json("{'verb':'clone-stage-take','instance':'my1','id':'01890a5d-ac96-774b-bcce-b302099a8057'}");
        QTest::newRow("revoke") << json("{'verb':'keys-revoke','user':'ann','key':''}");
        QTest::newRow("service") << json("{'verb':'service','instance':'my3306','action':'restart'}");
        QTest::newRow("option file") << json("{'verb':'option-file-write','instance':'my3306','number':0,'old_sha256':'" + QByteArray(64, 'a') + "','bytes':262144}");
        QTest::newRow("log") << json("{'verb':'log-open','instance':'my3306','log':'slow','number':0}");
        QTest::newRow("remove") << json("{'verb':'log-remove','instance':'my3306','log':'slow','number':7}");
        QTest::newRow("rename") << json("{'verb':'log-rename','instance':'my3306','log':'error','from':0,'to':999}");
    }
    void goodRequests()
    {
        QFETCH(QByteArray, line);
        const auto request = parseHelperRequest(line.toStdString());
        QVERIFY2(request, request ? "" : describe(request.error()).c_str());
        std::string again = encodeHelperRequest(*request);
        QCOMPARE(again.back(), '\n');
        again.pop_back();
        QVERIFY(parseJson(again).value() == parseJson(line.toStdString()).value());
    }

    void badRequests_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("code");
        const auto row = [](const char *name, QByteArray line, const char *code) { QTest::newRow(name) << std::move(line) << QByteArray(code); };
        row("empty", "", "protocol.malformed");
        row("no object", "[]", "protocol.malformed");
        row("option file by path", json("{'verb':'option-file-write','instance':'my1','number':'/etc/my.cnf','old_sha256':'" + QByteArray(64, 'a') + "','bytes':1}"), "protocol.bad_params");
        row("option file, no sum", json("{'verb':'option-file-write','instance':'my1','number':0,'old_sha256':'" + QByteArray(63, 'a') + "g','bytes':1}"), "protocol.bad_params");
        row("option file, too long", json("{'verb':'option-file-write','instance':'my1','number':0,'old_sha256':'" + QByteArray(64, 'a') + "','bytes':262145}"), "protocol.bad_params");
        row("log by path", json("{'verb':'log-open','instance':'my1','log':'/etc/shadow','number':0}"), "protocol.bad_params");
        row("log number below 0", json("{'verb':'log-open','instance':'my1','log':'slow','number':-1}"), "protocol.bad_params");
        row("log renamed to text", json("{'verb':'log-rename','instance':'my1','log':'slow','from':0,'to':'../x'}"), "protocol.bad_params");
        row("no verb", json("{'instance':'my3306'}"), "protocol.malformed");
        row("cut", json("{'verb':'check','inst"), "protocol.malformed");
        row("deep", json("{'verb':'check','instance':[[[[[['my3306']]]]]]}"), "protocol.malformed");
        row("unknown verb", json("{'verb':'shell','instance':'my3306'}"), "protocol.unknown_method");
        row("a path", json("{'verb':'check','instance':'/etc'}"), "protocol.bad_params");
        row("a path upwards", json("{'verb':'check','instance':'../my3306'}"), "protocol.bad_params");
        row("dots", json("{'verb':'copy-back','instance':'my3306','restore':'..'}"), "protocol.bad_params");
        row("an option", json("{'verb':'check','instance':'--help'}"), "protocol.bad_params");
        row("a zero byte", json("{'verb':'check','instance':'my\\u00003306'}"), "protocol.bad_params");
        row("missing", json("{'verb':'check'}"), "protocol.bad_params");
        row("too many", json("{'verb':'check','instance':'my3306','path':'/etc'}"), "protocol.bad_params");
        row("negative", json("{'verb':'physical-backup','instance':'my1','slave_info':true,'throttle_bytes':-1}"), "protocol.bad_params");
        row("wraps", json("{'verb':'physical-backup','instance':'my1','slave_info':true,'throttle_bytes':18446744073709551615}"),
            "protocol.bad_params");
        row("no flag", json("{'verb':'physical-backup','instance':'my1','slave_info':'--x','throttle_bytes':0}"), "protocol.bad_params");
        row("no id", json("{'verb':'clone-stage-make','instance':'my1','id':'../../etc'}"), "protocol.bad_params");
        row("other action", json("{'verb':'service','instance':'my1','action':'edit'}"), "protocol.bad_params");
        row("two lines of key", json("{'verb':'keys-add','user':'ann','role':'admin','key':'ssh-ed25519 AAAA\\nssh-rsa BBBB'}"), "protocol.bad_params");
        row("huge", json("{'verb':'check','instance':'") + QByteArray(100'000, 'a') + "\"}", "protocol.too_large");
    }
    void badRequests()
    {
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, code);
        const auto request = parseHelperRequest(line.toStdString());
        QVERIFY(!request);
        QCOMPARE(QByteArray::fromStdString(request.error().code), code);
    }

    void listOfFiles()
    {
        DataFiles files;
        files.schemas = {"shop", "we ird\n"};
        files.files = {{"shop/orders.ibd", 65536}, {"we ird\n/a b.frm", 0}};
        const auto again = decodeDataFiles(encodeDataFiles(files));
        QVERIFY(again && again->schemas == files.schemas && again->files == files.files);
        for (const std::string_view bad : {std::string_view("5 a"), std::string_view("x a\0", 4), std::string_view("5\0 a\0", 5)})
            QVERIFY(!decodeDataFiles(bad));
    }

    void unitsOfInstances()
    {
        Config config;
        LocalInstance instance;
        instance.name = "my3306";
        QCOMPARE(unitOf(config, instance).value(), std::string("mysql@3306.service"));
        config.instances = {{"main", {}, {}, {}, {}, {}, "mariadb.service"}, {"other", {}, {}, {}, {}, {}, ""}};
        instance.name = "main";
        QCOMPARE(unitOf(config, instance).value(), std::string("mariadb.service"));
        instance.name = "other";
        QVERIFY(!unitOf(config, instance));
    }

    /// The configuration's own words for it.
    void configuration_data()
    {
        QTest::addColumn<QByteArray>("section");
        QTest::addColumn<bool>("good");
        QTest::newRow("all") << QByteArray("[helper]\nsocket = \"/run/zandb-helper.sock\"\nuser = \"zandb\"\nserver_users = [\"mysql\"]") << true;
        QTest::newRow("none") << QByteArray() << true;
        QTest::newRow("root obeyed") << QByteArray("[helper]\nuser = \"root\"") << false;
        QTest::newRow("root acted as") << QByteArray("[helper]\nserver_users = [\"root\"]") << false;
        QTest::newRow("a number") << QByteArray("[helper]\nuser = \"0\"") << false;
        QTest::newRow("nobody") << QByteArray("[helper]\nserver_users = []") << false;
        QTest::newRow("unit") << QByteArray("[[instance]]\nname = \"a\"\nsocket = \"/a\"\nunit = \"mariadb.service\"") << true;
        QTest::newRow("no unit") << QByteArray("[[instance]]\nname = \"a\"\nsocket = \"/a\"\nunit = \"--now x.service\"") << false;
    }
    void configuration()
    {
        QFETCH(QByteArray, section);
        QFETCH(bool, good);
        const QTemporaryDir dir;
        const fs::path file = fs::path(dir.path().toStdString()) / "agent.toml";
        std::ofstream(file) << "[agent]\nhost = \"h\"\nbase = \"/b\"\nstate_directory = \"/s\"\nsocket = \"/x\"\nauthorized_keys = \"/k\"\n"
                            << section.toStdString() << "\n";
        const auto config = loadConfig(file);
        QVERIFY2(config.has_value() == good, config ? "accepted" : describe(config.error()).c_str());
    }

    void unitsAreValid()
    {
        const QString verify = QStandardPaths::findExecutable(QStringLiteral("systemd-analyze"));
        if (verify.isEmpty())
            QSKIP("systemd-analyze is not installed (package systemd)");
        const QTemporaryDir dir;
        QStringList units;
        for (const auto &entry : fs::directory_iterator(fs::path(ZANDB_SOURCE_DIR) / "packaging" / "systemd")) {
            const std::string name = entry.path().filename().string();
            if (!name.ends_with(".service") && !name.ends_with(".socket"))
                continue;
            std::ifstream in(entry.path());
            std::stringstream text;
            text << in.rdbuf();
            // the programs need not be installed for their units to be right
            QString unit = QString::fromStdString(text.str()).replace(QLatin1String("/usr/bin/zandb"), QLatin1String("/bin/true zandb"));
            QFile file(dir.filePath(QString::fromStdString(name)));
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(unit.replace(QLatin1String("/usr/libexec/zandb-helper"), QLatin1String("/bin/true")).toUtf8()) > 0);
            file.close();
            // an instance of a template, since a template alone is not loaded
            units << (name.find('@') == name.npos ? file.fileName() : dir.filePath(QString::fromStdString(name).replace(QLatin1Char('@'), QLatin1String("@1"))));
            if (name.find('@') != name.npos)
                QVERIFY(QFile::copy(file.fileName(), units.last()));
        }
        QVERIFY(units.size() >= 4);
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(verify, QStringList{QStringLiteral("verify"), QStringLiteral("--man=no")} + units);
        QVERIFY(process.waitForFinished(60'000));
        const QByteArray said = process.readAll();
        QVERIFY2(process.exitCode() == 0 && !said.contains("Unknown key"), said.constData());
    }
};

QTEST_GUILESS_MAIN(TestHelperRequest)
#include "tst_helperrequest.moc"
